// SPDX-License-Identifier: GPL-2.0

//! `lookup`: write a name or an address, read the symbols that it can mean; or write a type, read
//! its members.

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
    query::lookup::Lookup, //
};
use kernel::prelude::*;

/// The file.
pub(crate) struct LookupFile;

impl LiveFile for LookupFile {
    const NAME: &'static CStr = c"lookup";
    const MODE: u16 = 0o600;

    type Kept = ();
    type Answer = Lookup;

    fn answer(context: &Context, (): &(), request: &[u8], show: bool) -> Result<Lookup, Failure> {
        let lookup = Lookup::new(request)?;
        lookup.check(&context.kallsyms, show)?;
        Ok(lookup)
    }

    fn lines(
        lookup: &Lookup,
        context: &Context,
        show: bool,
        cursor: &mut Cursor,
        writer: &mut Writer<'_>,
    ) -> Result<(), Failure> {
        lookup.for_each_line(&context.describer(), show, writer.counted(cursor))
    }
}
