// SPDX-License-Identifier: GPL-2.0

//! Symbols as the kernel's tables have them: one after the other, their names expanded when somebody asks.

use super::{
    super::{
        symbol::Origin,
        Kind,
        Layout,
        Symbol, //
    },
    search::{
        Buffer,
        Index,
        EMPTY,
        NAMES_PER_MARKER, //
    },
};
use crate::bindings;
use core::{
    cell::{
        Cell,
        UnsafeCell, //
    },
    ops::ControlFlow, //
};
use kernel::prelude::*;

/// Room for the name of one symbol, which is expanded when somebody asks for it.
///
/// # Invariants
///
/// - While `length` is [`None`], nobody has a reference to `buffer`.
/// - While it is [`Some`], there are only shared references to `buffer`, and nobody writes to it. It begins with so
///   many bytes that are not NUL, and a NUL behind them.
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
        // INVARIANT: `self` is borrowed for us alone, so that nobody has a reference to the buffer: `name()` gives
        // them out for no longer than `self` is borrowed.
        self.length.set(None);
    }

    /// The name that `tokens` stand for. Until [`Self::clear`] it has to be called with the same ones.
    fn name(&self, index: &Index, tokens: &[u8]) -> &CStr {
        let length = match self.length.get() {
            Some(length) => length,
            None => {
                // SAFETY: `length` is `None`, so that nobody has a reference to the buffer, by the invariants of
                // `Expander`. `expand()` knows nothing of `self`, so that nobody gets one before it returns.
                let length = index.expand(tokens, unsafe { &mut *self.buffer.get() });
                // INVARIANT: The only reference to the buffer ended above. `expand()` has written `length` bytes that
                // are not NUL, and a NUL.
                self.length.set(Some(length));
                length
            }
        };
        // SAFETY: `length` is `Some`: nobody writes to the buffer before `clear()` is called, which borrows `self`
        // for itself alone, and so not before the reference that this returns is gone.
        let buffer = unsafe { &*self.buffer.get() };
        // Without the first letter, which is the type.
        let bytes = match length {
            0 => &[0],
            _ => buffer.get(1..=length).unwrap_or(&[0]),
        };
        // SAFETY: By the invariants of `Expander` the first `length` bytes of the buffer are not NUL, and the one
        // behind them is; so the last one of `1..=length` is the NUL. `&[0]` is the empty string.
        unsafe { CStr::from_bytes_with_nul_unchecked(bytes) }
    }
}

/// A symbol in the kernel's tables.
#[derive(Clone, Copy)]
pub(in crate::kallsyms) struct Entry<'a> {
    index: &'a Index,
    /// What `index` has for it, and nobody else's name is in there.
    expander: &'a Expander,
    tokens: &'a [u8],
    number: u32,
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

    /// How many bytes there are from `address`, which is this symbol's, to the next symbol; [`None`] if there is none,
    /// or if the address is in no section, where the kernel itself knows no symbols.
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

impl Index {
    /// Calls `f` for the symbols of `vmlinux` from number `next` on, until it breaks, or until the tables are not
    /// what they are taken for. `next` is then the number of the symbol that this stands at. Sleeps.
    #[inline(always)]
    pub(in crate::kallsyms) fn walk<B, F>(
        &self,
        layout: &Layout,
        next: &mut u32,
        mut f: F,
    ) -> ControlFlow<B>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        let mut expander = Expander::new();
        let Some(mut offset) = self.offset(*next) else {
            return ControlFlow::Continue(());
        };
        while *next < self.count {
            if *next % NAMES_PER_MARKER == 0 {
                if self.marker(*next) != Some(offset) {
                    break;
                }
                // SAFETY: It only lets others run, where this may sleep: in a process, as the callers of this are,
                // who hold no lock that forbids it.
                unsafe { bindings::kallsyms_helper_cond_resched() };
            }
            let (Some((tokens, end)), Some(address)) = (self.split(offset), self.address(*next))
            else {
                break;
            };
            f(&Symbol {
                address,
                origin: Origin::Table(
                    layout,
                    Entry {
                        index: self,
                        expander: &expander,
                        tokens,
                        number: *next,
                    },
                ),
            })?;
            expander.clear();
            offset = end;
            *next += 1;
        }
        ControlFlow::Continue(())
    }

    /// Calls `f` for one symbol. [`None`] if the tables are not what they are taken for.
    #[inline(never)]
    pub(in crate::kallsyms) fn with_symbol<B>(
        &self,
        layout: &Layout,
        number: u32,
        f: &mut dyn FnMut(&Symbol<'_>) -> ControlFlow<B>,
    ) -> Option<ControlFlow<B>> {
        let (tokens, _) = self.split(self.offset(number)?)?;
        let expander = Expander::new();
        Some(f(&Symbol {
            address: self.address(number)?,
            origin: Origin::Table(
                layout,
                Entry {
                    index: self,
                    expander: &expander,
                    tokens,
                    number,
                },
            ),
        }))
    }
}
