// SPDX-License-Identifier: GPL-2.0

//! `symbols`: the listing.

use super::{
    answer::{
        Answer,
        Sink, //
    },
    file::LiveFile, //
};
use crate::{
    context::Context,
    failure::Failure,
    list::{
        Line,
        Listing, //
    },
    params::Params,
    request::{
        self,
        Request, //
    }, //
};
use core::ops::ControlFlow;
use kernel::prelude::{
    fmt,
    *, //
};

/// The file.
pub(super) struct SymbolsFile;

impl LiveFile for SymbolsFile {
    const NAME: &'static CStr = c"symbols";
    const MODE: u16 = 0o600;

    fn opened(context: &Context) -> Result<Answer, Failure> {
        let listing = Params::lock(context.module, |params| request::listing(params, None))?;
        Ok(Answer::Listing(listing))
    }

    fn request(_: &Context, text: &[u8]) -> Result<Request, Failure> {
        Request::of_symbols(text)
    }
}

/// The symbols, without the first `skip`.
///
/// Takes the lock of the list of modules, for which it may sleep, and holds it while `sink` runs.
#[inline(never)]
pub(super) fn lines(
    context: &Context,
    listing: &Listing,
    show: bool,
    skip: usize,
    sink: Sink<'_>,
) -> Result<(), Failure> {
    let kallsyms = context.kallsyms();
    let mut index = 0;
    let walked = listing.query(|query| {
        kallsyms.query(query, |symbol| {
            index += 1;
            // What is skipped is not printed.
            if index <= skip {
                return ControlFlow::Continue(());
            }
            sink(fmt!(
                "{}",
                Line {
                    symbol,
                    kallsyms,
                    show,
                }
            ))
        })
    })?;
    match walked {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::from(error.to_errno())),
    }
}
