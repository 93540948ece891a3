// SPDX-License-Identifier: GPL-2.0

//! `functions`: search functions by what they take and return.

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
    query::function_search::Search, //
};
use core::ops::ControlFlow;
use kernel::prelude::*;

/// The file.
pub(crate) struct FunctionsFile;

impl LiveFile for FunctionsFile {
    const NAME: &'static CStr = c"functions";
    const MODE: u16 = 0o600;

    type Kept = ();
    type Answer = Search;

    /// All functions.
    fn opened(_: &Context) -> Result<Option<Search>, Failure> {
        Ok(Some(Search::new(b"")?))
    }

    fn answer(context: &Context, (): &(), request: &[u8], _: bool) -> Result<Search, Failure> {
        let search = Search::new(request)?;
        search.check(&context.kallsyms)?;
        Ok(search)
    }

    /// A line for each function. Sleeps.
    #[inline(never)] // frame
    fn lines(
        search: &Search,
        context: &Context,
        _: bool,
        cursor: &mut Cursor,
        writer: &mut Writer<'_>,
    ) -> Result<(), Failure> {
        let Cursor { line, symbol, .. } = cursor;
        let limit = search.limit.unwrap_or(usize::MAX);
        if *line >= limit {
            return Ok(());
        }
        let describer = context.describer();
        let mut failed = Ok(());
        search.for_each(
            &context.kallsyms,
            symbol,
            |module, prototype| match describer.function(module, prototype) {
                Ok(text) => writer.line_within(line, limit, |to| to.push(text.to_bytes())),
                Err(error) => {
                    failed = Err(Failure::from(error));
                    ControlFlow::Break(())
                }
            },
        )?;
        failed
    }
}
