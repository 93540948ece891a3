// SPDX-License-Identifier: GPL-2.0

//! Several symbols with one name, to choose from.

use crate::{
    call::CallRequest,
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

/// The error for a function that was not found. It lists other symbols with the name, if there are
/// some.
#[inline(never)]
pub(crate) fn missing(
    kallsyms: &Kallsyms,
    name: &Name<'_>,
    call: &CallRequest<'_>,
    error: kallsyms::Error,
) -> Failure {
    let (asked, choice) = (call.function.as_bytes(), call.choice);
    let mut candidates = Candidates::default();
    if matches!(
        error,
        kallsyms::Error::Ambiguous(_) | kallsyms::Error::NotFound
    ) && kallsyms
        .for_each_named(name, |symbol| candidates.add(symbol))
        .is_err()
    {
        return Failure::call(call.source, asked, &error);
    }
    match error {
        kallsyms::Error::Ambiguous(_) => Failure::new(
            error.to_errno(),
            fmt!(
                "{}: {error}; choose by {choice} or module:name: {}",
                quote(asked),
                candidates.of(choice)
            ),
        ),
        kallsyms::Error::NotFound if candidates.count > 0 => Failure::new(
            error.to_errno(),
            fmt!(
                "{}: no symbol of this name has the number {}: {}",
                quote(asked),
                call.position,
                candidates.of(choice)
            ),
        ),
        kallsyms::Error::NotFound => {
            let colon = asked.iter().position(|byte| *byte == b':');
            let module = colon.and_then(|colon| asked.get(..colon));
            no_symbol(kallsyms, module, name.symbol())
        }
        _ => Failure::call(call.source, asked, &error),
    }
}

/// How many symbols with one name are shown.
const SHOWN_CANDIDATES: usize = 4;

/// One of several symbols.
#[derive(Clone, Copy)]
struct Candidate {
    kind: kallsyms::Kind,
    module: ModuleName,
}

/// How one of several symbols is chosen.
#[derive(Clone, Copy)]
pub(crate) enum Choice {
    /// By a parameter.
    Parameter,
    /// In the text: `name@3`.
    Text,
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parameter => "sympos=",
            Self::Text => "name@n",
        })
    }
}

/// Several symbols with one name, to choose from.
#[derive(Default)]
pub(super) struct Candidates {
    first: [Option<Candidate>; SHOWN_CANDIDATES],
    count: usize,
}

impl Candidates {
    pub(super) fn add(&mut self, symbol: &Symbol<'_>) -> ControlFlow<Infallible> {
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

impl Candidates {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The first few of them, and how to choose each.
    pub(super) fn of(&self, choice: Choice) -> impl fmt::Display + '_ {
        Choices(self, choice)
    }
}

/// See [`Candidates::of`].
struct Choices<'a>(&'a Candidates, Choice);

impl fmt::Display for Choices<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(candidates, choice) = self;
        let before = match choice {
            Choice::Parameter => "sympos=",
            Choice::Text => "@",
        };
        for (index, candidate) in candidates.first.iter().flatten().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let module = &*candidate.module;
            f.write_fmt(fmt!(
                "{comma}{before}{} {module} {}",
                index + 1,
                candidate.kind
            ))?;
        }
        match candidates.count.saturating_sub(SHOWN_CANDIDATES) {
            0 => Ok(()),
            more => f.write_fmt(fmt!(", and {more} more")),
        }
    }
}
