// SPDX-License-Identifier: GPL-2.0

//! Functions whose names are known only at run time.

use super::{
    signature::{
        Arguments,
        Register,
        Signature,
        Takes, //
    },
    slots::{
        call_with_words,
        Pair,
        Slot,
        POOL,
        SLOTS,
        WORDS,
        WORD_SLOTS, //
    },
    static_call::Claim,
    Target, //
};
use crate::kallsyms::{
    Error,
    Kallsyms,
    Name, //
};
use core::marker::PhantomData;
use kernel::{
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    }, //
};

/// The slot that the next function gets, unless an earlier one has the same target.
static TURN: Atomic<usize> = Atomic::new(0);

/// What a [`Function`] has for its type when nobody knows that before run time.
pub struct Words(());

/// A type that a [`Function`] can have: a [`Signature`], or [`Words`].
pub trait Pooled {
    /// How many functions of this kind can be held at once.
    #[doc(hidden)]
    const SLOTS: usize;
}

impl<F: Signature> Pooled for F {
    const SLOTS: usize = SLOTS;
}

impl Pooled for Words {
    const SLOTS: usize = WORD_SLOTS;
}

/// The right to call a function of type `F`, found by name at run time.
///
/// It pins the function's module (`rmmod` of it fails with `EBUSY` while this lives), and goes
/// through a static call out of a pool of [`SLOTS`], or [`WORD_SLOTS`] for [`Words`].
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
/// - `claim` is the claim of the slot, which goes to `target`.
/// - The function at `target` has the signature `F`.
pub struct Function<F> {
    slot: Slot,
    // In this order: the claim goes before the target it calls.
    #[allow(dead_code)]
    claim: Claim,
    target: Target,
    signature: PhantomData<F>,
}

impl<F: Pooled> Function<F> {
    /// Takes a slot for `target`. May sleep.
    ///
    /// # Errors
    ///
    /// [`Error::NoSlot`]: as many functions are held already as can be.
    ///
    /// # Safety
    ///
    /// The function at `target` must have the signature `F`.
    pub unsafe fn new(target: Target) -> Result<Self, Error> {
        // SAFETY: The caller promises that the function at `target` has the signature `F`.
        unsafe { Self::try_new(target) }.map_err(|_| Error::NoSlot)
    }

    /// Takes a slot for `target`; returns `target` if there is none. May
    /// sleep.
    ///
    /// # Safety
    ///
    /// The function at `target` must have the signature `F`.
    pub unsafe fn try_new(target: Target) -> Result<Self, Target> {
        let address = target.address();
        // One that has called this function last is there at once. Of the others, that whose turn
        // it is: so the last few functions keep their slots.
        let same = (0..F::SLOTS).filter(|slot| POOL[*slot].target() == address);
        let turn = TURN.load(Relaxed);
        let others = (turn..turn + F::SLOTS).map(|slot| slot % F::SLOTS);
        for slot in Iterator::chain(same, others) {
            let call = POOL[slot];
            let known = call.target() == address;
            // SAFETY: A `Target` is the entry of a function that stays where it is for as long as
            // the `Target` lives. Fields are dropped in the order of their declaration: `claim`
            // before `target`.
            if let Some(claim) = unsafe { call.claim(address) } {
                if !known {
                    TURN.store((slot + 1) % F::SLOTS, Relaxed);
                }
                // INVARIANT: The claim is of this slot, made for `target`; the caller promises
                // that the function there has the signature `F`.
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

    /// Whether as many functions are held as can be. That may change at any time.
    pub fn are_all_taken() -> bool {
        POOL.iter().take(F::SLOTS).all(|call| call.is_claimed())
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

impl<F> Function<F> {
    /// Finds the function `name`, checks its signature, and takes a slot for it. May sleep.
    ///
    /// A name without a module can mean any module's function; `vmlinux:name` is the kernel's own.
    ///
    /// # Errors
    ///
    /// Those of [`Kallsyms::target`], [`Kallsyms::check`] and [`Self::new`].
    pub fn resolve(kallsyms: &Kallsyms, name: &Name<'_>, position: usize) -> Result<Self, Error>
    where
        F: Signature,
    {
        let resolved = kallsyms.target(name, position).and_then(|target| {
            kallsyms.check(&target, name.symbol(), &F::SHAPE)?;
            // SAFETY: `check()` has compared the kernel's prototype of the function with `F`: each
            // argument and the value travel alike in both.
            unsafe { Self::new(target) }
        });
        resolved.map_err(|error| error.of(name))
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
        F: Signature + Takes<A>,
    {
        // SAFETY: `self.claim` is the claim of `self.slot`, and `new()` was promised that the
        // target has the signature `F`, which takes `A`. The caller promises what else the function
        // demands.
        F::Return::from_register(unsafe { arguments.call_slot(self.slot) })
    }
}

impl Function<Words> {
    /// Calls the function with words that the caller has put where the C ABI has them: the first in
    /// the registers for arguments, as many as there are, and the others on the stack. Returns what
    /// the function leaves in the two registers for its value.
    ///
    /// A function takes from the registers and from the stack what it declares. It leaves the rest
    /// alone, and its caller takes it off the stack again. What a function that returns nothing
    /// leaves in the registers means nothing.
    ///
    /// # Safety
    ///
    /// The words must be arguments that the C function takes, and the caller must do as it demands:
    /// of the arguments, of the locks held, of the context.
    pub unsafe fn call_words(&self, words: &[usize; WORDS]) -> [usize; 2] {
        // SAFETY: The claim of the slot is `self.claim`. The caller promises that the words are
        // arguments that its target takes, and what else that demands.
        let Pair { first, second } = unsafe { call_with_words(self.slot, words) };
        [first, second]
    }
}
