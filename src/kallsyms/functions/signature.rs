// SPDX-License-Identifier: GPL-2.0

//! Types of functions, and the arguments that they take.

use super::slots::{
    call_slot,
    Slot, //
};
use crate::kallsyms::{
    FunctionShape,
    Shaped,
    ValueShape, //
};

/// A value that travels in one register.
///
/// # Safety
///
/// Both functions must do as the C ABI does with a value of this [`Shaped::SHAPE`]: what is made of
/// a register that a C function has left there must be a valid value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not travel in one register",
    label = "integers, `bool` and raw pointers do"
)]
pub unsafe trait Register: Copy + Shaped {
    /// The register with the value in it, extended as the C ABI has it.
    fn into_register(self) -> usize;
    /// The value in a register; the bits beyond its width mean nothing.
    fn from_register(register: usize) -> Self;
}

macro_rules! register {
    ($($integer:ty)*) => { $(
        // SAFETY: An integer's bits are the lowest of the register, extended by its sign, and any
        // bits are an integer.
        unsafe impl Register for $integer {
            #[inline(always)]
            fn into_register(self) -> usize {
                self as usize
            }
            #[inline(always)]
            fn from_register(register: usize) -> Self {
                register as Self
            }
        }
    )* };
}

register! { u8 i8 u16 i16 u32 i32 usize isize }
#[cfg(CONFIG_64BIT)]
register! { u64 i64 }

// SAFETY: There is no value, whatever the register holds.
unsafe impl Register for () {
    #[inline(always)]
    fn into_register(self) -> usize {
        0
    }
    #[inline(always)]
    fn from_register(_: usize) -> Self {}
}

// SAFETY: It is 0 or 1 in the lowest byte of the register, and any other number becomes `true`.
unsafe impl Register for bool {
    #[inline(always)]
    fn into_register(self) -> usize {
        self.into()
    }
    #[inline(always)]
    fn from_register(register: usize) -> Self {
        register & 0xff != 0
    }
}

macro_rules! register_pointer {
    ($($mutability:tt)*) => { $(
        // SAFETY: The register holds the address, and any bits are a pointer.
        unsafe impl<T> Register for *$mutability T {
            #[inline(always)]
            fn into_register(self) -> usize {
                self as usize
            }
            #[inline(always)]
            fn from_register(register: usize) -> Self {
                register as Self
            }
        }
    )* };
}

register_pointer! { const mut }

/// The arguments of a call: a tuple of at most six [`Register`] values.
///
/// # Safety
///
/// The registers must be those in which the C ABI passes the values of the tuple, and `call_slot`
/// must do as it says.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tuple of arguments for a C function",
    label = "a tuple of at most six integers, `bool`s and raw pointers is, such as `(144,)`"
)]
pub unsafe trait Arguments {
    /// The registers, in order; what is not used is 0.
    #[doc(hidden)]
    fn into_registers(self) -> [usize; 6];

    /// Calls what the slot goes to.
    ///
    /// # Safety
    ///
    /// The caller must hold the claim of the slot, and do as the slot's target demands: pass the
    /// arguments, hold the locks and be in the context that it wants.
    #[doc(hidden)]
    unsafe fn call_slot(self, slot: Slot) -> usize;
}

/// The type of a C function: `unsafe extern "C" fn(A, B) -> R`, or one that takes more arguments
/// than the one, two or three that it names, such as `unsafe extern "C" fn(A, ...) -> R`.
///
/// # Safety
///
/// `SHAPE` must be the function's shape, and `Return` what it returns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the type of a C function that the library can call",
    label = "`unsafe extern \"C\" fn(A, B) -> R` of integers, `bool`s and raw pointers is"
)]
pub unsafe trait Signature {
    /// What it returns.
    type Return: Register;
    /// How its arguments and its value travel.
    const SHAPE: FunctionShape;
}

/// Says that a function of this [`Signature`] takes these [`Arguments`].
///
/// # Safety
///
/// A function of type `Self` must take exactly the arguments `A`.
#[diagnostic::on_unimplemented(message = "a function `{Self}` does not take the arguments `{A}`")]
pub unsafe trait Takes<A: Arguments>: Signature {}

macro_rules! signatures {
    ($($type:ident)*) => {
        // SAFETY: Each value travels in a register of its own, in the order of the parameters.
        unsafe impl<$($type: Register,)*> Arguments for ($($type,)*) {
            #[allow(non_snake_case)]
            #[inline(always)]
            fn into_registers(self) -> [usize; 6] {
                let ($($type,)*) = self;
                let mut registers = [0; 6];
                let values: &[usize] = &[$($type.into_register(),)*];
                registers[..values.len()].copy_from_slice(values);
                registers
            }

            #[allow(non_snake_case)]
            #[inline(always)]
            unsafe fn call_slot(self, slot: Slot) -> usize {
                let ($($type,)*) = self;
                $(let $type = $type.into_register();)*
                call_slot!(slot -> usize; $($type)*)
            }
        }

        // SAFETY: The shape is made of the shapes of the same types as the function's.
        unsafe impl<R: Register, $($type: Register,)*> Signature
            for unsafe extern "C" fn($($type),*) -> R
        {
            type Return = R;
            const SHAPE: FunctionShape = FunctionShape {
                parameters: &[$(ValueShape::of::<$type>()),*],
                variadic: false,
                returns: ValueShape::of::<R>(),
            };
        }

        // SAFETY: The tuple has the types of the parameters.
        unsafe impl<R: Register, $($type: Register,)*> Takes<($($type,)*)>
            for unsafe extern "C" fn($($type),*) -> R
        {
        }
    };
}

signatures! {}
signatures! { A }
signatures! { A B }
signatures! { A B C }
signatures! { A B C D }
signatures! { A B C D E }
signatures! { A B C D E F }

macro_rules! variadic {
    ($($named:ident)*) => {
        // SAFETY: The shape is made of the shapes of the same types as the function's.
        unsafe impl<R: Register, $($named: Register,)*> Signature
            for unsafe extern "C" fn($($named,)* ...) -> R
        {
            type Return = R;
            const SHAPE: FunctionShape = FunctionShape {
                parameters: &[$(ValueShape::of::<$named>()),*],
                variadic: true,
                returns: ValueShape::of::<R>(),
            };
        }
    };
    ($($named:ident)*; $($more:ident)*) => {
        // SAFETY: The tuple begins with the types of the parameters. The others are integers
        // and pointers, which a function that takes any number of arguments finds in the registers
        // that follow; C promotes narrow integers, and a register holds them extended.
        unsafe impl<R: Register, $($named: Register,)* $($more: Register,)*> Takes<($($named,)* $($more,)*)>
            for unsafe extern "C" fn($($named,)* ...) -> R
        {
        }
    };
}

variadic! { A }
variadic! { A; }
variadic! { A; B }
variadic! { A; B C }
variadic! { A; B C D }
variadic! { A; B C D E }
variadic! { A; B C D E F }
variadic! { A B }
variadic! { A B; }
variadic! { A B; C }
variadic! { A B; C D }
variadic! { A B; C D E }
variadic! { A B; C D E F }
variadic! { A B C }
variadic! { A B C; }
variadic! { A B C; D }
variadic! { A B C; D E }
variadic! { A B C; D E F }
