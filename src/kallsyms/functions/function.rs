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
        $(crate::define_static_call!([<SLOT_ $number>], [<rust_kallsyms_slot_ $number>]);)*

        /// Static calls for [`Function`].
        static POOL: [&StaticCall; SLOTS] = [$(&[<SLOT_ $number>]),*];

        /// Calls what slot `slot` goes to, with six registers full of arguments.
        ///
        /// A function takes from the registers what it declares and leaves the others alone, and leaves
        /// its value in a register; so one shape fits all whose arguments fit in registers.
        ///
        /// # Safety
        ///
        /// The caller must hold the claim of the slot, and do as the slot's target demands: pass the
        /// arguments, hold the locks and be in the context that it wants.
        #[cfg(CONFIG_HAVE_STATIC_CALL)]
        unsafe fn call_slot(slot: usize, r: [usize; 6]) -> usize {
            #[allow(clashing_extern_declarations)]
            extern "C" {
                $(fn [<__SCT__rust_kallsyms_slot_ $number>](
                    a: usize, b: usize, c: usize, d: usize, e: usize, f: usize,
                ) -> usize;)*
            }
            match slot {
                $(
                    // SAFETY: The caller holds the claim of this slot, so that its trampoline jumps to a
                    // function that is there. All six registers for arguments are set, and the caller
                    // promises that they and the context are what the function demands.
                    $number => unsafe {
                        [<__SCT__rust_kallsyms_slot_ $number>](r[0], r[1], r[2], r[3], r[4], r[5])
                    },
                )*
                _ => 0,
            }
        }
    } };
}

slots! { 0 1 2 3 4 5 6 7 }

/// Calls what slot `slot` goes to, with six registers full of arguments; without static calls, through
/// a pointer.
///
/// # Safety
///
/// The caller must hold the claim of the slot, and do as the slot's target demands: pass the arguments,
/// hold the locks and be in the context that it wants.
#[cfg(not(CONFIG_HAVE_STATIC_CALL))]
unsafe fn call_slot(slot: usize, r: [usize; 6]) -> usize {
    type Call = unsafe extern "C" fn(usize, usize, usize, usize, usize, usize) -> usize;
    // SAFETY: The caller holds the claim of the slot, whose target then is the entry of a function; and a
    // pointer to a function has the size of an address.
    let function: Call = unsafe { core::mem::transmute(POOL[slot].target()) };
    // SAFETY: The function is there for as long as the claim is held. All six registers for arguments are
    // set, and the caller promises that they and the context are what the function demands.
    unsafe { function(r[0], r[1], r[2], r[3], r[4], r[5]) }
}

/// A value that travels in one register.
pub trait Register: Copy + Shaped {
    /// The register with the value in it, extended as the C ABI has it.
    fn into_register(self) -> usize;
    /// The value in a register; the bits beyond its width mean nothing.
    fn from_register(register: usize) -> Self;
}

macro_rules! register {
    ($($integer:ty)*) => { $(
        impl Register for $integer {
            fn into_register(self) -> usize {
                self as usize
            }
            fn from_register(register: usize) -> Self {
                register as Self
            }
        }
    )* };
}

register! { u8 i8 u16 i16 u32 i32 u64 i64 usize isize }

impl Register for () {
    fn into_register(self) -> usize {
        0
    }
    fn from_register(_: usize) -> Self {}
}

impl Register for bool {
    fn into_register(self) -> usize {
        self.into()
    }
    fn from_register(register: usize) -> Self {
        register & 0xff != 0
    }
}

impl<T> Register for *const T {
    fn into_register(self) -> usize {
        self as usize
    }
    fn from_register(register: usize) -> Self {
        register as Self
    }
}

impl<T> Register for *mut T {
    fn into_register(self) -> usize {
        self as usize
    }
    fn from_register(register: usize) -> Self {
        register as Self
    }
}

/// The arguments of a call: a tuple of at most six [`Register`] values.
pub trait Arguments {
    /// The registers, in order; what is not used is 0.
    fn into_registers(self) -> [usize; 6];
}

/// The type of a C function: `unsafe extern "C" fn(A, B) -> R`, or `unsafe extern "C" fn(A, ...) -> R`.
pub trait Signature {
    /// What it returns.
    type Return: Register;
    /// How its arguments and its value travel.
    const SHAPE: FunctionShape;
}

/// Says that a function of this [`Signature`] takes these [`Arguments`].
pub trait Takes<A: Arguments>: Signature {}

macro_rules! signatures {
    ($($type:ident)*) => {
        impl<$($type: Register,)*> Arguments for ($($type,)*) {
            #[allow(non_snake_case)]
            fn into_registers(self) -> [usize; 6] {
                let ($($type,)*) = self;
                let mut registers = [0; 6];
                let values: &[usize] = &[$($type.into_register(),)*];
                registers[..values.len()].copy_from_slice(values);
                registers
            }
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

impl<R: Register, A: Register> Signature for unsafe extern "C" fn(A, ...) -> R {
    type Return = R;
    const SHAPE: FunctionShape = FunctionShape {
        parameters: &[A::SHAPE],
        variadic: true,
        returns: R::SHAPE,
    };
}

macro_rules! variadic {
    ($($type:ident)*) => {
        // The tail's integers arrive promoted: a register holds them extended.
        impl<R: Register, First: Register, $($type: Register,)*> Takes<(First, $($type,)*)>
            for unsafe extern "C" fn(First, ...) -> R
        {
        }
    };
}

variadic! {}
variadic! { A }
variadic! { A B }
variadic! { A B C }
variadic! { A B C D }
variadic! { A B C D E }

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
        for (slot, call) in POOL.iter().enumerate() {
            // SAFETY: A `Target` is the entry of a function that stays where it is for as long as the
            // `Target` lives. Fields are dropped in the order of their declaration: `claim` before `target`.
            if let Some(claim) = unsafe { call.claim(target.address()) } {
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
        Err(Error::NoSlot)
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
    pub unsafe fn call<A: Arguments>(&self, arguments: A) -> F::Return
    where
        F: Takes<A>,
    {
        // SAFETY: By the invariants of `Function`, `self` holds the claim of `slot`, and the target has the
        // signature `F`, which takes `A`. The caller promises what else the function demands.
        F::Return::from_register(unsafe { call_slot(self.slot, arguments.into_registers()) })
    }
}
