// SPDX-License-Identifier: GPL-2.0

//! The symbols that a query chooses.

use super::{
    query::Stage,
    Position,
    Query,
    Symbol,
    Tally,
    VMLINUX, //
};
use crate::kallsyms::{
    modules::Spot,
    Error,
    Kallsyms, //
};
use core::ops::ControlFlow;
use kernel::prelude::*;

/// Takes the symbols that a query chooses.
struct Choice<'a, F> {
    query: Query<'a>,
    limit: usize,
    /// Whether those beyond the limit are counted.
    count_all: bool,
    tally: Tally,
    f: F,
}

impl<F> Choice<'_, F> {
    /// Gives the symbol to the closure if it is chosen, and counts it unless that breaks. Breaks
    /// with nothing if there will be no other.
    #[inline(always)]
    fn take<B>(&mut self, symbol: &Symbol<'_>) -> ControlFlow<Option<B>>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        if self.query.has_symbol(symbol) {
            if self.tally.shown < self.limit {
                if let ControlFlow::Break(value) = (self.f)(symbol) {
                    return ControlFlow::Break(Some(value));
                }
                self.tally.shown += 1;
            } else if !self.count_all {
                return ControlFlow::Break(None);
            }
            self.tally.matched += 1;
        }
        self.tally.total += 1;
        ControlFlow::Continue(())
    }
}

impl Kallsyms {
    /// Calls `f` for every symbol that is chosen, from `position` on, until it breaks; and leaves
    /// in `position` where that was, so that the next call with it begins with the symbol that `f`
    /// broke at. It is the end where the limit is reached. The query has to be the same.
    ///
    /// A walk in pieces of any size takes about as long as one at a stretch. Order and context are
    /// as for [`Self::query`].
    ///
    /// # Errors
    ///
    /// [`Error::Nested`]: this thread is walking over the modules already.
    pub fn query_from<B, F>(
        &self,
        query: &Query<'_>,
        position: &mut Position,
        f: F,
    ) -> Result<ControlFlow<B>, Error>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        self.go_on(query, position, false, f)
    }

    /// See [`Self::query_from`]. Goes on after the limit if all are to be counted.
    #[inline(always)]
    pub(in crate::kallsyms) fn go_on<B, F>(
        &self,
        query: &Query<'_>,
        position: &mut Position,
        count_all: bool,
        mut f: F,
    ) -> Result<ControlFlow<B>, Error>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        let Position {
            stage,
            vmlinux,
            modules,
            tally,
        } = position;
        let mut choice = Choice {
            query: *query,
            limit: query.limit.unwrap_or(usize::MAX),
            count_all,
            tally: *tally,
            f: &mut f,
        };
        let mut walked = ControlFlow::Continue(());
        if *stage == Stage::Vmlinux && query.has_module(VMLINUX) {
            let found = query.prefixes().and_then(|prefixes| {
                self.for_each_beginning(prefixes, vmlinux, &mut |symbol| choice.take(symbol))
            });
            walked = match found {
                Some(found) => {
                    if let (ControlFlow::Continue(()), Some(index)) = (&found, &self.index) {
                        // Those which were not looked at are counted too.
                        choice.tally.total = index.count as usize;
                    }
                    found
                }
                None if query.walk => {
                    self.for_each_by_kernel(vmlinux, |symbol| choice.take(symbol))
                }
                None => self.for_each_since(vmlinux, |symbol| choice.take(symbol)),
            };
        }
        *tally = choice.tally;
        if *stage == Stage::Vmlinux && walked.is_continue() {
            *stage = Stage::Modules;
        }
        if *stage == Stage::Modules && !query.is_of_vmlinux() {
            walked = self.choose_of_modules(modules, tally, choice)?;
        }
        Ok(match walked {
            ControlFlow::Break(Some(value)) => ControlFlow::Break(value),
            ControlFlow::Break(None) | ControlFlow::Continue(()) => {
                *stage = Stage::End;
                ControlFlow::Continue(())
            }
        })
    }

    /// Takes symbols of modules, from `spot` on; counts them in `tally` too.
    #[inline(never)]
    fn choose_of_modules<B, F>(
        &self,
        spot: &mut Spot,
        tally: &mut Tally,
        mut choice: Choice<'_, F>,
    ) -> Result<ControlFlow<Option<B>>, Error>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        let walked = self.lock_modules()?.for_each_since(spot, |module, next| {
            if choice.query.has_module(module.name()) {
                module.for_each_since(next, |symbol| choice.take(symbol))
            } else {
                ControlFlow::Continue(())
            }
        });
        *tally = choice.tally;
        Ok(walked)
    }

    /// Calls `f` for each symbol that is chosen until it returns something, and returns that.
    ///
    /// # Errors
    ///
    /// Those of [`Self::query`].
    pub fn find<R>(
        &self,
        query: &Query<'_>,
        mut f: impl FnMut(&Symbol<'_>) -> Option<R>,
    ) -> Result<Option<R>, Error> {
        let (found, _) = self.query(query, |symbol| match f(symbol) {
            Some(result) => ControlFlow::Break(result),
            None => ControlFlow::Continue(()),
        })?;
        match found {
            ControlFlow::Break(result) => Ok(Some(result)),
            ControlFlow::Continue(()) => Ok(None),
        }
    }

    /// Counts the symbols that are chosen, those beyond the limit included.
    ///
    /// # Errors
    ///
    /// Those of [`Self::query`].
    pub fn count(&self, query: &Query<'_>) -> Result<usize, Error> {
        let (_, tally) = self.query(query, |_| ControlFlow::<()>::Continue(()))?;
        Ok(tally.matched)
    }

    /// Collects what `f` returns for each symbol that is chosen. Allocates.
    ///
    /// # Errors
    ///
    /// Those of [`Self::query`], and [`Error::NoMemory`].
    pub fn collect<T>(
        &self,
        query: &Query<'_>,
        mut f: impl FnMut(&Symbol<'_>) -> T,
    ) -> Result<KVVec<T>, Error> {
        let mut all = KVVec::new();
        let (walked, _) = self.query(query, |symbol| match all.push(f(symbol), GFP_KERNEL) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        })?;
        match walked {
            ControlFlow::Continue(()) => Ok(all),
            ControlFlow::Break(()) => Err(Error::NoMemory),
        }
    }
}
