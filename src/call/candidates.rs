// SPDX-License-Identifier: GPL-2.0

//! Symbols of one name, to choose from.

use crate::{
    failure::{
        quote,
        Failure, //
    },
    kallsyms::{
        self,
        Kallsyms,
        ModuleName,
        Name,
        Symbol,
        VMLINUX, //
    },
    nearest::no_symbol, //
};
use core::{
    convert::Infallible,
    ops::ControlFlow, //
};
use kernel::{
    fmt,
    prelude::fmt, //
};

/// Why there is no function as `asked` for: the error lists what else has this name. `position` is
/// the number that was asked for.
#[inline(never)]
pub(crate) fn missing(
    kallsyms: &Kallsyms,
    name: &Name<'_>,
    asked: &[u8],
    position: usize,
    error: kallsyms::Error,
) -> Failure {
    let mut candidates = Candidates::default();
    if matches!(
        error,
        kallsyms::Error::Ambiguous(_) | kallsyms::Error::NotFound
    ) && kallsyms
        .for_each_named(name, |symbol| candidates.add(symbol))
        .is_err()
    {
        return Failure::symbol(asked, &error);
    }
    match error {
        kallsyms::Error::Ambiguous(_) => Failure::new(
            error.to_errno(),
            fmt!(
                "{}: {error}; choose by sympos= or module:name: {candidates}",
                quote(asked)
            ),
        ),
        kallsyms::Error::NotFound if candidates.count > 0 => Failure::new(
            error.to_errno(),
            fmt!(
                "{}: there is no number {} of this name: {candidates}",
                quote(asked),
                position
            ),
        ),
        kallsyms::Error::NotFound => {
            let colon = asked.iter().position(|byte| *byte == b':');
            let module = colon.and_then(|colon| asked.get(..colon));
            no_symbol(kallsyms, module, name.symbol())
        }
        _ => Failure::symbol(asked, &error),
    }
}

/// How many symbols of one name are shown.
const SHOWN_CANDIDATES: usize = 4;

/// One of several symbols.
#[derive(Clone, Copy)]
struct Candidate {
    kind: kallsyms::Kind,
    module: ModuleName,
}

/// Symbols of one name, to choose from.
#[derive(Default)]
struct Candidates {
    first: [Option<Candidate>; SHOWN_CANDIDATES],
    count: usize,
}

impl Candidates {
    fn add(&mut self, symbol: &Symbol<'_>) -> ControlFlow<Infallible> {
        if let Some(candidate) = self.first.get_mut(self.count) {
            *candidate = Some(Candidate {
                kind: symbol.kind(),
                module: ModuleName::new(symbol.module().map_or(VMLINUX, |module| module.name())),
            });
        }
        self.count += 1;
        ControlFlow::Continue(())
    }
}

impl fmt::Display for Candidates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, candidate) in self.first.iter().flatten().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let module = &*candidate.module;
            f.write_fmt(fmt!(
                "{comma}sympos={} {module} {}",
                index + 1,
                candidate.kind
            ))?;
        }
        match self.count.saturating_sub(SHOWN_CANDIDATES) {
            0 => Ok(()),
            more => f.write_fmt(fmt!(", and {more} more")),
        }
    }
}
