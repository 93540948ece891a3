// SPDX-License-Identifier: GPL-2.0

//! The type of one value, and how sure it is.

use crate::text::NumberType;

/// A type, and for how many levels of pointers to it the BTF has no type.
#[derive(Clone, Copy)]
pub(crate) struct Ty {
    pub(super) root: Root,
    /// How many pointers.
    pub(super) stars: u8,
    /// Whether its target, or the object itself, must not be written to.
    pub(crate) constant: bool,
    /// Why a value of this type may not be what the type says, if there is a doubt.
    pub(crate) doubt: Option<Doubt>,
    /// Whether it is a bit-field's type whose values all fit in an `int`: C then computes with them
    /// as `int`.
    pub(super) narrow: bool,
}

/// The base of a type: what its pointers lead to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// `void`
    Void,
    /// C's own integers, and those that are computed.
    Integer { size: u32, signed: bool },
    /// A type in the BTF, which is one of the [`Types`].
    Btf { btf: usize, id: u32 },
}

/// Why a pointer may not be what its type says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// A cast gave it the type.
    Cast,
    /// A cast gave the type to a symbol, whose type nobody else knows. It is passed on all the
    /// same.
    Symbol,
    /// It is an earlier value, whose object may be gone.
    Earlier,
    /// It was computed, and may point beyond its object.
    Computed,
    /// It was read from a union, whose other members may be what is there.
    Union,
    /// It was read from a local that was written to as bytes, or in parts.
    Overwritten,
}

impl PartialEq for Ty {
    /// Types are equal whatever the doubt about their values.
    fn eq(&self, other: &Self) -> bool {
        (self.root, self.stars) == (other.root, other.stars)
    }
}

impl Ty {
    /// `void`
    pub(crate) const VOID: Self = Self {
        root: Root::Void,
        stars: 0,
        constant: false,
        doubt: None,
        narrow: false,
    };

    /// An integer for a byte, when the BTF has no `char`.
    pub(super) const CHAR: Self = Self {
        root: Root::Integer {
            size: 1,
            signed: false,
        },
        ..Self::VOID
    };

    /// The type of a number that was computed.
    pub(crate) const fn number(ty: NumberType) -> Self {
        Self {
            root: Root::Integer {
                size: if ty.long { 8 } else { 4 },
                signed: !ty.unsigned,
            },
            ..Self::VOID
        }
    }

    /// The type of this id, in the same BTF.
    pub(super) fn with(self, id: u32) -> Self {
        let root = match self.root {
            Root::Btf { btf, .. } if id != 0 => Root::Btf { btf, id },
            _ => Root::Void,
        };
        Self { root, ..self }
    }

    /// The type of this id in one of the [`Types`], with the pointers of this one.
    pub(super) fn with_base(self, btf: usize, id: u32) -> Self {
        Self {
            root: Root::Btf { btf, id },
            ..self
        }
    }

    /// The type of this id in one of the [`Types`].
    pub(crate) fn of(btf: usize, id: u32) -> Self {
        Self {
            root: match id {
                0 => Root::Void,
                _ => Root::Btf { btf, id },
            },
            ..Self::VOID
        }
    }

    /// A pointer to it.
    pub(crate) fn pointer(self) -> Self {
        Self {
            stars: self.stars.saturating_add(1),
            ..self
        }
    }

    /// A pointer to an unknown type.
    pub(crate) fn void_pointer() -> Self {
        Self::VOID.pointer()
    }

    /// The type for a value that is in doubt.
    pub(crate) fn doubted(self, doubt: Doubt) -> Self {
        Self {
            doubt: Some(doubt),
            ..self
        }
    }

    /// The type of an earlier value of this type. Its doubt, if it had one, stays.
    pub(crate) fn earlier(self) -> Self {
        self.doubted(match self.doubt {
            None => Doubt::Earlier,
            Some(Doubt::Symbol) => Doubt::Cast,
            Some(doubt) => doubt,
        })
    }

    /// Whether a pointer of this type is passed on without `unsafe`.
    pub(crate) fn is_passed_on(self) -> bool {
        matches!(self.doubt, None | Some(Doubt::Symbol))
    }

    /// The same type, with this doubt or none.
    pub(crate) fn with_doubt(self, doubt: Option<Doubt>) -> Self {
        Self { doubt, ..self }
    }

    /// The type for the address of a symbol whose type only the user knows.
    pub(crate) fn of_symbol(self, constant: bool) -> Self {
        Self {
            constant: self.constant || constant,
            doubt: Some(Doubt::Symbol),
            ..self
        }
    }

    /// Whether the two are equal, what must not be written and the doubt included.
    pub(crate) fn is_identical(self, other: Self) -> bool {
        self == other && (self.constant, self.doubt) == (other.constant, other.doubt)
    }

    /// Whether a pointer of this type is the address of a symbol, by the user's word.
    pub(crate) fn is_symbol(self) -> bool {
        self.doubt == Some(Doubt::Symbol)
    }

    /// The type of a bit-field of this type, with this many bits.
    pub(crate) fn of_bits(self, bits: u32, signed: bool) -> Self {
        Self {
            narrow: bits < 32 || bits == 32 && signed,
            ..self
        }
    }

    /// Whether it is a bit-field's type whose values all fit in an `int`.
    pub(crate) fn is_narrow(self) -> bool {
        self.narrow
    }
}
