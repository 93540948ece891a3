// SPDX-License-Identifier: GPL-2.0

//! `functions`: functions, chosen by what they take and return.

use super::{
    answer::Answer,
    file::LiveFile,
    window::{
        Cursor,
        Writer, //
    }, //
};
use crate::{
    context::Context,
    failure::Failure,
    params::request::Request,
    query::{
        function_marks::Describer,
        function_search::Search, //
    }, //
};
use core::ops::ControlFlow;
use kernel::prelude::{
    fmt,
    *, //
};

/// The file.
pub(super) struct FunctionsFile;

impl LiveFile for FunctionsFile {
    const NAME: &'static CStr = c"functions";
    const MODE: u16 = 0o600;

    /// All functions.
    fn opened(_: &Context) -> Result<Answer, Failure> {
        Ok(Answer::Search(Search::new(b"")?))
    }

    fn request(_: &Context, text: &[u8]) -> Result<Request, Failure> {
        Request::of_functions(text)
    }
}

/// The functions, from `place` on. Sleeps.
#[inline(never)]
pub(super) fn lines(
    context: &Context,
    search: &Search,
    place: &mut Cursor,
    writer: &mut Writer<'_>,
) -> Result<(), Failure> {
    let Cursor { line, symbol } = place;
    let limit = search.limit.unwrap_or(usize::MAX);
    if *line >= limit {
        return Ok(());
    }
    let describer = Describer::new(context);
    let mut failed = Ok(());
    search.for_each(context, symbol, |module, prototype| {
        if *line >= limit {
            return ControlFlow::Break(());
        }
        match describer.function(module, prototype) {
            Ok(text) => writer.line(fmt!("{}", &*text))?,
            Err(error) => {
                failed = Err(Failure::from(error));
                return ControlFlow::Break(());
            }
        }
        *line += 1;
        ControlFlow::Continue(())
    })?;
    failed
}
