// SPDX-License-Identifier: GPL-2.0

//! Which symbols to list, as the user writes it.

use super::patterns::Patterns;
use crate::{
    failure::{
        Failure,
        Written, //
    },
    kallsyms::{
        Kallsyms,
        Kind,
        Position,
        Query,
        Symbol,
        Transient,
        TransientPosition, //
    },
    text, //
};
use core::ops::ControlFlow;
use kernel::{
    alloc::AllocError,
    prelude::{
        fmt,
        *, //
    }, //
};

/// The file whose requests [`ListingText::new`] parses.
const SOURCE: &str = "symbols";

/// A choice of symbols, as it was written.
#[derive(Default)]
pub(crate) struct ListingText<'a> {
    /// Names of modules, or patterns.
    pub(crate) module: Option<Written<'a>>,
    /// Patterns for names of symbols.
    pub(crate) filter: Option<Written<'a>>,
    /// Kinds of symbols.
    pub(crate) kind: Option<Written<'a>>,
    /// The longest listing, in symbols; 0 for all.
    pub(crate) limit: Option<Written<'a>>,
}

impl<'a> ListingText<'a> {
    /// Whether anything was written.
    pub(crate) fn is_some(&self) -> bool {
        self.module.is_some()
            || self.filter.is_some()
            || self.kind.is_some()
            || self.limit.is_some()
    }

    /// Parses `module=… filter=… kind=… limit=…`. All keys are optional, in any order, and the last
    /// of each counts. `name=` means the same as `filter=`.
    pub(crate) fn new(written: &'a [u8]) -> Result<Self, Failure> {
        let mut text = Self::default();
        for choice in text::choices(written) {
            let choice = choice.map_err(|error| Failure::parse(SOURCE, error))?;
            let value = match choice.key {
                "module" => &mut text.module,
                "filter" | "name" => &mut text.filter,
                "kind" => &mut text.kind,
                "limit" => &mut text.limit,
                _ => {
                    return Err(Failure::at(
                        EINVAL,
                        SOURCE,
                        choice.column,
                        fmt!("write module=, filter=, kind= or limit="),
                    ))
                }
            };
            *value = Some(Written {
                source: SOURCE,
                column: choice.value_column,
                text: choice.value,
            });
        }
        Ok(text)
    }
}

/// A choice of symbols.
pub(crate) struct Listing {
    modules: Patterns,
    names: Patterns,
    kinds: KVec<Kind>,
    /// The longest listing, in symbols.
    pub(crate) limit: Option<usize>,
}

impl Listing {
    /// Parses what was written. `limit` is the default for the limit.
    pub(crate) fn new(written: &ListingText<'_>, limit: Option<usize>) -> Result<Self, Failure> {
        Ok(Self {
            modules: patterns(&written.module, Patterns::of_modules)?,
            names: patterns(&written.filter, Patterns::new)?,
            kinds: match &written.kind {
                Some(list) => kinds(list)?,
                None => KVec::new(),
            },
            limit: match &written.limit {
                None => limit,
                Some(digits) => {
                    let number = text::number(digits.text).map_err(|error| digits.error(error))?;
                    (number != 0).then_some(number)
                }
            },
        })
    }

    /// Fails if a module is asked for that is not loaded.
    pub(crate) fn check(&self, kallsyms: &Kallsyms) -> Result<(), Failure> {
        self.modules.check_modules(kallsyms)
    }

    /// Whether each [`Self::for_each_from`] begins the search again.
    pub(crate) fn begins_anew(&self) -> bool {
        !self.names.is_empty() && self.names.are_anchored()
    }

    /// Calls `f` for each symbol that is chosen, beginning at `position`, until it breaks; leaves
    /// in `position` where that was. The limit is for the caller to keep.
    ///
    /// Takes the lock of the list of modules, for which it may sleep, and lets it go now and then.
    /// `EINTR` if the process is to die.
    pub(crate) fn for_each_from(
        &self,
        kallsyms: &Kallsyms,
        position: &mut Position,
        f: impl FnMut(&Symbol<'_>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, Failure> {
        let (modules, names) = (self.modules.references()?, self.names.references()?);
        let query = Query::new()
            .modules(&modules)
            .names(&names)
            .kinds(&self.kinds);
        kallsyms
            .query_from(&query, position, f)
            .map_err(|error| error.to_errno().into())
    }

    /// The same, for the symbols that come and go without a module.
    pub(crate) fn for_each_transient(
        &self,
        kallsyms: &Kallsyms,
        position: &mut TransientPosition,
        mut f: impl FnMut(&Transient<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if !self.kinds.is_empty() && !self.kinds.contains(&Kind::Text) {
            return ControlFlow::Continue(());
        }
        kallsyms.for_each_transient(position, |symbol| {
            if self.modules.matches(symbol.module) && self.names.matches(symbol.name) {
                f(symbol)
            } else {
                ControlFlow::Continue(())
            }
        })
    }

    /// Calls `f` with the query.
    pub(crate) fn query<R>(&self, f: impl FnOnce(&Query<'_>) -> R) -> Result<R, AllocError> {
        let (modules, names) = (self.modules.references()?, self.names.references()?);
        let query = Query::new()
            .modules(&modules)
            .names(&names)
            .kinds(&self.kinds)
            .limit(self.limit);
        Ok(f(&query))
    }
}

/// The patterns that `parse` finds in a list, if one was written.
fn patterns(
    list: &Option<Written<'_>>,
    parse: fn(&Written<'_>) -> Result<Patterns, Failure>,
) -> Result<Patterns, Failure> {
    list.as_ref().map_or(Ok(Patterns::default()), parse)
}

/// The kinds in a list.
fn kinds(list: &Written<'_>) -> Result<KVec<Kind>, Failure> {
    let mut kinds = KVec::new();
    for item in text::list(list.text) {
        let item = item.map_err(|error| list.error(error))?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.name() == item.text);
        let Some(kind) = kind else {
            return Err(Failure::at(
                EINVAL,
                list.source,
                list.column - 1 + item.column,
                fmt!("use text, entry, noinstr, inittext, rodata, data, bss, initdata, percpu or other"),
            ));
        };
        kinds.push(kind, GFP_KERNEL)?;
    }
    Ok(kinds)
}
