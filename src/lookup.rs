// SPDX-License-Identifier: GPL-2.0

//! Looking symbols up by name or by address: which there are, a line each.

use crate::{
    context::Context,
    failure::Failure,
    kallsyms,
    list::Line,
    request::Lookup, //
};
use core::ops::ControlFlow;
use kernel::{
    fmt,
    prelude::{
        fmt,
        *, //
    }, //
};

impl Lookup {
    /// Fails if there is nothing to be found, or if it is an address and the reader may not see those (`show`).
    ///
    /// Takes the lock of the list of modules, for which it may sleep.
    pub(crate) fn check(&self, context: &Context, show: bool) -> Result<(), Failure> {
        match self {
            Lookup::Name(written) => {
                let fail = |error| Failure::symbol(written.as_bytes(), &error);
                let found = context
                    .kallsyms()
                    .for_each_named(&written.name().map_err(fail)?, |_| ControlFlow::Break(()))
                    .map_err(fail)?;
                match found {
                    ControlFlow::Break(()) => Ok(()),
                    ControlFlow::Continue(()) => Err(fail(kallsyms::Error::NotFound)),
                }
            }
            Lookup::Address(_) if !show => Err(Failure::new(
                EPERM,
                fmt!(
                    "lookup: you cannot look up addresses that you may not read in /proc/kallsyms"
                ),
            )),
            Lookup::Address(address) => match context.kallsyms().extent(*address) {
                Some(_) => Ok(()),
                None => Err(Failure::new(
                    ENOENT,
                    fmt!("lookup: no symbol has this address"),
                )),
            },
        }
    }

    /// Calls `line` for each symbol that is found, until it breaks; the lines have addresses only if `show`.
    ///
    /// Takes the lock of the list of modules, for which it may sleep, and holds it while `line` runs.
    pub(crate) fn for_each_line(
        &self,
        context: &Context,
        show: bool,
        mut line: impl FnMut(fmt::Arguments<'_>) -> ControlFlow<()>,
    ) -> Result<(), Failure> {
        let kallsyms = context.kallsyms();
        let walked = match self {
            Lookup::Name(written) => {
                let fail = |error| Failure::symbol(written.as_bytes(), &error);
                let mut position = 0;
                kallsyms
                    .for_each_named(&written.name().map_err(fail)?, |symbol| {
                        position += 1;
                        let symbol = Line {
                            symbol,
                            kallsyms,
                            show,
                        };
                        line(fmt!("{symbol} sympos={position}"))
                    })
                    .map_err(fail)
            }
            // The kernel names one symbol; others can begin where it does.
            Lookup::Address(address) => {
                let Some((_, offset)) = kallsyms.extent(*address) else {
                    return Ok(());
                };
                kallsyms
                    .for_each_at(address - offset, |symbol| {
                        let symbol = Line {
                            symbol,
                            kallsyms,
                            show,
                        };
                        line(fmt!("{symbol} offset={offset:#x}"))
                    })
                    .map_err(|error| Failure::from(error.to_errno()))
            }
        };
        walked.map(|_| ())
    }
}
