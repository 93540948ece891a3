// SPDX-License-Identifier: GPL-2.0

//! How values travel in and out of functions: what must agree for a call to be sound.

use core::any::type_name;
use kernel::{
    fmt,
    prelude::fmt, //
};

/// How a value looks to the C ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// No value.
    Void,
    /// `bool`.
    Bool,
    /// An integer.
    Integer {
        /// The bytes: 1, 2, 4 or 8 for one that travels in a register.
        size: u32,
        /// Whether it can be negative.
        signed: bool,
    },
    /// An enumeration.
    Enum {
        /// The bytes.
        size: u32,
        /// Whether a constant of it is negative.
        signed: bool,
    },
    /// A pointer, to data or to a function.
    Pointer,
    /// A structure, a union or an array, by value.
    Aggregate,
    /// A floating-point number.
    Float,
}

impl Shape {
    /// Whether the two travel alike. An enumeration is as good as an integer of its size.
    pub const fn agrees(self, other: Self) -> bool {
        use Shape::*;

        match (self, other) {
            (Void, Void) | (Bool, Bool) | (Pointer, Pointer) => true,
            (Integer { size: a, signed: x }, Integer { size: b, signed: y }) => a == b && x == y,
            (Enum { size: a, .. } | Integer { size: a, .. }, Enum { size: b, .. })
            | (Enum { size: a, .. }, Integer { size: b, .. }) => a == b,
            _ => false,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Void => f.write_str("()"),
            Self::Bool => f.write_str("bool"),
            Self::Integer { size, signed } => {
                let letter = if *signed { 'i' } else { 'u' };
                f.write_fmt(fmt!("{letter}{}", size * 8))
            }
            Self::Enum { size, .. } => f.write_fmt(fmt!("an enum of {} bits", size * 8)),
            Self::Pointer => f.write_str("a pointer"),
            Self::Aggregate => f.write_str("a struct, union or array"),
            Self::Float => f.write_str("a float"),
        }
    }
}

/// A Rust type with a [`Shape`].
///
/// # Safety
///
/// Values of the type must travel in and out of C functions as `SHAPE` says: with that size, and
/// passed and returned alike. A C value of that shape must be a valid value of the type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be passed to or returned by an imported C function",
    label = "integers, `bool`, raw pointers and optional callbacks can",
    note = "give a structure by a raw pointer to it; for a wrapper of one of these, implement `Shaped`"
)]
pub unsafe trait Shaped {
    /// How its values travel.
    const SHAPE: Shape;
    /// Of a pointer, what gives the name of the Rust type that it points to.
    const POINTEE: Option<fn() -> &'static str> = None;
}

macro_rules! integers {
    ($signed:literal: $($integer:ty)*) => { $(
        // SAFETY: It is an integer of this size and sign, in C as in Rust, and any bits are one.
        unsafe impl Shaped for $integer {
            const SHAPE: Shape = Shape::Integer {
                // No integer has more bytes than fit.
                size: size_of::<$integer>() as u32,
                signed: $signed,
            };
        }
    )* };
}

integers! { true: i8 i16 i32 i64 isize }
integers! { false: u8 u16 u32 u64 usize }

// SAFETY: It stands for `void`: no value travels.
unsafe impl Shaped for () {
    const SHAPE: Shape = Shape::Void;
}

// SAFETY: It is C's `_Bool`: one byte, 0 or 1.
unsafe impl Shaped for bool {
    const SHAPE: Shape = Shape::Bool;
}

// SAFETY: `T` has a size, so that the pointer is an address and nothing else, and any bits are one.
unsafe impl<T> Shaped for *const T {
    const SHAPE: Shape = Shape::Pointer;
    const POINTEE: Option<fn() -> &'static str> = Some(type_name::<T>);
}

// SAFETY: `T` has a size, so that the pointer is an address and nothing else, and any bits are one.
unsafe impl<T> Shaped for *mut T {
    const SHAPE: Shape = Shape::Pointer;
    const POINTEE: Option<fn() -> &'static str> = Some(type_name::<T>);
}

macro_rules! callbacks {
    ($($type:ident)*) => {
        // SAFETY: It is an address, where `None` is null, and C's pointers to functions are that or
        // null.
        unsafe impl<R, $($type,)*> Shaped for Option<unsafe extern "C" fn($($type),*) -> R> {
            const SHAPE: Shape = Shape::Pointer;
        }
    };
}

callbacks! {}
callbacks! { A }
callbacks! { A B }
callbacks! { A B C }
callbacks! { A B C D }
callbacks! { A B C D E }
callbacks! { A B C D E F }

/// What a function takes or returns, as Rust declares it.
#[derive(Clone, Copy, Debug)]
pub struct ValueShape {
    shape: Shape,
    pointee: Option<fn() -> &'static str>,
}

impl ValueShape {
    /// The shape of a Rust type's values.
    pub const fn of<T: Shaped>() -> Self {
        Self {
            shape: T::SHAPE,
            pointee: T::POINTEE,
        }
    }

    /// How it travels.
    pub fn shape(self) -> Shape {
        self.shape
    }

    /// The name in C of the structure, union or typedef that it points to, if `bindgen` made the
    /// Rust type of that. (Its types lie in modules called `bindings`.)
    pub fn pointee(self) -> Option<&'static str> {
        let path = self.pointee?();
        let is_made = path.split("::").any(|part| part == "bindings");
        let is_named = !path.contains(['*', '<', '[', '(']) && !path.contains("__bindgen_ty");
        let (_, name) = path.rsplit_once("::")?;
        (is_made && is_named).then_some(name)
    }
}

impl fmt::Display for ValueShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointee() {
            Some(name) => f.write_fmt(fmt!("a pointer to {name}")),
            None => f.write_fmt(fmt!("{}", self.shape)),
        }
    }
}

/// The shape of a function.
#[derive(Clone, Copy, Debug)]
pub struct FunctionShape {
    /// Its parameters, in order; the named ones if it is variadic.
    pub parameters: &'static [ValueShape],
    /// Whether it takes more.
    pub variadic: bool,
    /// What it returns.
    pub returns: ValueShape,
}

impl fmt::Display for FunctionShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("fn(")?;
        for (index, parameter) in self.parameters.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            f.write_fmt(fmt!("{comma}{parameter}"))?;
        }
        f.write_str(if self.variadic { ", ...)" } else { ")" })?;
        match self.returns.shape {
            Shape::Void => Ok(()),
            _ => f.write_fmt(fmt!(" -> {}", self.returns)),
        }
    }
}
