// SPDX-License-Identifier: GPL-2.0

//! `lookup`: write a name or an address, read the symbols that it can mean.

use super::file::{
    skipping,
    LiveFile,
    Sink, //
};
use crate::{
    context::Context,
    failure::Failure,
    kallsyms::Name,
    list::Line,
    print::{
        to_c_string,
        Pure, //
    },
    text, //
};
use core::ops::ControlFlow;
use kernel::{
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// What to look up.
enum Asked {
    /// Nothing yet.
    Nothing,
    /// A name.
    Name(CString),
    /// An address.
    Address(usize),
}

/// What to look up, and whether the reader may see addresses.
pub(super) struct Lookup {
    asked: Asked,
    show: bool,
}

impl LiveFile for Lookup {
    const NAME: &'static CStr = c"lookup";
    const MODE: u16 = 0o600;

    fn open(_: &Context, show: bool) -> Result<Self, Failure> {
        Ok(Self {
            asked: Asked::Nothing,
            show,
        })
    }

    fn write(&mut self, context: &Context, text: &[u8]) -> Result<(), Failure> {
        self.asked = Asked::Nothing;
        let text = text.trim_ascii();
        if let Some(digits) = text.strip_prefix(b"0x") {
            let address = core::str::from_utf8(digits)
                .ok()
                .and_then(|digits| usize::from_str_radix(digits, 16).ok());
            let Some(address) = address else {
                return Err(Failure::new(
                    EINVAL,
                    fmt!("lookup: an address is 0x and up to 16 hexadecimal digits"),
                ));
            };
            if !self.show {
                return Err(Failure::new(
                    EPERM,
                    fmt!("lookup: who cannot read addresses in /proc/kallsyms cannot look them up"),
                ));
            }
            if context.kallsyms().extent(address).is_none() {
                return Err(Failure::new(
                    ENOENT,
                    fmt!("lookup: no symbol has this address"),
                ));
            }
            self.asked = Asked::Address(address);
            return Ok(());
        }
        let name = text::symbol_name(text).map_err(|error| Failure::parse("lookup", error))?;
        let name = to_c_string(fmt!("{}", Pure(name)))?;
        let fail = |error| Failure::symbol(text, &error);
        let found = context
            .kallsyms()
            .for_each_named(&Name::new(&name).map_err(fail)?, |_| ControlFlow::Break(()))
            .map_err(fail)?;
        if found.is_continue() {
            return Err(Failure::symbol(text, &crate::kallsyms::Error::NotFound));
        }
        self.asked = Asked::Name(name);
        Ok(())
    }

    fn lines(&self, context: &Context, skip: usize, sink: Sink<'_>) -> Result<(), Failure> {
        let kallsyms = context.kallsyms();
        let show = self.show;
        let mut line = skipping(skip, sink);
        match &self.asked {
            Asked::Nothing => Ok(()),
            Asked::Name(name) => {
                let fail = |error| Failure::symbol(name.to_bytes(), &error);
                let name = Name::new(name).map_err(fail)?;
                let mut position = 0;
                let _ = kallsyms
                    .for_each_named(&name, |symbol| {
                        position += 1;
                        let symbol = Line {
                            symbol,
                            kallsyms,
                            show,
                        };
                        line(fmt!("{symbol} sympos={position}"))
                    })
                    .map_err(fail)?;
                Ok(())
            }
            // The kernel names one symbol; others can begin where it does.
            Asked::Address(address) => {
                let Some((_, offset)) = kallsyms.extent(*address) else {
                    return Ok(());
                };
                let walked = kallsyms.for_each_at(address - offset, |symbol| {
                    let symbol = Line {
                        symbol,
                        kallsyms,
                        show,
                    };
                    line(fmt!("{symbol} offset={offset:#x}"))
                });
                match walked {
                    Ok(_) => Ok(()),
                    Err(error) => Err(Failure::from(error.to_errno())),
                }
            }
        }
    }
}
