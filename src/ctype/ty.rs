// SPDX-License-Identifier: GPL-2.0

//! The type of one value, and how sure it is.

use crate::text::NumberType;

/// The type of a value: a base, and pointers to it that need not be in the BTF, nor need an array
/// that they go to.
#[derive(Clone, Copy)]
pub(crate) struct Ty {
    pub(super) root: Root,
    /// How many pointers; with an array, how many to the array.
    pub(super) stars: u8,
    /// How many elements the array has; 0 if there is none.
    pub(super) count: u16,
    /// How many pointers to the base an element of the array is.
    pub(super) inner: u8,
    /// Whether the pointer's target, or an object of this type, must not be written to.
    pub(crate) constant: bool,
    /// Why a value of this type may not be what the type says, if there is a doubt.
    pub(crate) doubt: Option<Doubt>,
    /// Whether it is a bit-field's type whose values all fit in an `int`: C then computes with them
    /// as `int`.
    pub(super) narrow: bool,
}

/// The base of a type: the type at the end of its pointers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// `void`
    Void,
    /// One of C's own integers; computed numbers have such a type.
    Integer { size: u32, signed: bool },
    /// A type in a BTF, by the BTF's index in the [`Types`] and the type's id.
    Btf { btf: usize, id: u32 },
}

/// Why a pointer may not be what its type says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// A cast gave it the type.
    Cast,
    /// A cast gave the type to a symbol whose type is not known otherwise. The pointer is passed on
    /// without `unsafe` all the same.
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
        let shape = |ty: &Self| (ty.root, ty.stars, ty.count, ty.inner);
        shape(self) == shape(other)
    }
}

impl Ty {
    /// `void`
    pub(crate) const VOID: Self = Self {
        root: Root::Void,
        stars: 0,
        count: 0,
        inner: 0,
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

    /// The type with this id in the same BTF.
    pub(super) fn with(self, id: u32) -> Self {
        let root = match self.root {
            Root::Btf { btf, .. } if id != 0 => Root::Btf { btf, id },
            _ => Root::Void,
        };
        Self { root, ..self }
    }

    /// The type with this id in one of the [`Types`], with the pointers of this type.
    pub(super) fn with_base(self, btf: usize, id: u32) -> Self {
        Self {
            root: Root::Btf { btf, id },
            ..self
        }
    }

    /// The type with this id in one of the [`Types`].
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

    /// An array of `count` of it. An array of arrays is one array of all elements, as in BTF;
    /// [`None`] if there are too many elements, or for an array of pointers to arrays.
    pub(crate) fn array(self, count: usize) -> Option<Self> {
        let each = match (self.count, self.stars) {
            (0, _) => 1,
            (each, 0) => each,
            _ => return None,
        };
        Some(Self {
            stars: 0,
            count: u16::try_from(count).ok()?.checked_mul(each)?,
            inner: self.stars.max(self.inner),
            ..self
        })
    }

    /// A pointer to an unknown type.
    pub(crate) fn void_pointer() -> Self {
        Self::VOID.pointer()
    }

    /// The same type, with this doubt.
    pub(crate) fn doubted(self, doubt: Doubt) -> Self {
        Self {
            doubt: Some(doubt),
            ..self
        }
    }

    /// The type that a value of this type has in later expressions. A doubt about it stays.
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

    /// Whether a pointer of this type is the address of a symbol whose type only the user knows.
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
