// SPDX-License-Identifier: GPL-2.0

//! Random numbers, the same each time.

/// A generator (xorshift64*).
pub(crate) struct Random(u64);

#[allow(dead_code)] // Not every test needs all of it.
impl Random {
    pub(crate) fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() >> 33) as usize % end
    }

    /// Small ones more often than large ones.
    pub(crate) fn number(&mut self) -> i64 {
        let shift = self.below(64);
        (self.next() as i64) >> shift
    }

    pub(crate) fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}
