// SPDX-License-Identifier: GPL-2.0

//! Which symbols to walk over.

use super::{
    super::{
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

    /// Walks over all names of `vmlinux`, even where the kernel's order of names has the answer sooner. The
    /// symbols and their order are the same.
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
    fn has_symbol(&self, symbol: &Symbol<'_>) -> bool {
        (self.names.is_empty()
            || self
                .names
                .iter()
                .any(|pattern| glob_match(pattern, symbol.name())))
            && (self.kinds.is_empty() || self.kinds.contains(&symbol.kind()))
    }
}

/// Whether the pattern matches the whole string. Any context.
///
/// Wraps `glob_match()`, which takes time in proportion to both lengths and does not recurse.
pub fn glob_match(pattern: &CStr, string: &CStr) -> bool {
    // SAFETY: Both strings are NUL-terminated; `glob_match()` reads them and does nothing else.
    unsafe { bindings::glob_match(pattern.as_char_ptr(), string.as_char_ptr()) }
}

/// The text that a pattern begins with: all names that match do so too.
fn prefix(pattern: &CStr) -> &[u8] {
    let bytes = pattern.to_bytes();
    let special = bytes.iter().position(|byte| b"*?[\\".contains(byte));
    &bytes[..special.unwrap_or(bytes.len())]
}

impl Kallsyms {
    /// Calls `f` for every symbol that is chosen, until it breaks; those beyond the limit are counted.
    ///
    /// First come the symbols of `vmlinux`, in the order of their addresses, and then those of the modules, the
    /// module loaded last first. Where every pattern for names begins with text, a binary search finds the names
    /// in `vmlinux`, which allocates four bytes for each; where it does not, or where that fails, a walk does.
    ///
    /// Process context. For the symbols of modules `f` runs with the list of modules locked: see
    /// [`Modules`](super::super::Modules).
    ///
    /// # Errors
    ///
    /// [`Error::Nested`]: this thread is walking over the modules already.
    pub fn query<B, F>(&self, query: &Query<'_>, mut f: F) -> Result<(ControlFlow<B>, Tally), Error>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        let mut tally = Tally::default();
        let mut left_out = 0;
        let limit = query.limit.unwrap_or(usize::MAX);
        let mut each = |symbol: &Symbol<'_>| {
            tally.total += 1;
            if !query.has_symbol(symbol) {
                return ControlFlow::Continue(());
            }
            tally.matched += 1;
            if tally.shown == limit {
                return ControlFlow::Continue(());
            }
            tally.shown += 1;
            f(symbol)
        };
        if query.has_module(VMLINUX) {
            let found = query
                .prefixes()
                .and_then(|prefixes| self.for_each_beginning(prefixes, &mut each));
            let walked = match found {
                Some(found) => found.map_continue(|others| left_out = others),
                None => self.for_each(&mut each),
            };
            if let ControlFlow::Break(value) = walked {
                return Ok((ControlFlow::Break(value), tally));
            }
        }
        let only_vmlinux = matches!(query.modules, [module] if **module == *VMLINUX);
        let walked = if only_vmlinux {
            ControlFlow::Continue(())
        } else {
            self.lock_modules()?
                .for_each(|module| match query.has_module(module.name()) {
                    true => module.for_each(&mut each),
                    false => ControlFlow::Continue(()),
                })
        };
        tally.total += left_out;
        Ok((walked, tally))
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
