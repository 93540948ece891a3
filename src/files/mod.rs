// SPDX-License-Identifier: GPL-2.0

//! Live files: what the parameters do, without loading the module again, and without the log's
//! limits.
//!
//! - `symbols`: the listing. What is written to an open file chooses its symbols.
//! - `call`: write an expression, read its value.
//! - `calls`: the calls that still run.
//! - `modules`: how many symbols of which kind each module has.
//! - `lookup`: write a name or an address, read the symbols that it can mean; or write a type, read
//!   its members.
//! - `functions`: search functions by what they take and return.
//!
//! Each of them is a [`LiveFile`], which parses its requests and makes its lines; [`AnyFile`] is
//! all of them in one. [`Operations`] serve reads and writes of an open file. How a file is opened
//! is for debugfs and the device.

mod any_file;
mod call;
mod calls;
mod functions;
mod lookup;
mod modules;
mod open;
mod symbols;

pub(crate) use self::{
    any_file::AnyFile,
    call::CallFile,
    calls::CallsFile,
    functions::FunctionsFile,
    lookup::LookupFile,
    modules::ModulesFile,
    open::Operations,
    symbols::SymbolsFile, //
};

use self::open::{
    Cursor,
    Writer, //
};
use crate::{
    context::Context,
    failure::Failure,
    print::to_c_string, //
};
use kernel::{
    alloc::AllocError,
    new_mutex,
    prelude::{
        fmt,
        *, //
    },
    str::CString,
    sync::Mutex, //
};

/// A file whose text answers what is written to it.
pub(crate) trait LiveFile: Sized {
    /// The file's name.
    const NAME: &'static CStr;
    /// The file's mode.
    const MODE: u16;

    /// Whether the log says why a request failed, for users who close the file at once.
    const LOGS_FAILURES: bool = true;
    /// Whether it repeats the request then, which its columns are about, unless it hides addresses.
    const LOGS_REQUEST: bool = false;

    /// What an open file keeps from one request to the next.
    type Kept: Keep;
    /// The answer to a request, from which lines are made.
    type Answer: Send + Unpin;

    /// The answer before anything is written.
    fn opened(_context: &Context) -> Result<Option<Self::Answer>, Failure> {
        Ok(None)
    }

    /// Serves `request`, which was written all at once. `show` says whether the reader may see
    /// addresses. Sleeps; nothing is locked meanwhile.
    fn answer(
        context: &Context,
        kept: &Self::Kept,
        request: &[u8],
        show: bool,
    ) -> Result<Self::Answer, Failure>;

    /// Takes the failure out of an answer that has both: the lines before the failure, and why the
    /// request failed.
    fn take_failure(_answer: &mut Self::Answer) -> Option<Failure> {
        None
    }

    /// Gives the lines of the answer, starting at `cursor`, to `writer` until it takes no more.
    /// `cursor` is then before the first line that was not taken. The lines have addresses only if
    /// `show`.
    fn lines(
        answer: &Self::Answer,
        context: &Context,
        show: bool,
        cursor: &mut Cursor,
        writer: &mut Writer<'_>,
    ) -> Result<(), Failure>;
}

/// The line that a file has after a failed request: `error NAME: why`.
pub(crate) fn error_line(context: &Context, failure: &Failure) -> Result<CString, AllocError> {
    let errno = failure.errno().to_errno();
    let name = context.caller.errors.name(errno.into());
    let name = name.unwrap_or(c"").to_str().unwrap_or("");
    let name = name.strip_prefix('-').unwrap_or(name);
    to_c_string(fmt!("error {name}{}", failure.file_line()))
}

/// A file that only shows a state, and takes no requests.
pub(crate) trait StateFile {
    /// The file's name.
    const NAME: &'static CStr;

    /// As [`LiveFile::lines`].
    fn lines(
        context: &Context,
        cursor: &mut Cursor,
        writer: &mut Writer<'_>,
    ) -> Result<(), Failure>;
}

impl<T: StateFile> LiveFile for T {
    const NAME: &'static CStr = <T as StateFile>::NAME;
    const MODE: u16 = 0o400;

    type Kept = ();
    type Answer = ();

    fn opened(_: &Context) -> Result<Option<()>, Failure> {
        Ok(Some(()))
    }

    fn answer(_: &Context, (): &(), request: &[u8], _: bool) -> Result<(), Failure> {
        if request.trim_ascii().is_empty() {
            return Ok(());
        }
        let name = <T as StateFile>::NAME.to_str().unwrap_or_default();
        let what = fmt!("nothing can be asked for here");
        Err(Failure::at(EINVAL, name, 1, what))
    }

    fn lines(
        (): &(),
        context: &Context,
        _: bool,
        cursor: &mut Cursor,
        writer: &mut Writer<'_>,
    ) -> Result<(), Failure> {
        <T as StateFile>::lines(context, cursor, writer)
    }
}

/// What an open file can keep. Several threads may use it at once.
pub(crate) trait Keep: Send + Sync + Sized {
    /// What a file keeps at first.
    fn new() -> impl PinInit<Self>;
}

impl Keep for () {
    fn new() -> impl PinInit<Self> {}
}

impl<T: Default + Send> Keep for Mutex<T> {
    fn new() -> impl PinInit<Self> {
        new_mutex!(T::default())
    }
}
