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
use core::{
    marker::PhantomData,
    sync::atomic::{
        AtomicUsize,
        Ordering, //
    }, //
};
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

/// The slot that the next function gets which has none.
static TURN: AtomicUsize = AtomicUsize::new(0);

/// Calls what a slot goes to, with these registers as its arguments.
///
/// A function takes from the registers what it declares and leaves the others alone, and leaves its value in a
/// register; so one type for each number of arguments fits all whose arguments fit in registers.
///
/// The slots are tested one after the other, since those that are taken first are the first; that each has a bit of
/// its own keeps the compiler from making a search of it, which would be slower for these.
#[cfg(CONFIG_HAVE_STATIC_CALL)]
macro_rules! call_slot {
    ($slot:ident -> $value:ty; $($register:ident)*) => {
        if $slot.0 & 1 << 0 != 0 {
            call_slot!(@call 0 $value; $($register)*)
        } else if $slot.0 & 1 << 1 != 0 {
            call_slot!(@call 1 $value; $($register)*)
        } else if $slot.0 & 1 << 2 != 0 {
            call_slot!(@call 2 $value; $($register)*)
        } else if $slot.0 & 1 << 3 != 0 {
            call_slot!(@call 3 $value; $($register)*)
        } else if $slot.0 & 1 << 4 != 0 {
            call_slot!(@call 4 $value; $($register)*)
        } else if $slot.0 & 1 << 5 != 0 {
            call_slot!(@call 5 $value; $($register)*)
        } else if $slot.0 & 1 << 6 != 0 {
            call_slot!(@call 6 $value; $($register)*)
        } else {
            call_slot!(@call 7 $value; $($register)*)
        }
    };
    (@call $number:literal $value:ty; $($register:ident)*) => { ::kernel::macros::paste! { {
        #[allow(clashing_extern_declarations, non_snake_case)]
        extern "C" {
            fn [<__SCT__kallsyms_slot_ $number>]($($register: usize),*) -> $value;
        }
        // SAFETY: The caller holds the claim of this slot, so that its trampoline jumps to a function that is there.
        // The caller promises that these arguments, and the context, are what it demands.
        unsafe { [<__SCT__kallsyms_slot_ $number>]($($register),*) }
    } } };
}

/// Calls what a slot goes to, with these registers as its arguments; without static calls, through a pointer.
#[cfg(not(CONFIG_HAVE_STATIC_CALL))]
macro_rules! call_slot {
    ($slot:ident -> $value:ty; $($register:ident)*) => { {
        let slot = $slot.0.trailing_zeros() as usize;
        let function: unsafe extern "C" fn($($register: usize),*) -> $value =
            // SAFETY: The caller holds the claim of the slot, whose target then is the entry of a function; and a
            // pointer to a function has the size of an address.
            unsafe { core::mem::transmute(POOL[slot].target()) };
        // SAFETY: The function is there for as long as the claim is held. The caller promises that these
        // arguments, and the context, are what it demands.
        unsafe { function($($register),*) }
    } };
}

/// A slot of the pool: the bit whose number is the slot's.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Slot(u8);

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

/// The arguments of a call: a tuple of at most six [`Register`] values.
///
/// # Safety
///
/// The registers must be those in which the C ABI passes the values of the tuple, and `call_slot` must do as it says.
pub unsafe trait Arguments {
    /// The registers, in order; what is not used is 0.
    #[doc(hidden)]
    fn into_registers(self) -> [usize; 6];

    /// Calls what the slot goes to.
    ///
    /// # Safety
    ///
    /// The caller must hold the claim of the slot, and do as the slot's target demands: pass the arguments, hold the
    /// locks and be in the context that it wants.
    #[doc(hidden)]
    unsafe fn call_slot(self, slot: Slot) -> usize;
}

/// The type of a C function: `unsafe extern "C" fn(A, B) -> R`, or one that takes more arguments than the one, two or
/// three that it names, such as `unsafe extern "C" fn(A, ...) -> R`.
///
/// # Safety
///
/// The shape must be that of the function, and `Return` what it returns.
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
/// It must.
pub unsafe trait Takes<A: Arguments>: Signature {}

macro_rules! signatures {
    ($($type:ident)*) => {
        // SAFETY: Each value travels in a register of its own, in their order, which is that of the parameters.
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
                parameters: &[$($type::SHAPE),*],
                variadic: false,
                returns: R::SHAPE,
            };
        }

        // SAFETY: The types of the tuple are those of the parameters.
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
                parameters: &[$($named::SHAPE),*],
                variadic: true,
                returns: R::SHAPE,
            };
        }
    };
    ($($named:ident)*; $($more:ident)*) => {
        // SAFETY: The first types of the tuple are those of the parameters. The others are integers and pointers,
        // which a function that takes any number of arguments finds in the registers that follow; C promotes narrow
        // integers, and a register holds them extended.
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

/// How many words [`Function::call_words`] passes.
pub const WORDS: usize = 24;

/// What a [`Function`] has for its type when nobody knows that before run time.
pub struct Words(());

/// The two registers in which C functions leave their values.
#[repr(C)]
struct Pair {
    first: usize,
    second: usize,
}

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
/// - `claim` is that of the slot, which goes to `target`.
/// - The function at `target` has the signature `F`.
pub struct Function<F> {
    slot: Slot,
    // In this order: the claim goes before the target it calls.
    #[allow(dead_code)]
    claim: Claim,
    target: Target,
    signature: PhantomData<F>,
}

impl<F> Function<F> {
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
        // One that has called this function last is there at once. Of the others, that whose turn it is: so the last
        // few functions keep their slots.
        let same = (0..SLOTS).filter(|slot| POOL[*slot].target() == address);
        let turn = TURN.load(Ordering::Relaxed);
        let others = (turn..turn + SLOTS).map(|slot| slot % SLOTS);
        for slot in Iterator::chain(same, others) {
            let call = POOL[slot];
            let known = call.target() == address;
            // SAFETY: A `Target` is the entry of a function that stays where it is for as long as the
            // `Target` lives. Fields are dropped in the order of their declaration: `claim` before `target`.
            if let Some(claim) = unsafe { call.claim(address) } {
                if !known {
                    TURN.store((slot + 1) % SLOTS, Ordering::Relaxed);
                }
                // INVARIANT: The claim is that of this slot, made for `target`; the caller promises that
                // the function there has the signature `F`.
                return Ok(Self {
                    slot: Slot(1 << slot),
                    claim,
                    target,
                    signature: PhantomData,
                });
            }
        }
        Err(target)
    }

    /// The function's address.
    pub fn address(&self) -> usize {
        self.target.address()
    }

    /// Gives the slot back, and keeps the function's module.
    pub fn into_target(self) -> Target {
        self.target
    }
}

impl<F: Signature> Function<F> {
    /// Finds the function `name`, checks its signature, and takes a slot for it. Sleeps.
    ///
    /// A name without a module can be that of any module's function; `vmlinux:name` is the kernel's own.
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
        // SAFETY: `self.claim` is the claim of `self.slot`, and `new()` was promised that the target has the signature
        // `F`, which takes `A`. The caller promises what else the function demands.
        F::Return::from_register(unsafe { arguments.call_slot(self.slot) })
    }
}

impl Function<Words> {
    /// Calls the function with words that the caller has put where the C ABI has them: the first in the registers for
    /// arguments, as many as there are, and the others on the stack. Returns what the function leaves in the two
    /// registers for its value.
    ///
    /// A function takes from the registers and from the stack what it declares. What is more it leaves alone, and who
    /// calls takes it off the stack again. What a function that returns nothing leaves in the registers means nothing.
    ///
    /// # Safety
    ///
    /// The words must be arguments that the C function takes, and the caller must do as it demands: of the arguments,
    /// of the locks held, of the context.
    pub unsafe fn call_words(&self, words: &[usize; WORDS]) -> [usize; 2] {
        // SAFETY: The claim of the slot is `self.claim`. The caller promises that the words are arguments that its
        // target takes, and what else that demands.
        let Pair { first, second } = unsafe { call_with_words(self.slot, words) };
        [first, second]
    }
}

/// Calls what a slot goes to, with these words.
///
/// # Safety
///
/// The caller must hold the claim of the slot, and do as the slot's target demands, which must take the words.
#[cfg(not(CONFIG_HAVE_STATIC_CALL))]
#[inline(never)]
unsafe fn call_with_words(slot: Slot, words: &[usize; WORDS]) -> Pair {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x] = *words;
    call_slot!(slot -> Pair; a b c d e f g h i j k l m n o p q r s t u v w x)
}

/// Makes a function for each slot, so that the words on the stack have their place in a frame of its own.
#[cfg(CONFIG_HAVE_STATIC_CALL)]
macro_rules! words {
    ($($number:literal)*; $last:literal) => { ::kernel::macros::paste! {
        words! { @each $($number)* $last }

        /// Calls what a slot goes to, with these words.
        ///
        /// # Safety
        ///
        /// The caller must hold the claim of the slot, and do as the slot's target demands, which must take the words.
        unsafe fn call_with_words(slot: Slot, words: &[usize; WORDS]) -> Pair {
            match slot.0.trailing_zeros() {
                $(
                    // SAFETY: The caller holds the claim of the slot with this number, does as its target demands, and
                    // promises that it takes the words.
                    $number => unsafe { [<call_ $number _with_words>](words) },
                )*
                // SAFETY: This is the last slot, since it is none of the others. The caller holds its claim, does as
                // its target demands, and promises that it takes the words.
                _ => unsafe { [<call_ $last _with_words>](words) },
            }
        }
    } };
    (@each $($number:literal)*) => { ::kernel::macros::paste! { $(
        /// Calls what this slot goes to, with these words.
        ///
        /// # Safety
        ///
        /// The caller must hold the claim of the slot, and do as the slot's target demands, which must take the words.
        #[inline(never)]
        unsafe fn [<call_ $number _with_words>](words: &[usize; WORDS]) -> Pair {
            let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x] = *words;
            call_slot!(@call $number Pair; a b c d e f g h i j k l m n o p q r s t u v w x)
        }
    )* } };
}

#[cfg(CONFIG_HAVE_STATIC_CALL)]
words! { 0 1 2 3 4 5 6; 7 }
