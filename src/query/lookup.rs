// SPDX-License-Identifier: GPL-2.0

//! Looking up symbols, by name or by address: which there are, a line each; and types.

use super::{
    function_marks::Describer,
    listing::Line, //
};
use crate::{
    context::Context,
    failure::Failure,
    kallsyms::{
        self,
        Kallsyms,
        Symbol, //
    },
    params::request::Lookup, //
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
            Lookup::Type(ty) => ty.check(context),
            Lookup::Name(written, ty) => {
                let fail = |error| Failure::symbol(written.as_bytes(), &error);
                let found = context
                    .kallsyms()
                    .for_each_named(&written.name().map_err(fail)?, |_| ControlFlow::Break(()))
                    .map_err(fail)?;
                match found {
                    ControlFlow::Break(()) => Ok(()),
                    ControlFlow::Continue(()) => match ty {
                        Some(ty) if ty.is_known(context)? => ty.check(context),
                        _ => Err(fail(kallsyms::Error::NotFound)),
                    },
                }
            }
            Lookup::Address(_) if !show => Err(Failure::new(
                EPERM,
                fmt!(
                    "lookup: you cannot look up addresses that you may not read in /proc/kallsyms"
                ),
            )),
            Lookup::Address(address) => {
                let found =
                    for_each_with(context.kallsyms(), *address, |_, _| ControlFlow::Break(()))?;
                match found {
                    ControlFlow::Break(()) => Ok(()),
                    ControlFlow::Continue(()) => Err(Failure::new(
                        ENOENT,
                        fmt!("lookup: no symbol has this address"),
                    )),
                }
            }
        }
    }

    /// Calls `line` for each symbol that is found, or for each line of a type, until it breaks; the lines have
    /// addresses only if `show`.
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
            Lookup::Type(ty) => return ty.for_each_line(context, &mut line),
            Lookup::Name(written, ty) => {
                let fail = |error| Failure::symbol(written.as_bytes(), &error);
                let describer = Describer::new(context);
                let mut position = 0;
                let mut failed = Ok(());
                let walked = kallsyms
                    .for_each_named(&written.name().map_err(fail)?, |symbol| {
                        position += 1;
                        let known = match describer.symbol(symbol, position) {
                            Ok(known) => known,
                            Err(error) => {
                                failed = Err(error);
                                return ControlFlow::Break(());
                            }
                        };
                        let symbol = Line {
                            symbol,
                            kallsyms,
                            show,
                        };
                        line(fmt!("{symbol}{}", &*known))
                    })
                    .map_err(fail);
                failed?;
                match ty {
                    Some(ty) if position == 0 => return ty.for_each_line(context, &mut line),
                    _ => walked,
                }
            }
            Lookup::Address(address) => for_each_with(kallsyms, *address, |symbol, offset| {
                let symbol = Line {
                    symbol,
                    kallsyms,
                    show,
                };
                line(fmt!("{symbol} offset={offset:#x}"))
            }),
        };
        walked.map(|_| ())
    }
}

/// Calls `f` for each symbol that `address` lies in, and with its distance from their beginning, until it breaks.
///
/// The kernel says where that beginning is; it names one symbol there, and others can begin there. It knows no extent
/// of what lies before `_stext`, where arm64 has `_text`: there, an address can only be a beginning itself.
fn for_each_with(
    kallsyms: &Kallsyms,
    address: usize,
    mut f: impl FnMut(&Symbol<'_>, usize) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, Failure> {
    let offset = kallsyms.extent(address).map_or(0, |(_, offset)| offset);
    kallsyms
        .for_each_at(address - offset, |symbol| f(symbol, offset))
        .map_err(|error| Failure::from(error.to_errno()))
}
