// SPDX-License-Identifier: GPL-2.0

//! Looking up what a name, an address or a type means: a line for each symbol, or the lines of a type.

use super::{
    function_marks::Describer,
    symbol_line::SymbolLine,
    type_layout::TypeLookup, //
};
use crate::{
    call::request::SymbolName,
    context::Context,
    failure::{
        Failure,
        Written, //
    },
    kallsyms::{
        self,
        Kallsyms,
        Symbol, //
    },
    text, //
};
use core::ops::ControlFlow;
use kernel::{
    fmt,
    prelude::{
        fmt,
        *, //
    }, //
};

/// The file in which it is written what to look up.
const SOURCE: &str = "lookup";

/// What to look up.
pub(crate) enum Lookup {
    /// All symbols of a name; if there are none, the typedef of this name.
    Name(SymbolName, Option<TypeLookup>),
    /// A type, or something in it.
    Type(TypeLookup),
    /// The symbol in which an address lies, and those that begin where it does.
    Address(usize),
}

impl Lookup {
    /// The name, the address or the type that was written.
    pub(crate) fn new(text: &[u8]) -> Result<Self, Failure> {
        let start = text.len() - text.trim_ascii_start().len();
        let written = Written {
            source: SOURCE,
            column: 1 + start,
            text: text.trim_ascii(),
        };
        let text = written.text;
        if let Some(digits) = text.strip_prefix(b"0x") {
            return match text::hexadecimal(digits) {
                Some(address) => Ok(Self::Address(address)),
                None => Err(written.failure(
                    EINVAL,
                    fmt!("an address is 0x and up to 16 hexadecimal digits"),
                )),
            };
        }
        match (text::symbol_name(text), text::type_path(text)) {
            (Ok(name), path) => {
                let ty = match path.ok().map(|path| TypeLookup::new(&written, &path)) {
                    Some(Ok(ty)) => Some(ty),
                    Some(Err(failure)) if failure.errno() == ENOMEM => return Err(failure),
                    // It can be the name of a symbol all the same.
                    Some(Err(_)) | None => None,
                };
                Ok(Self::Name(SymbolName::new(name)?, ty))
            }
            (Err(_), Ok(path)) => Ok(Self::Type(TypeLookup::new(&written, &path)?)),
            (Err(_), Err(error)) if text::is_tagged(text) => Err(written.error(error)),
            (Err(error), Err(_)) => Err(written.error(error)),
        }
    }

    /// Fails if nothing is found, or if it is an address and the reader may not see those (`show`).
    ///
    /// Takes the lock of the list of modules, for which it may sleep.
    pub(crate) fn check(&self, kallsyms: &Kallsyms, show: bool) -> Result<(), Failure> {
        match self {
            Self::Type(ty) => ty.check(kallsyms),
            Self::Name(written, ty) => {
                let fail = |error| Failure::symbol(written.as_bytes(), &error);
                let found = kallsyms
                    .for_each_named(&written.name().map_err(fail)?, |_| ControlFlow::Break(()))
                    .map_err(fail)?;
                match (found, ty) {
                    (ControlFlow::Break(()), _) => Ok(()),
                    (ControlFlow::Continue(()), Some(ty)) if ty.is_known(kallsyms)? => {
                        ty.check(kallsyms)
                    }
                    _ => Err(fail(kallsyms::Error::NotFound)),
                }
            }
            Self::Address(_) if !show => Err(Failure::new(
                EPERM,
                fmt!("you cannot look up addresses that you may not read in /proc/kallsyms"),
            )),
            Self::Address(address) => {
                match for_each_with(kallsyms, *address, |_, _| ControlFlow::Break(()))? {
                    ControlFlow::Break(()) => Ok(()),
                    ControlFlow::Continue(()) => {
                        Err(Failure::new(ENOENT, fmt!("no symbol has this address")))
                    }
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
        let kallsyms = &*context.kallsyms;
        match self {
            Self::Type(ty) => ty.for_each_line(kallsyms, &mut line),
            Self::Name(written, ty) => {
                let found = named_lines(context, written, show, &mut line)?;
                match ty {
                    Some(ty) if !found => ty.for_each_line(kallsyms, &mut line),
                    _ => Ok(()),
                }
            }
            Self::Address(address) => {
                let _ = for_each_with(kallsyms, *address, |symbol, offset| {
                    let symbol = SymbolLine {
                        symbol,
                        kallsyms,
                        show,
                    };
                    line(fmt!("{symbol} offset={offset:#x}"))
                })?;
                Ok(())
            }
        }
    }
}

/// Calls `line` for each symbol of a name, until it breaks; returns whether there are any.
#[inline(never)] // frame
fn named_lines(
    context: &Context,
    written: &SymbolName,
    show: bool,
    line: &mut dyn FnMut(fmt::Arguments<'_>) -> ControlFlow<()>,
) -> Result<bool, Failure> {
    let fail = |error| Failure::symbol(written.as_bytes(), &error);
    let kallsyms = &*context.kallsyms;
    let describer = Describer::new(context);
    let mut position = 0;
    let mut failed = Ok(());
    let walked = kallsyms.for_each_named(&written.name().map_err(fail)?, |symbol| {
        position += 1;
        let description = match describer.symbol(symbol, position) {
            Ok(description) => description,
            Err(error) => {
                failed = Err(error);
                return ControlFlow::Break(());
            }
        };
        let symbol = SymbolLine {
            symbol,
            kallsyms,
            show,
        };
        line(fmt!("{symbol}{}", &*description))
    });
    failed?;
    let _ = walked.map_err(fail)?;
    Ok(position > 0)
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
