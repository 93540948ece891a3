// SPDX-License-Identifier: GPL-2.0

//! `symbols`: the listing.

use super::{
    answer::Answer,
    file::LiveFile,
    window::Writer, //
};
use crate::{
    context::Context,
    failure::Failure,
    kallsyms::Position,
    params::{
        request::{
            self,
            Request, //
        },
        Params, //
    },
    query::listing::{
        Line,
        Listing, //
    }, //
};
use kernel::prelude::*;

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

/// The symbols, from `position` on.
///
/// Takes the lock of the list of modules, for which it may sleep, and holds it while no more is written than a window
/// takes.
#[inline(never)]
pub(super) fn lines(
    context: &Context,
    listing: &Listing,
    show: bool,
    position: &mut Position,
    writer: &mut Writer<'_>,
) -> Result<(), Failure> {
    let kallsyms = context.kallsyms();
    let walked = listing.query(|query| {
        kallsyms.query_from(query, position, |symbol| {
            writer.line_by(|text| {
                let line = Line {
                    symbol,
                    kallsyms,
                    show,
                };
                line.write(|bytes| text.push(bytes))
            })
        })
    })?;
    match walked {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::from(error.to_errno())),
    }
}
