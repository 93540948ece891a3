// SPDX-License-Identifier: GPL-2.0

//! Searches in the tables: for names that begin alike, for an address, and for how many symbols are
//! of a kind.

use super::{
    Index,
    EMPTY, //
};
use crate::kallsyms::{
    sort::sort,
    Kallsyms,
    Kind,
    Layout,
    Symbol, //
};
use core::{
    convert::Infallible,
    ops::{
        ControlFlow,
        Range, //
    }, //
};
use kernel::prelude::*;

/// A search that finds more than one symbol in this many is slower than a walk over the tables.
const WORTHWHILE: u32 = 64;

impl Index {
    /// The first place, in the order of names, whose name is `right`; `count` if none is. All names
    /// after such a name must be `right`, too.
    #[inline(never)] // frame
    pub(super) fn first_with(&self, right: impl Fn(&[u8]) -> bool) -> Option<u32> {
        let mut buffer = EMPTY;
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            let name = self.name(self.nth(middle)?, &mut buffer)?;
            if right(name.to_bytes()) {
                high = middle
            } else {
                low = middle + 1
            }
        }
        Some(low)
    }

    /// The first symbol, in the order of addresses, that does not lie before `address`; `count` if
    /// all do.
    pub(in crate::kallsyms) fn first_from(&self, address: usize) -> Option<u32> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.address(middle)? >= address {
                high = middle
            } else {
                low = middle + 1
            }
        }
        Some(low)
    }

    /// The places, in the order of names, whose names begin with `prefix`.
    fn places(&self, prefix: &[u8]) -> Option<Range<u32>> {
        let start = self.first_with(|name| name >= prefix)?;
        let end = self.first_with(|name| name > prefix && !name.starts_with(prefix))?;
        Some(start..end)
    }

    /// The numbers of the symbols whose names begin with one of the prefixes, in the order of their
    /// addresses. Allocates.
    ///
    /// `None` if they are too many for this to be worthwhile, or if there is no memory.
    fn symbols<'p>(&self, prefixes: impl Iterator<Item = &'p [u8]>) -> Option<KVVec<u32>> {
        let mut buffer = EMPTY;
        let mut symbols = KVVec::new();
        for prefix in prefixes {
            for place in self.places(prefix)? {
                let symbol = self.nth(place)?;
                let name = self.name(symbol, &mut buffer)?;
                let worthwhile = symbols.len() < (self.count / WORTHWHILE) as usize;
                if !worthwhile || !name.to_bytes().starts_with(prefix) {
                    return None;
                }
                self.address(symbol)?;
                symbols.push(symbol, GFP_KERNEL).ok()?;
            }
        }
        sort(&mut symbols);
        Some(symbols)
    }
}

impl Kallsyms {
    /// Whether queries can use the kernel's order of names: its tables are there, and agree with
    /// its functions.
    pub fn has_index(&self) -> bool {
        self.index.is_some()
    }

    /// Calls `f` for every symbol of `vmlinux` whose name begins with one of the prefixes, in the
    /// order of their addresses and from number `next` on, until it breaks; `next` is then the
    /// number of that symbol. Process context; allocates.
    ///
    /// `None`, and no call of `f`: the kernel's order of names cannot answer this, and a walk has
    /// to.
    #[inline(never)] // frame
    pub(in crate::kallsyms) fn for_each_beginning<'p, B>(
        &self,
        prefixes: impl Iterator<Item = &'p [u8]>,
        next: &mut u32,
        f: &mut dyn FnMut(&Symbol<'_>) -> ControlFlow<B>,
    ) -> Option<ControlFlow<B>> {
        let index = self.index.as_ref()?;
        let symbols = index.symbols(prefixes)?;
        for symbol in symbols {
            // A name can begin with two of the prefixes. Each number has had a name and an address
            // before.
            if symbol < *next {
                continue;
            }
            *next = symbol;
            if let Some(ControlFlow::Break(value)) =
                index.with_symbol(&self.vmlinux.layout, symbol, f)
            {
                return Some(ControlFlow::Break(value));
            }
            *next += 1;
        }
        Some(ControlFlow::Continue(()))
    }

    /// How many symbols of `vmlinux` there are of each kind, in the order of [`Kind::ALL`]. May
    /// sleep.
    pub fn count_kinds(&self) -> [usize; Kind::ALL.len()] {
        let mut counts = [0; Kind::ALL.len()];
        if self
            .index
            .as_ref()
            .and_then(|index| index.count_kinds(&self.vmlinux.layout, &mut counts))
            .is_none()
        {
            counts = [0; Kind::ALL.len()];
            let _ = self.for_each(|symbol| {
                counts[symbol.kind() as usize] += 1;
                ControlFlow::<Infallible>::Continue(())
            });
        }
        counts
    }
}

impl Index {
    /// Adds to `counts` how many symbols there are of each kind. Between two borders of sections
    /// all are of one kind, and their number is what a binary search finds.
    #[inline(never)] // frame
    fn count_kinds(&self, layout: &Layout, counts: &mut [usize; Kind::ALL.len()]) -> Option<()> {
        let (mut start, mut first) = (0, 0);
        loop {
            let end = layout.next_border(start);
            let last = match end {
                Some(end) => self.first_from(end)?,
                None => self.count,
            };
            counts[layout.kind(start) as usize] += last.checked_sub(first)? as usize;
            let Some(end) = end else {
                return Some(());
            };
            (start, first) = (end, last);
        }
    }
}
