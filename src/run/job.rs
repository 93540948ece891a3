// SPDX-License-Identifier: GPL-2.0

//! A call that is ready to be made, with all that it uses.

use super::{
    calls::Entry,
    leftovers::{
        Leftovers,
        ThreadState, //
    },
    memory::{
        Memory,
        Misuse, //
    },
    registers::Registers, //
};
use crate::kallsyms::{
    Function,
    Target,
    Words, //
};
use core::mem::replace;
use kernel::{
    prelude::*,
    time::{
        delay::fsleep,
        Delta,
        Instant,
        Monotonic, //
    }, //
};

/// How long to wait between two attempts to get a slot.
const SLOT_WAIT: Delta = Delta::from_millis(1);

/// What a function has returned, and in what state it left its thread.
pub(crate) struct Returned {
    /// Its value, as the registers had it.
    pub(crate) registers: [usize; 2],
    /// How many nanoseconds it took.
    pub(crate) nanoseconds: i64,
    /// What it left in its thread.
    pub(crate) leftovers: Leftovers,
    /// How it misused lent memory.
    pub(crate) misuse: Option<Misuse>,
}

/// A call, in one of its states.
///
/// If the function does not return, everything stays here until the worker's thread is dead.
pub(super) enum Job {
    /// There is nothing to do.
    None,
    /// The function waits for a slot.
    Ready(Target, Lent),
    /// The function has been called, and has not returned.
    Called(Function<Words>, Lent),
    /// The function has returned, and its slot is free.
    Done(Target, Memory, Returned),
}

/// What a function uses while it runs.
pub(super) struct Lent {
    pub(super) registers: KBox<Registers>,
    pub(super) memory: Memory,
}

impl Job {
    /// Makes the call, if there is one.
    ///
    /// This uses little of the stack, so that the function has almost all of it.
    ///
    /// # Safety
    ///
    /// This must be called in a process that may sleep and with interrupts enabled. The caller must
    /// do as the function demands.
    pub(super) unsafe fn make(&mut self, entry: &Entry) {
        self.claim(entry);
        let Self::Called(function, lent) = self else {
            return;
        };
        let state = ThreadState::now();
        let begin = Instant::<Monotonic>::now();
        // SAFETY: The function and its module stay for as long as `function` does, and `lent` owns
        // the memory that the arguments point to. `Registers` follows the C ABI, so the words are
        // where the function looks for its arguments. The caller promises what else the function
        // demands.
        let registers = unsafe { function.call_words(lent.registers.words()) };
        let nanoseconds = begin.elapsed().as_nanos();
        let leftovers = state.restore();
        self.finish(Returned {
            registers,
            nanoseconds,
            leftovers,
            misuse: None,
        });
    }

    /// Waits for a slot for the function. If the call is abandoned meanwhile, it is not made. This
    /// frame is gone while the function runs.
    #[inline(never)]
    fn claim(&mut self, entry: &Entry) {
        loop {
            *self = match replace(self, Self::None) {
                // SAFETY: `Words` is a type that any function has: whoever calls it promises that
                // the words are right.
                Self::Ready(target, lent) => match unsafe { Function::try_new(target) } {
                    Ok(function) if entry.run() => Self::Called(function, lent),
                    Ok(function) => Self::Ready(function.into_target(), lent),
                    Err(target) => Self::Ready(target, lent),
                },
                other => other,
            };
            if !matches!(self, Self::Ready(..)) || entry.is_abandoned() {
                return;
            }
            fsleep(SLOT_WAIT);
        }
    }

    /// Gives the slot back, for another call. This frame is gone while the function runs.
    #[inline(never)]
    fn finish(&mut self, returned: Returned) {
        *self = match replace(self, Self::None) {
            Self::Called(function, lent) => {
                Self::Done(function.into_target(), lent.memory, returned)
            }
            other => other,
        };
    }
}
