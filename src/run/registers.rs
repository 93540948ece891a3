// SPDX-License-Identifier: GPL-2.0

//! The arguments of a call, where the C ABI has them.

use crate::kallsyms::{
    Taken,
    Travel,
    WORDS, //
};

/// The arguments of a call, where the function looks for them.
pub(crate) struct Passed {
    /// The registers, and then the stack.
    words: [usize; WORDS],
    taken: Taken,
}

impl Passed {
    /// None.
    pub(crate) const NOTHING: Self = Self {
        words: [0; WORDS],
        taken: Taken::NOTHING,
    };

    /// All of them.
    pub(crate) fn words(&self) -> &[usize; WORDS] {
        &self.words
    }

    /// Adds the next argument. [`None`]: there is no room for it.
    pub(crate) fn add(&mut self, value: [usize; 2], travel: Travel) -> Option<()> {
        let at = self.taken.add(travel);
        let place = self.words.get_mut(at..at + travel.words())?;
        for (to, from) in place.iter_mut().zip(value) {
            *to = from;
        }
        Some(())
    }
}
