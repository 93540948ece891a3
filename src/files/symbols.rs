// SPDX-License-Identifier: GPL-2.0

//! `symbols`: the listing.

use super::{
    open::{
        Cursor,
        Writer, //
    },
    LiveFile, //
};
use crate::{
    context::Context,
    failure::Failure,
    query::{
        listing::{
            Listing,
            ListingText, //
        },
        symbol_line::{
            SymbolLine,
            TransientLine, //
        }, //
    }, //
};
use kernel::{
    fmt,
    prelude::{
        fmt,
        *, //
    }, //
};

/// The file.
pub(crate) struct SymbolsFile;

impl LiveFile for SymbolsFile {
    const NAME: &'static CStr = c"symbols";
    const MODE: u16 = 0o600;

    type Kept = ();
    type Answer = Listing;

    /// All symbols.
    fn opened(_: &Context) -> Result<Option<Listing>, Failure> {
        Ok(Some(Listing::new(&ListingText::default(), None)?))
    }

    fn answer(context: &Context, (): &(), request: &[u8], _: bool) -> Result<Listing, Failure> {
        let listing = Listing::new(&ListingText::new(request)?, None)?;
        listing.check(&context.kallsyms)?;
        Ok(listing)
    }

    /// A line for each symbol.
    ///
    /// Takes the lock of the list of modules, for which it may sleep, and holds it until it has
    /// written at most a window of text.
    #[inline(never)] // frame
    fn lines(
        listing: &Listing,
        context: &Context,
        show: bool,
        cursor: &mut Cursor,
        writer: &mut Writer<'_>,
    ) -> Result<(), Failure> {
        let kallsyms = &*context.kallsyms;
        let limit = listing.limit.unwrap_or(usize::MAX);
        let Cursor {
            line,
            symbol,
            transient,
        } = cursor;
        if *line >= limit {
            return Ok(());
        }
        if listing.begins_anew() {
            writer.widen();
        }
        let walked = listing.for_each_from(kallsyms, symbol, |symbol| {
            let shown = SymbolLine {
                symbol,
                kallsyms,
                show,
            };
            writer.line_within(line, limit, |text| shown.write(|bytes| text.push(bytes)))
        })?;
        if walked.is_continue() {
            let _ = listing.for_each_transient(kallsyms, transient, |symbol| {
                let shown = TransientLine { symbol, show };
                writer.line_within(line, limit, |text| {
                    fmt::Write::write_fmt(text, fmt!("{shown}"))
                })
            });
        }
        Ok(())
    }
}
