// SPDX-License-Identifier: GPL-2.0

//! `lookup`: write a name or an address, read the symbols that it can mean.

use super::file::LiveFile;
use crate::{
    context::Context,
    failure::Failure,
    params::request::Request, //
};
use kernel::prelude::*;

/// The file.
pub(super) struct LookupFile;

impl LiveFile for LookupFile {
    const NAME: &'static CStr = c"lookup";
    const MODE: u16 = 0o600;

    fn request(_: &Context, text: &[u8]) -> Result<Request, Failure> {
        Request::of_lookup(text)
    }
}
