// SPDX-License-Identifier: GPL-2.0

//! Which symbols to walk over.

use super::{
    super::{
        modules::Spot,
        Error,
        Kallsyms, //
    },
    Kind,
    Symbol, //
};
use crate::bindings;
use core::ops::ControlFlow;
use kernel::prelude::*;

/// A choice of symbols. The one of [`Query::new`] chooses all.
///
/// Patterns are those of `glob_match()`: `*`, `?`, `[a-z]`, `[!a-z]`, and `\` before what means itself.
///
/// # Examples
///
/// ```
/// # use crate::kallsyms::{Error, Kallsyms, Kind, Query};
/// # use core::ops::ControlFlow;
/// # fn example(kallsyms: &Kallsyms) -> Result<(), Error> {
/// let query = Query::new()
///     .modules(&[c"vmlinux", c"nf_*"])
///     .names(&[c"*_init"])
///     .kinds(&[Kind::Text])
///     .limit(Some(10));
/// let (_, tally) = kallsyms.query(&query, |symbol| {
///     pr_info!("{}\n", symbol.name());
///     ControlFlow::<()>::Continue(())
/// })?;
/// pr_info!("{} of {}\n", tally.shown, tally.matched);
/// # assert!(tally.shown == 10 && tally.matched > 10);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Default)]
pub struct Query<'a> {
    modules: &'a [&'a CStr],
    names: &'a [&'a CStr],
    kinds: &'a [Kind],
    limit: Option<usize>,
    walk: bool,
}

/// The name that the kernel itself has among the modules.
pub const VMLINUX: &CStr = c"vmlinux";

/// How many symbols a query found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many symbols were given to the closure.
    pub shown: usize,
    /// How many match.
    pub matched: usize,
    /// How many there are in the modules chosen.
    pub total: usize,
}

impl<'a> Query<'a> {
    /// All symbols.
    pub const fn new() -> Self {
        Self {
            modules: &[],
            names: &[],
            kinds: &[],
            limit: None,
            walk: false,
        }
    }

    /// Only symbols of modules whose names match one of the patterns; the kernel itself is `vmlinux`. None
    /// at all: every module.
    ///
    /// Modules that do not match are skipped.
    pub const fn modules(self, modules: &'a [&'a CStr]) -> Self {
        Self { modules, ..self }
    }

    /// Only symbols whose names match one of the patterns. None at all: every name.
    pub const fn names(self, names: &'a [&'a CStr]) -> Self {
        Self { names, ..self }
    }

    /// Only symbols of these kinds. None at all: every kind.
    pub const fn kinds(self, kinds: &'a [Kind]) -> Self {
        Self { kinds, ..self }
    }

    /// Only the first so many symbols.
    pub const fn limit(self, limit: Option<usize>) -> Self {
        Self { limit, ..self }
    }

    /// Walks over all names of `vmlinux` by the kernel's own function, even where its tables have the answer sooner.
    /// The symbols and their order are the same.
    pub const fn walk(self) -> Self {
        Self { walk: true, ..self }
    }

    /// Whether symbols of this module are chosen.
    pub fn has_module(&self, name: &CStr) -> bool {
        self.modules.is_empty() || self.modules.iter().any(|pattern| glob_match(pattern, name))
    }

    /// The text that each pattern for names begins with; [`None`] unless all of them begin with some.
    fn prefixes(&self) -> Option<impl Iterator<Item = &'a [u8]>> {
        let prefixes = self.names.iter().map(|pattern| prefix(pattern));
        let all = !self.walk
            && !self.names.is_empty()
            && prefixes.clone().all(|prefix| !prefix.is_empty());
        all.then_some(prefixes)
    }

    /// Whether a symbol is chosen, given that its module is.
    #[inline(always)]
    fn has_symbol(&self, symbol: &Symbol<'_>) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&symbol.kind()))
            && (self.names.is_empty() || matches_one(self.names, symbol))
    }

    /// Whether it chooses no symbol of a module.
    fn is_of_vmlinux(&self) -> bool {
        matches!(self.modules, [module] if **module == *VMLINUX)
    }
}

/// Where a walk over the symbols that a query chooses stands, from which [`Kallsyms::query_from`] goes on.
///
/// Nothing is locked or pinned meanwhile: modules that are loaded then are left out if they come before those which
/// have been walked over, and what is left of a module that is removed is left out too. If older modules are removed
/// along with that one, or it is loaded again, some come twice, as in `/proc/kallsyms`.
#[derive(Clone, Copy)]
pub struct Position {
    pub(in crate::kallsyms) stage: Stage,
    /// The number of the symbol of `vmlinux` that comes next.
    pub(in crate::kallsyms) vmlinux: u32,
    /// The symbol of a module that comes next.
    pub(in crate::kallsyms) modules: Spot,
    tally: Tally,
}

/// What a walk over chosen symbols is at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::kallsyms) enum Stage {
    Vmlinux,
    Modules,
    End,
}

impl Default for Position {
    fn default() -> Self {
        Self::new()
    }
}

impl Position {
    /// Before the first symbol.
    pub const fn new() -> Self {
        Self {
            stage: Stage::Vmlinux,
            vmlinux: 0,
            modules: Spot::FIRST,
            tally: Tally {
                shown: 0,
                matched: 0,
                total: 0,
            },
        }
    }

    /// Whether there is nothing behind it.
    pub fn is_end(&self) -> bool {
        self.stage == Stage::End
    }
}

/// Whether the pattern matches the whole string. Any context.
///
/// Wraps `glob_match()`, which takes time in proportion to both lengths and does not recurse.
pub fn glob_match(pattern: &CStr, string: &CStr) -> bool {
    // SAFETY: Both strings are NUL-terminated; `glob_match()` reads them and does nothing else.
    unsafe { bindings::glob_match(pattern.as_char_ptr(), string.as_char_ptr()) }
}

/// Whether the name of a symbol matches one of the patterns. Expands it only if its first byte is right.
#[inline(never)]
fn matches_one(patterns: &[&CStr], symbol: &Symbol<'_>) -> bool {
    patterns.iter().any(|pattern| {
        let first = pattern.to_bytes().get(..1).unwrap_or_default();
        let literal = first.iter().all(|byte| !SPECIAL.contains(byte));
        (!literal || symbol.begins_with(first)) && glob_match(pattern, symbol.name())
    })
}

/// What does not stand for itself in a pattern.
const SPECIAL: &[u8] = b"*?[\\";

/// The text that a pattern begins with: all names that match do so too.
fn prefix(pattern: &CStr) -> &[u8] {
    let bytes = pattern.to_bytes();
    let special = bytes.iter().position(|byte| SPECIAL.contains(byte));
    &bytes[..special.unwrap_or(bytes.len())]
}

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
    /// Gives the symbol to the closure if it is chosen, and counts it unless that breaks. Breaks with nothing if there
    /// will be no other.
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
    /// Calls `f` for every symbol that is chosen, until it breaks; those beyond the limit are counted.
    ///
    /// First come the symbols of `vmlinux`, in the order of their addresses, and then those of the modules, the
    /// module loaded last first. Where every pattern for names begins with text, a binary search finds the names
    /// in `vmlinux`, which allocates four bytes for each; where it does not, or where that fails, a walk does.
    ///
    /// Process context. For the symbols of modules `f` runs with the list of modules locked: see
    /// [`Modules`](crate::kallsyms::Modules).
    ///
    /// # Errors
    ///
    /// [`Error::Nested`]: this thread is walking over the modules already.
    pub fn query<B, F>(&self, query: &Query<'_>, f: F) -> Result<(ControlFlow<B>, Tally), Error>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        let mut position = Position::new();
        let walked = self.go_on(query, &mut position, true, f)?;
        let mut tally = position.tally;
        if walked.is_break() {
            // The symbol that `f` broke at.
            tally.shown += 1;
            tally.matched += 1;
            tally.total += 1;
        }
        Ok((walked, tally))
    }

    /// Calls `f` for every symbol that is chosen, from `position` on, until it breaks; and leaves in `position` where
    /// that was, so that the next call with it begins with the symbol that `f` broke at. It is the end where the limit
    /// is reached. The query has to be the same.
    ///
    /// A walk in pieces of any size takes about as long as one at a stretch. The order and the context are those of
    /// [`Self::query`].
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

    /// See [`Self::query_from`]. Goes on behind the limit if all are to be counted.
    #[inline(always)]
    fn go_on<B, F>(
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
            match choice.query.has_module(module.name()) {
                true => module.for_each_since(next, |symbol| choice.take(symbol)),
                false => ControlFlow::Continue(()),
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
