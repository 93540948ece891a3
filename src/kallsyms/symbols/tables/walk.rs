// SPDX-License-Identifier: GPL-2.0

//! Walks over the tables: symbol by symbol, in the order of their addresses.

use super::{
    address,
    entry::{
        Entry,
        Expander, //
    },
    Index,
    NAMES_PER_MARKER, //
};
use crate::{
    bindings,
    kallsyms::{
        symbols::Origin,
        Layout,
        Symbol, //
    }, //
};
use core::ops::ControlFlow;

impl Index {
    /// Calls `f` for the symbols of `vmlinux` from number `next` on, until it breaks, or until the
    /// tables are not what they are taken for. `next` is then the number of the symbol that this
    /// stands at. May sleep.
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
        let mut number = *next;
        let mut walked = ControlFlow::Continue(());
        'walk: while number < self.count {
            if number % NAMES_PER_MARKER == 0 && self.marker(number) != Some(offset) {
                break;
            }
            // SAFETY: It only lets others run, where this may sleep: in a process, as the callers
            // of this are, who hold no lock that forbids it.
            unsafe { bindings::kallsyms_helper_cond_resched() };
            let end = (number / NAMES_PER_MARKER + 1) * NAMES_PER_MARKER;
            let offsets = self
                .offsets
                .get(number as usize..end.min(self.count) as usize);
            for here in offsets.unwrap_or_default() {
                let Some((tokens, end)) = self.split(offset) else {
                    break 'walk;
                };
                walked = f(&Symbol {
                    address: address(here),
                    origin: Origin::Table(
                        layout,
                        Entry {
                            index: self,
                            expander: &expander,
                            tokens,
                            number,
                        },
                    ),
                });
                if walked.is_break() {
                    break 'walk;
                }
                expander.clear();
                offset = end;
                number += 1;
            }
        }
        *next = number;
        walked
    }

    /// Calls `f` for one symbol. `None` if the tables are not what they are taken for.
    #[inline(never)] // frame
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
