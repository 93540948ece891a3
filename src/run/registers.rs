// SPDX-License-Identifier: GPL-2.0

//! The arguments of a call, laid out by the C ABI.

use crate::kallsyms::{
    Taken,
    Travel,
    WORDS, //
};

/// The arguments of a call, in the words where the function looks for them.
pub(crate) struct Registers {
    /// The registers, and then the stack.
    words: [usize; WORDS],
    taken: Taken,
}

impl Registers {
    /// No arguments.
    pub(crate) const NONE: Self = Self {
        words: [0; WORDS],
        taken: Taken::NOTHING,
    };

    /// All words: the registers, then the stack.
    pub(super) fn words(&self) -> &[usize; WORDS] {
        &self.words
    }

    /// Adds the next argument. Returns [`None`] if there is no room for it.
    pub(crate) fn add(&mut self, value: [usize; 2], travel: Travel) -> Option<()> {
        let at = self.taken.add(travel);
        let words = self.words.get_mut(at..at + travel.words())?;
        words.copy_from_slice(value.get(..travel.words())?);
        Some(())
    }
}
