// SPDX-License-Identifier: GPL-2.0

//! A type as data, and how it is printed.

use core::fmt;

/// The most levels of pointers that a type can have.
pub const MAX_POINTERS: usize = 4;

/// A type: a base, and pointers to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeName<'a> {
    /// The type without its pointers.
    pub base: Base<'a>,
    /// The qualifiers of the base.
    pub qualifiers: Qualifiers,
    pub(super) pointers: [Qualifiers; MAX_POINTERS],
    pub(super) depth: usize,
}

impl<'a> TypeName<'a> {
    /// `base` itself.
    pub const fn new(base: Base<'a>) -> Self {
        Self {
            base,
            qualifiers: Qualifiers::NONE,
            pointers: [Qualifiers::NONE; MAX_POINTERS],
            depth: 0,
        }
    }

    /// The qualifiers of each pointer; the first one points to the base.
    pub fn pointers(&self) -> &[Qualifiers] {
        self.pointers.get(..self.depth).unwrap_or_default()
    }

    /// Adds a pointer to it; `None` if it has [`MAX_POINTERS`] already.
    #[must_use]
    pub fn point(&mut self, qualifiers: Qualifiers) -> Option<()> {
        *self.pointers.get_mut(self.depth)? = qualifiers;
        self.depth = self.depth.saturating_add(1);
        Some(())
    }

    /// The qualifiers of the whole type: of the last pointer, or without pointers of the base.
    pub(super) fn outermost(&mut self) -> &mut Qualifiers {
        let depth = self.depth;
        match self.pointers.get_mut(..depth).and_then(<[_]>::last_mut) {
            Some(pointer) => pointer,
            None => &mut self.qualifiers,
        }
    }

    /// Whether it is `void`, which values cannot have.
    pub fn is_void(&self) -> bool {
        self.base == Base::Void && self.depth == 0
    }
}

/// The qualifiers of a type or a pointer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Qualifiers {
    /// `const`
    pub constant: bool,
    /// `volatile`
    pub volatile: bool,
}

impl Qualifiers {
    /// Neither.
    pub const NONE: Self = Self {
        constant: false,
        volatile: false,
    };
}

/// A type without its pointers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base<'a> {
    /// `void`
    Void,
    /// `bool`, also written `_Bool`.
    Bool,
    /// `char`, whose sign is the compiler's choice unless it is given.
    Char {
        /// Whether it is `signed` or `unsigned`, if either.
        signed: Option<bool>,
    },
    /// One of the other integers.
    Integer {
        /// Whether it is not `unsigned`.
        signed: bool,
        /// How long it is.
        rank: Rank,
    },
    /// A floating point type, by its name.
    Float(&'static str),
    /// `struct` and the tag, which in some texts may have a module's name before it:
    /// `xfs:xfs_mount`.
    Struct(&'a str),
    /// `union` and the tag.
    Union(&'a str),
    /// `enum` and the tag.
    Enum(&'a str),
    /// A typedef, which may also have a module's name before it.
    Named(&'a str),
    /// `typeof(…)`: the expression as it is written, and the index of the [`NodeKind::TypeOf`]
    /// after its nodes.
    ///
    /// [`NodeKind::TypeOf`]: crate::text::NodeKind::TypeOf
    TypeOf(&'a str, u32),
    /// A function pointer, with the text of the whole parameter.
    FunctionPointer(Opaque<'a>),
}

/// How long an integer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// `short`
    Short,
    /// `int`
    Int,
    /// `long`
    Long,
    /// `long long`
    LongLong,
}

impl Rank {
    /// How many bytes such an integer has on a 64-bit machine.
    pub const fn size(self) -> u32 {
        match self {
            Self::Short => 2,
            Self::Int => 4,
            Self::Long | Self::LongLong => 8,
        }
    }
}

/// A piece of C that is kept as it is written: `int (*compare)(const void *, const void *)`.
#[derive(Clone, Copy, Debug)]
pub struct Opaque<'a>(pub &'a str);

impl PartialEq for Opaque<'_> {
    /// It does not matter how much space is between the words.
    fn eq(&self, other: &Self) -> bool {
        self.0
            .split_ascii_whitespace()
            .eq(other.0.split_ascii_whitespace())
    }
}

impl Eq for Opaque<'_> {}

impl fmt::Display for Opaque<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = "";
        for word in self.0.split_ascii_whitespace() {
            write!(f, "{before}{word}")?;
            before = " ";
        }
        Ok(())
    }
}

impl<'a> Base<'a> {
    /// The module's name in a tag or a typedef, and the base without it.
    pub fn in_module(self) -> (Option<&'a str>, Self) {
        let (Self::Struct(name) | Self::Union(name) | Self::Enum(name) | Self::Named(name)) = self
        else {
            return (None, self);
        };
        let Some((module, name)) = name.split_once(':') else {
            return (None, self);
        };
        let own = match self {
            Self::Struct(_) => Self::Struct(name),
            Self::Union(_) => Self::Union(name),
            Self::Enum(_) => Self::Enum(name),
            _ => Self::Named(name),
        };
        (Some(module), own)
    }
}

impl fmt::Display for Base<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (keyword, name) = match *self {
            Self::Void => ("", "void"),
            Self::Bool => ("", "bool"),
            Self::Char { signed: None } => ("", "char"),
            Self::Char { signed: Some(true) } => ("signed ", "char"),
            Self::Char {
                signed: Some(false),
            } => ("unsigned ", "char"),
            Self::Integer { signed, rank } => (
                if signed { "" } else { "unsigned " },
                match rank {
                    Rank::Short => "short",
                    Rank::Int => "int",
                    Rank::Long => "long",
                    Rank::LongLong => "long long",
                },
            ),
            Self::Float(name) => ("", name),
            Self::Struct(tag) => ("struct ", tag),
            Self::Union(tag) => ("union ", tag),
            Self::Enum(tag) => ("enum ", tag),
            Self::Named(name) => ("", name),
            Self::TypeOf(text, _) => return write!(f, "typeof({})", Opaque(text)),
            Self::FunctionPointer(text) => return text.fmt(f),
        };
        write!(f, "{keyword}{name}")
    }
}

impl fmt::Display for TypeName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Qualifiers { constant, volatile } = self.qualifiers;
        if volatile {
            f.write_str("volatile ")?;
        }
        if constant {
            f.write_str("const ")?;
        }
        self.base.fmt(f)?;
        let mut star = " *";
        for &Qualifiers { constant, volatile } in self.pointers() {
            f.write_str(star)?;
            if volatile {
                f.write_str(" volatile")?;
            }
            if constant {
                f.write_str(" const")?;
            }
            star = if volatile || constant { " *" } else { "*" };
        }
        Ok(())
    }
}
