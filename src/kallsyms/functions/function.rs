// SPDX-License-Identifier: GPL-2.0

//! Functions whose names are known only at run time.

use super::{
    super::{
        Error,
        FunctionShape,
        Kallsyms,
        Name,
        Shaped, //
    },
    static_call::{
        Claim,
        StaticCall, //
    },
    Target, //
};
use core::marker::PhantomData;
use kernel::prelude::*;

/// How many functions can be held at once.
pub const SLOTS: usize = 8;

macro_rules! slots {
    ($($number:literal)*) => { ::kernel::macros::paste! {
        $(crate::define_static_call!([<SLOT_ $number>], [<slot_ $number>]);)*

        /// Static calls for [`Function`].
        static POOL: [&StaticCall; SLOTS] = [$(&[<SLOT_ $number>]),*];
    } };
}

slots! { 0 1 2 3 4 5 6 7 }

/// Calls what a slot goes to, with these registers as its arguments.
///
/// A function takes from the registers what it declares and leaves the others alone, and leaves its value in a
/// register; so one type for each number of arguments fits all whose arguments fit in registers.
#[cfg(CONFIG_HAVE_STATIC_CALL)]
macro_rules! call_slot {
    ($slot:expr; $($register:ident)*) => {
        // The lowest slots, which are taken first, are found first.
        match $slot {
            0 => call_slot!(@call 0 $($register)*),
            1 => call_slot!(@call 1 $($register)*),
            2 => call_slot!(@call 2 $($register)*),
            3 => call_slot!(@call 3 $($register)*),
            4 => call_slot!(@call 4 $($register)*),
            5 => call_slot!(@call 5 $($register)*),
            6 => call_slot!(@call 6 $($register)*),
            _ => call_slot!(@call 7 $($register)*),
        }
    };
    (@call $number:literal $($register:ident)*) => { ::kernel::macros::paste! { {
        #[allow(clashing_extern_declarations, non_snake_case)]
        extern "C" {
            fn [<__SCT__kallsyms_slot_ $number>]($($register: usize),*) -> usize;
        }
        // SAFETY: The caller holds the claim of this slot, so that its trampoline jumps to a function that is there.
        // The caller promises that these arguments, and the context, are what it demands.
        unsafe { [<__SCT__kallsyms_slot_ $number>]($($register),*) }
    } } };
}

/// Calls what a slot goes to, with these registers as its arguments; without static calls, through a pointer.
#[cfg(not(CONFIG_HAVE_STATIC_CALL))]
macro_rules! call_slot {
    ($slot:expr; $($register:ident)*) => { {
        // SAFETY: The caller holds the claim of the slot, whose target then is the entry of a function; and a
        // pointer to a function has the size of an address.
        let function: unsafe extern "C" fn($($register: usize),*) -> usize =
            unsafe { core::mem::transmute(POOL[$slot].target()) };
        // SAFETY: The function is there for as long as the claim is held. The caller promises that these
        // arguments, and the context, are what it demands.
        unsafe { function($($register),*) }
    } };
}

/// A value that travels in one register.
///
/// # Safety
///
/// Both functions must do as the C ABI does with a value of this [`Shaped::SHAPE`]: what is made of a register that a C
/// function has left there must be a valid value.
pub unsafe trait Register: Copy + Shaped {
    /// The register with the value in it, extended as the C ABI has it.
    fn into_register(self) -> usize;
    /// The value in a register; the bits beyond its width mean nothing.
    fn from_register(register: usize) -> Self;
}

macro_rules! register {
    ($($integer:ty)*) => { $(
        // SAFETY: An integer's bits are the lowest of the register, extended by its sign, and any bits are an integer.
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

register! { u8 i8 u16 i16 u32 i32 u64 i64 usize isize }

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

// SAFETY: The register holds the address, and any bits are a pointer.
unsafe impl<T> Register for *const T {
    #[inline(always)]
    fn into_register(self) -> usize {
        self as usize
    }
    #[inline(always)]
    fn from_register(register: usize) -> Self {
        register as Self
    }
}

// SAFETY: The register holds the address, and any bits are a pointer.
unsafe impl<T> Register for *mut T {
    #[inline(always)]
    fn into_register(self) -> usize {
        self as usize
    }
    #[inline(always)]
    fn from_register(register: usize) -> Self {
        register as Self
    }
}

/// Keeps the traits below from being implemented elsewhere.
mod sealed {
    /// A type that this file implements them for.
    pub trait Sealed {}
}

/// The arguments of a call: a tuple of at most six [`Register`] values. Sealed.
pub trait Arguments: sealed::Sealed {
    /// The registers, in order; what is not used is 0.
    #[doc(hidden)]
    fn into_registers(self) -> [usize; 6];

    /// Calls what slot `slot` goes to.
    ///
    /// # Safety
    ///
    /// The caller must hold the claim of the slot, and do as the slot's target demands: pass the arguments, hold the
    /// locks and be in the context that it wants.
    #[doc(hidden)]
    unsafe fn call_slot(self, slot: usize) -> usize;
}

/// The type of a C function: `unsafe extern "C" fn(A, B) -> R`, or one that takes more arguments than the one, two or
/// three that it names, such as `unsafe extern "C" fn(A, ...) -> R`. Sealed.
pub trait Signature: sealed::Sealed {
    /// What it returns.
    type Return: Register;
    /// How its arguments and its value travel.
    const SHAPE: FunctionShape;
}

/// Says that a function of this [`Signature`] takes these [`Arguments`]. Sealed, as [`Signature`] is.
pub trait Takes<A: Arguments>: Signature {}

macro_rules! signatures {
    ($($type:ident)*) => {
        impl<$($type: Register,)*> sealed::Sealed for ($($type,)*) {}

        impl<$($type: Register,)*> Arguments for ($($type,)*) {
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
            unsafe fn call_slot(self, slot: usize) -> usize {
                let ($($type,)*) = self;
                $(let $type = $type.into_register();)*
                call_slot!(slot; $($type)*)
            }
        }

        impl<R: Register, $($type: Register,)*> sealed::Sealed
            for unsafe extern "C" fn($($type),*) -> R
        {
        }

        impl<R: Register, $($type: Register,)*> Signature for unsafe extern "C" fn($($type),*) -> R {
            type Return = R;
            const SHAPE: FunctionShape = FunctionShape {
                parameters: &[$($type::SHAPE),*],
                variadic: false,
                returns: R::SHAPE,
            };
        }

        impl<R: Register, $($type: Register,)*> Takes<($($type,)*)>
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
        impl<R: Register, $($named: Register,)*> sealed::Sealed
            for unsafe extern "C" fn($($named,)* ...) -> R
        {
        }

        impl<R: Register, $($named: Register,)*> Signature
            for unsafe extern "C" fn($($named,)* ...) -> R
        {
            type Return = R;
            const SHAPE: FunctionShape = FunctionShape {
                parameters: &[$($named::SHAPE),*],
                variadic: true,
                returns: R::SHAPE,
            };
        }
    };
    ($($named:ident)*; $($more:ident)*) => {
        // The tail's integers arrive promoted: a register holds them extended.
        impl<R: Register, $($named: Register,)* $($more: Register,)*> Takes<($($named,)* $($more,)*)>
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

/// The right to call a function of type `F`, found by name at run time.
///
/// It pins the function's module (`rmmod` of it fails with `EBUSY` while this lives), and goes through
/// a static call out of a pool of [`SLOTS`].
///
/// # Examples
///
/// ```
/// # use crate::kallsyms::{Error, Function, Kallsyms, Name};
/// # fn example(kallsyms: &Kallsyms) -> Result<(), Error> {
/// type Sqrt = unsafe extern "C" fn(c_ulong) -> c_ulong;
///
/// let int_sqrt = Function::<Sqrt>::resolve(kallsyms, &Name::new(c"int_sqrt")?, 0)?;
/// // SAFETY: It has no requirements.
/// let root = unsafe { int_sqrt.call((144,)) };
/// assert_eq!(root, 12);
/// # Ok(())
/// # }
/// ```
///
/// # Invariants
///
/// - `claim` is that of `POOL[slot]`, which goes to `target`.
/// - The function at `target` has the signature `F`.
pub struct Function<F> {
    slot: usize,
    // In this order: the claim goes before the target it calls.
    #[allow(dead_code)]
    claim: Claim,
    target: Target,
    signature: PhantomData<F>,
}

impl<F: Signature> Function<F> {
    /// Takes a slot for `target`. Sleeps.
    ///
    /// # Errors
    ///
    /// [`Error::NoSlot`]: [`SLOTS`] functions are held already.
    ///
    /// # Safety
    ///
    /// The function at `target` must have the signature `F`.
    pub unsafe fn new(target: Target) -> Result<Self, Error> {
        // SAFETY: The caller promises that the function at `target` has the signature `F`.
        unsafe { Self::try_new(target) }.map_err(|_| Error::NoSlot)
    }

    /// Takes a slot for `target`; returns `target` if [`SLOTS`] functions are held already. Sleeps.
    ///
    /// # Safety
    ///
    /// The function at `target` must have the signature `F`.
    pub unsafe fn try_new(target: Target) -> Result<Self, Target> {
        let address = target.address();
        let slots = || POOL.iter().enumerate();
        // One that has called this function last is there at once.
        let same = slots().filter(|(_, call)| call.target() == address);
        for (slot, call) in Iterator::chain(same, slots()) {
            // SAFETY: A `Target` is the entry of a function that stays where it is for as long as the
            // `Target` lives. Fields are dropped in the order of their declaration: `claim` before `target`.
            if let Some(claim) = unsafe { call.claim(address) } {
                // INVARIANT: The claim is that of `POOL[slot]`, made for `target`; the caller promises that
                // the function there has the signature `F`.
                return Ok(Self {
                    slot,
                    claim,
                    target,
                    signature: PhantomData,
                });
            }
        }
        Err(target)
    }

    /// Finds the function `name`, checks its signature, and takes a slot for it. Sleeps.
    ///
    /// # Errors
    ///
    /// Those of [`Kallsyms::target`], [`Kallsyms::check`] and [`Self::new`].
    pub fn resolve(kallsyms: &Kallsyms, name: &Name<'_>, position: usize) -> Result<Self, Error> {
        let target = kallsyms.target(name, position)?;
        kallsyms.check(&target, name.symbol(), &F::SHAPE)?;
        // SAFETY: `check()` has compared the kernel's prototype of the function with `F`: each argument and
        // the value travel alike in both.
        unsafe { Self::new(target) }
    }

    /// The function's address.
    pub fn address(&self) -> usize {
        self.target.address()
    }

    /// Calls the function.
    ///
    /// # Safety
    ///
    /// The caller must do as the C function demands: of its arguments, of the locks held, of the
    /// context.
    #[inline(always)]
    pub unsafe fn call<A: Arguments>(&self, arguments: A) -> F::Return
    where
        F: Takes<A>,
    {
        // SAFETY: By the invariants of `Function`, `self` holds the claim of `slot`, and the target has the
        // signature `F`, which takes `A`. The caller promises what else the function demands.
        F::Return::from_register(unsafe { arguments.call_slot(self.slot) })
    }
}
