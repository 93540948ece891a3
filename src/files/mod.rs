// SPDX-License-Identifier: GPL-2.0

//! Live files: what the parameters do, without loading the module again, and without the log's limits.
//!
//! - `symbols`: the listing. Each open file has a choice of its own, which is written to it.
//! - `call`: write an expression, read its value.
//! - `modules`: how many symbols of which kind each module has.
//! - `lookup`: write a name or an address, read the symbols that it can mean; or a type, read what it consists of.
//! - `functions`: search functions by what they take and return.
//!
//! Each of them is a [`LiveFile`], which owns its requests and its lines. An [`OpenFile`] serves reads and writes; how
//! one is opened is not known here.

mod call;
mod functions;
mod lookup;
mod modules;
mod open_file;
mod symbols;
mod window;

pub(crate) use self::{
    call::CallFile,
    functions::FunctionsFile,
    lookup::LookupFile,
    modules::ModulesFile,
    open_file::OpenFile,
    symbols::SymbolsFile, //
};

use self::window::{
    Cursor,
    Writer, //
};
use crate::{
    context::Context,
    failure::Failure, //
};
use kernel::{
    prelude::*,
    sync::Mutex, //
};

/// A file whose text answers what is written to it.
pub(crate) trait LiveFile: Sized {
    /// The file's name.
    const NAME: &'static CStr;
    /// The file's mode.
    const MODE: u16;

    /// What an open file keeps from one request to the next.
    type Kept: Default + Send + Unpin;
    /// What is to be read, before it is made into lines.
    type Answer: Send + Unpin;

    /// What can be read before anything is written.
    fn opened(_context: &Context) -> Result<Option<Self::Answer>, Failure> {
        Ok(None)
    }

    /// Serves `request`, which was written all at once. `show` says whether the reader may see addresses. Sleeps;
    /// nothing is locked meanwhile.
    fn answer(
        _context: &Context,
        _kept: &Mutex<Self::Kept>,
        _request: &[u8],
        _show: bool,
    ) -> Result<Self::Answer, Failure> {
        Err(Failure::from(EPERM))
    }

    /// Gives the lines of the answer to `writer`, starting at `cursor`, until it has enough; `cursor` is then before
    /// the first line that it has not taken. Addresses are in them only if `show`.
    fn lines(
        answer: &Self::Answer,
        context: &Context,
        show: bool,
        cursor: &mut Cursor,
        writer: &mut Writer<'_>,
    ) -> Result<(), Failure>;
}
