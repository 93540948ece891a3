// SPDX-License-Identifier: GPL-2.0

//! Which symbols are wanted, and how far a walk over them has come.

use super::{
    Kind,
    RawName,
    Symbol,
    VMLINUX, //
};
use crate::kallsyms::modules::Spot;
use kernel::prelude::*;

/// A choice of symbols. The one of [`Query::new`] chooses all.
///
/// Patterns are written as for `glob_match()`: `*`, `?`, `[a-z]`, `[!a-z]`, and `\` before a
/// character that means itself.
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
    pub(super) limit: Option<usize>,
    pub(super) walk: bool,
}

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

    /// Only symbols of modules whose names match one of the patterns; the kernel itself is
    /// `vmlinux`. None at all: every module.
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

    /// Only this many symbols, the first ones.
    pub const fn limit(self, limit: Option<usize>) -> Self {
        Self { limit, ..self }
    }

    /// Walks over all names of `vmlinux` by the kernel's own function, even where its tables have
    /// the answer sooner. The symbols and their order are the same.
    pub const fn walk(self) -> Self {
        Self { walk: true, ..self }
    }

    /// Whether symbols of this module are chosen.
    pub fn has_module(&self, name: &CStr) -> bool {
        self.modules.is_empty() || self.modules.iter().any(|pattern| glob_match(pattern, name))
    }

    /// The text that each pattern for names begins with; `None` unless all of them begin with
    /// some.
    pub(super) fn prefixes(&self) -> Option<impl Iterator<Item = &'a [u8]>> {
        let prefixes = self.names.iter().map(|pattern| prefix(pattern));
        let all = !self.walk
            && !self.names.is_empty()
            && prefixes.clone().all(|prefix| !prefix.is_empty());
        all.then_some(prefixes)
    }

    /// Whether a symbol is chosen, given that its module is.
    #[inline(always)]
    pub(super) fn has_symbol(&self, symbol: &Symbol<'_>) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&symbol.kind()))
            && (self.names.is_empty() || matches_one(self.names, symbol))
    }

    /// How many patterns a name is compared with.
    pub(super) fn patterns(&self) -> usize {
        self.names.len()
    }

    /// Whether it chooses no symbol of a module.
    pub(super) fn is_of_vmlinux(&self) -> bool {
        matches!(self.modules, [module] if **module == *VMLINUX)
    }
}

/// Where a walk over the symbols that a query chooses stands, from which
/// [`Kallsyms::query_from`](crate::kallsyms::Kallsyms::query_from)
/// goes on.
///
/// Nothing is locked or pinned meanwhile: modules that are loaded then are left out if they come
/// before those which have been walked over, and what is left of a module that is removed is left
/// out too. If older modules are removed along with that one, or it is loaded again, some come
/// twice, as in `/proc/kallsyms`.
#[derive(Clone, Copy)]
pub struct Position {
    pub(in crate::kallsyms) stage: Stage,
    /// The number of the symbol of `vmlinux` that comes next.
    pub(in crate::kallsyms) vmlinux: u32,
    /// The symbol of a module that comes next.
    pub(in crate::kallsyms) modules: Spot,
    pub(in crate::kallsyms) tally: Tally,
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

    /// Whether nothing follows.
    pub fn is_end(&self) -> bool {
        self.stage == Stage::End
    }
}

/// Whether the pattern matches the whole string. Any context.
///
/// Wraps `glob_match()`, which takes time in proportion to both lengths and does not recurse.
pub fn glob_match(pattern: &CStr, string: &CStr) -> bool {
    RawName::from(string).matches(pattern)
}

/// Whether the name of a symbol matches one of the patterns. Expands it only if its first byte is
/// right.
#[inline(never)] // size
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
