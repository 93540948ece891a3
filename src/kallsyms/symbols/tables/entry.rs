// SPDX-License-Identifier: GPL-2.0

//! One symbol of the tables, whose name is expanded when somebody asks for it.

use super::{
    Buffer,
    Index,
    EMPTY, //
};
use crate::kallsyms::{
    Kind,
    Layout, //
};
use core::cell::{
    Cell,
    UnsafeCell, //
};
use kernel::prelude::*;

/// Room for the name of one symbol, which is expanded when somebody asks for it.
///
/// # Invariants
///
/// - While `length` is `None`, nobody has a reference to `buffer`.
/// - While it is `Some`, there are only shared references to `buffer`, and nobody writes to it.
///   It begins with that many bytes that are not NUL, then a NUL.
pub(in crate::kallsyms) struct Expander {
    buffer: UnsafeCell<Buffer>,
    length: Cell<Option<usize>>,
}

impl Expander {
    /// Room without a name.
    pub(in crate::kallsyms) const fn new() -> Self {
        // INVARIANT: The buffer is not borrowed.
        Self {
            buffer: UnsafeCell::new(EMPTY),
            length: Cell::new(None),
        }
    }

    /// Makes room for another name.
    pub(in crate::kallsyms) fn clear(&mut self) {
        // INVARIANT: `self` is borrowed for us alone, so that nobody has a reference to the buffer:
        // `name()` gives them out for no longer than `self` is borrowed.
        self.length.set(None);
    }

    /// The name that `tokens` stand for. Until [`Self::clear`] it has to be called with the same
    /// ones.
    fn name(&self, index: &Index, tokens: &[u8]) -> &CStr {
        let length = match self.length.get() {
            Some(length) => length,
            None => {
                // SAFETY: `length` is `None`, so that nobody has a reference to the buffer, by the
                // invariants of `Expander`. `expand()` knows nothing of `self`, so that nobody gets
                // one before it returns.
                let length = index.expand(tokens, unsafe { &mut *self.buffer.get() });
                // INVARIANT: The only reference to the buffer ended above. `expand()` has written
                // `length` bytes that are not NUL, and a NUL.
                self.length.set(Some(length));
                length
            }
        };
        // SAFETY: `length` is `Some`: nobody writes to the buffer before `clear()` is called, which
        // borrows `self` for itself alone, and so not before the reference that this returns is
        // gone.
        let buffer = unsafe { &*self.buffer.get() };
        // Without the first letter, which is the type.
        let bytes = match length {
            0 => &[0],
            _ => buffer.get(1..=length).unwrap_or(&[0]),
        };
        // SAFETY: By the invariants of `Expander` the first `length` bytes of the buffer are not
        // NUL, and the one after them is; so the last one of `1..=length` is the NUL. `&[0]` is
        // the empty string.
        unsafe { CStr::from_bytes_with_nul_unchecked(bytes) }
    }
}

/// A symbol in the kernel's tables.
#[derive(Clone, Copy)]
pub(in crate::kallsyms) struct Entry<'a> {
    pub(super) index: &'a Index,
    /// What `index` has for it, and nobody else's name is in there.
    pub(super) expander: &'a Expander,
    pub(super) tokens: &'a [u8],
    pub(super) number: u32,
}

impl<'a> Entry<'a> {
    /// The name.
    pub(in crate::kallsyms) fn name(&self) -> &'a CStr {
        self.expander.name(self.index, self.tokens)
    }

    /// Whether the name begins with `prefix`. Expands no more of it than that takes.
    pub(in crate::kallsyms) fn begins_with(&self, prefix: &[u8]) -> bool {
        self.index.begins_with(self.tokens, prefix)
    }

    /// How many bytes there are from `address`, which is this symbol's, to the next symbol;
    /// `None` if there is none, or if the address is in no section, where the kernel itself knows
    /// no symbols.
    pub(in crate::kallsyms) fn size(&self, layout: &Layout, address: usize) -> Option<usize> {
        if layout.kind(address) == Kind::Other {
            return None;
        }
        let mut number = self.number;
        loop {
            number = number.checked_add(1)?;
            match self.index.address(number)?.checked_sub(address)? {
                0 => {}
                size => return Some(size),
            }
        }
    }
}
