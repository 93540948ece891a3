// SPDX-License-Identifier: GPL-2.0

//! What kind of value a parameter takes, or a function returns.

use super::named::base;
use crate::{
    failure::Failure,
    kallsyms::{
        Btf,
        Shape,
        Travel,
        Type, //
    },
    text::{
        self,
        Base, //
    }, //
};
use kernel::prelude::{
    fmt,
    *, //
};

/// What kind of value a parameter takes, or a function returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueKind {
    /// No value.
    Void,
    /// `bool`
    Bool,
    /// An integer of 1, 2, 4 or 8 bytes.
    Integer {
        /// The bytes.
        size: u32,
        /// Whether it can be negative.
        signed: bool,
    },
    /// An enumeration, with its id in the BTF.
    Enum {
        /// The id.
        id: u32,
        /// The bytes.
        size: u32,
        /// Whether it can be negative.
        signed: bool,
    },
    /// `char *`.
    String {
        /// Whether it must not be written to.
        constant: bool,
    },
    /// A pointer to other data.
    Pointer {
        /// Whether the data may not be written.
        constant: bool,
        /// How many bytes there are; 0 if unknown.
        size: usize,
    },
    /// A pointer to a function.
    Function,
    /// A structure or union by value, which travels in registers.
    Structure(Travel),
    /// A value that is not passed by value: a larger structure, floating point, or a very long
    /// number.
    Unsupported,
}

/// The kind of a parameter or a return value of this type.
pub(crate) fn by_value(ty: Type<'_>) -> ValueKind {
    match (of_btf(ty), Travel::of(ty)) {
        (ValueKind::Unsupported, Ok(travel)) => ValueKind::Structure(travel),
        (kind, _) => kind,
    }
}

/// The kind of a type of the kernel's.
pub(crate) fn of_btf(ty: Type<'_>) -> ValueKind {
    match ty.shape() {
        Shape::Void => ValueKind::Void,
        Shape::Bool => ValueKind::Bool,
        Shape::Integer { size, signed } if size <= 8 => ValueKind::Integer { size, signed },
        Shape::Enum { size, signed } if size <= 8 => ValueKind::Enum {
            id: ty.id(),
            size,
            signed,
        },
        Shape::Pointer => {
            let target = ty.strip().target();
            let constant = target.is_const();
            if target.is_function() {
                ValueKind::Function
            } else if target.is_char() {
                ValueKind::String { constant }
            } else {
                ValueKind::Pointer {
                    constant,
                    size: target.size(),
                }
            }
        }
        _ => ValueKind::Unsupported,
    }
}

/// The kind of a type that the user wrote.
pub(crate) fn of_text(
    ty: &text::TypeName<'_>,
    btf: Option<&Btf<'_>>,
) -> Result<ValueKind, Failure> {
    if let Some((_, pointers)) = ty.pointers().split_last() {
        let constant = pointers.last().unwrap_or(&ty.qualifiers).constant;
        return Ok(match ty.base {
            Base::Char { .. } if pointers.is_empty() => ValueKind::String { constant },
            _ => ValueKind::Pointer { constant, size: 0 },
        });
    }
    let found = match (&ty.base, btf) {
        (Base::Enum(_) | Base::Named(_), Some(btf)) => base::find(&ty.base, btf)?.map(of_btf),
        (Base::Void, _) => Some(ValueKind::Void),
        (Base::FunctionPointer(_), _) => Some(ValueKind::Function),
        (Base::Float(_) | Base::TypeOf(..) | Base::Struct(_) | Base::Union(_), _) => {
            Some(ValueKind::Unsupported)
        }
        (base, _) => match base::shape(base) {
            Some(Shape::Bool) => Some(ValueKind::Bool),
            Some(Shape::Integer { size, signed }) => Some(ValueKind::Integer { size, signed }),
            _ => None,
        },
    };
    found.ok_or_else(|| {
        let name = base::name(&ty.base).map_or("", |(name, _)| name);
        Failure::new(EINVAL, fmt!("sig: the kernel has no type {name}"))
    })
}
