// SPDX-License-Identifier: GPL-2.0

//! `calls`: the calls that still run.

use super::{
    nothing_asked,
    open::{
        Cursor,
        Writer, //
    },
    LiveFile, //
};
use crate::{
    context::Context,
    failure::Failure, //
};
use kernel::prelude::{
    fmt,
    *, //
};

/// The file.
pub(crate) struct CallsFile;

impl LiveFile for CallsFile {
    const NAME: &'static CStr = c"calls";
    const MODE: u16 = 0o400;

    type Kept = ();
    type Answer = ();

    fn opened(_: &Context) -> Result<Option<()>, Failure> {
        Ok(Some(()))
    }

    fn answer(_: &Context, (): &(), request: &[u8], _: bool) -> Result<(), Failure> {
        nothing_asked("calls", request)
    }

    /// A line for each call: the function, how long ago it began, its thread, and how far it is.
    fn lines(
        (): &(),
        context: &Context,
        _: bool,
        cursor: &mut Cursor,
        writer: &mut Writer<'_>,
    ) -> Result<(), Failure> {
        let mut line = writer.counted(cursor);
        context.caller.workers.for_each_call(|call| {
            // A line that finds no room is the next window's.
            let _ = line(fmt!("{call}"));
            Ok(())
        })?;
        Ok(())
    }
}
