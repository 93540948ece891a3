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
use crate::{
    bindings,
    kallsyms::{
        modules::Spot,
        Error,
        Kallsyms, //
    }, //
};
use core::ops::ControlFlow;
use kernel::prelude::*;

/// How many names are compared with a pattern before a walk looks at signals, lets others run and
/// lets go the list of modules.
const WINDOW: usize = 1 << 14;

/// Why no more symbols are taken.
enum End<B> {
    /// The closure broke with this.
    Value(B),
    /// The limit is reached.
    Limit,
    /// The window is used up: the walk goes on after a pause.
    Pause,
}

/// Takes the symbols that a query chooses.
struct Choice<'a, F> {
    /// How many symbols can still be looked at in this window.
    window: usize,
    query: Query<'a>,
    limit: usize,
    /// Whether those beyond the limit are counted.
    count_all: bool,
    tally: Tally,
    f: F,
}

impl<F> Choice<'_, F> {
    /// Gives the symbol to the closure if it is chosen, and counts it unless that breaks.
    #[inline(always)]
    fn take<B>(&mut self, symbol: &Symbol<'_>) -> ControlFlow<End<B>>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        match self.window.checked_sub(1) {
            Some(left) => self.window = left,
            None => return ControlFlow::Break(End::Pause),
        }
        if self.query.has_symbol(symbol) {
            if self.tally.shown < self.limit {
                if let ControlFlow::Break(value) = (self.f)(symbol) {
                    return ControlFlow::Break(End::Value(value));
                }
                self.tally.shown += 1;
            } else if !self.count_all {
                return ControlFlow::Break(End::Limit);
            }
            self.tally.matched += 1;
        }
        self.tally.total += 1;
        ControlFlow::Continue(())
    }

    /// Opens the next window. May sleep.
    ///
    /// # Errors
    ///
    /// [`Error::Interrupted`]: the process is to die.
    fn pause(&mut self) -> Result<(), Error> {
        // SAFETY: The first looks at this thread's signals; the second lets others run, which
        // callers of this may do: no lock is held.
        let dies = unsafe {
            bindings::kallsyms_helper_cond_resched();
            bindings::kallsyms_helper_fatal_signal_pending()
        };
        if dies {
            return Err(Error::Interrupted);
        }
        self.window = WINDOW / self.query.patterns().max(1);
        Ok(())
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
    /// [`Error::Nested`]: this thread is walking over the modules already. [`Error::Interrupted`]:
    /// the process is to die.
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
            window: 0,
            query: *query,
            limit: query.limit.unwrap_or(usize::MAX),
            count_all,
            tally: *tally,
            f: &mut f,
        };
        let mut walked = ControlFlow::Continue(());
        while *stage == Stage::Vmlinux && query.has_module(VMLINUX) {
            choice.pause()?;
            let window = core::mem::replace(&mut choice.window, WINDOW);
            let found = query.prefixes().and_then(|prefixes| {
                self.for_each_beginning(prefixes, vmlinux, &mut |symbol| choice.take(symbol))
            });
            choice.window = window;
            walked = match found {
                Some(found) => {
                    if let (ControlFlow::Continue(()), Some(index)) = (&found, &self.index) {
                        // Those which were not looked at are counted too.
                        choice.tally.total = index.count as usize;
                    }
                    found
                }
                None if query.walk => {
                    // The kernel's function cannot begin anywhere, and lets others run itself.
                    choice.window = usize::MAX;
                    self.for_each_by_kernel(vmlinux, |symbol| choice.take(symbol))
                }
                None => self.for_each_since(vmlinux, |symbol| choice.take(symbol)),
            };
            if !matches!(walked, ControlFlow::Break(End::Pause)) {
                break;
            }
        }
        *tally = choice.tally;
        if *stage == Stage::Vmlinux && walked.is_continue() {
            *stage = Stage::Modules;
        }
        if *stage == Stage::Modules && !query.is_of_vmlinux() {
            walked = self.choose_of_modules(modules, tally, choice)?;
        }
        Ok(match walked {
            ControlFlow::Break(End::Value(value)) => ControlFlow::Break(value),
            ControlFlow::Break(_) | ControlFlow::Continue(()) => {
                *stage = Stage::End;
                ControlFlow::Continue(())
            }
        })
    }

    /// Takes symbols of modules, from `spot` on; counts them in `tally` too. The list of modules is
    /// unlocked between windows.
    #[inline(never)] // frame
    fn choose_of_modules<B, F>(
        &self,
        spot: &mut Spot,
        tally: &mut Tally,
        mut choice: Choice<'_, F>,
    ) -> Result<ControlFlow<End<B>>, Error>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        loop {
            choice.pause()?;
            let walked = self.lock_modules()?.for_each_since(spot, |module, next| {
                if choice.query.has_module(module.name()) {
                    module.for_each_since(next, |symbol| choice.take(symbol))
                } else {
                    ControlFlow::Continue(())
                }
            });
            *tally = choice.tally;
            if !matches!(walked, ControlFlow::Break(End::Pause)) {
                return Ok(walked);
            }
        }
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
