// SPDX-License-Identifier: GPL-2.0

//! `calls`: the calls that still run.

use super::{
    open::{
        Cursor,
        Writer, //
    },
    StateFile, //
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

impl StateFile for CallsFile {
    const NAME: &'static CStr = c"calls";

    /// A line for each call: the function, how long ago it began, its thread, and how far it is.
    fn lines(
        context: &Context,
        cursor: &mut Cursor,
        writer: &mut Writer<'_>,
    ) -> Result<(), Failure> {
        let mut line = writer.counted(cursor);
        context.caller.workers.for_each_call(|call| {
            // A line for which there is no room goes to the next window.
            let _ = line(fmt!("{call}"));
            Ok(())
        })?;
        Ok(())
    }
}
