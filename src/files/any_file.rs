// SPDX-License-Identifier: GPL-2.0

//! All live files in one: the first word of a request is the name of a file.

use super::{
    open::{
        Cursor,
        Writer, //
    },
    CallFile,
    CallsFile,
    FunctionsFile,
    LiveFile,
    LookupFile,
    ModulesFile,
    SymbolsFile, //
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
pub(crate) struct AnyFile;

/// The answer of the file that was named.
pub(crate) enum AnyAnswer {
    Call(<CallFile as LiveFile>::Answer),
    Calls(<CallsFile as LiveFile>::Answer),
    Functions(<FunctionsFile as LiveFile>::Answer),
    Lookup(<LookupFile as LiveFile>::Answer),
    Modules(<ModulesFile as LiveFile>::Answer),
    Symbols(<SymbolsFile as LiveFile>::Answer),
}

impl LiveFile for AnyFile {
    const NAME: &'static CStr = c"rust_kallsyms";
    const MODE: u16 = 0o600;
    const LOGS_FAILURES: bool = false;

    type Kept = <CallFile as LiveFile>::Kept;
    type Answer = AnyAnswer;

    /// Has the named file answer the rest of the request, in which columns are counted.
    #[inline(never)] // frame
    fn answer(
        context: &Context,
        history: &Self::Kept,
        request: &[u8],
        show: bool,
    ) -> Result<AnyAnswer, Failure> {
        let request = request.trim_ascii_start();
        let end = request.iter().position(u8::is_ascii_whitespace);
        let (name, rest) = request.split_at(end.unwrap_or(request.len()));
        let rest = rest.get(1..).unwrap_or_default();
        match name {
            b"call" => CallFile::answer(context, history, rest, show).map(AnyAnswer::Call),
            b"calls" => CallsFile::answer(context, &(), rest, show).map(AnyAnswer::Calls),
            b"functions" => {
                FunctionsFile::answer(context, &(), rest, show).map(AnyAnswer::Functions)
            }
            b"lookup" => LookupFile::answer(context, &(), rest, show).map(AnyAnswer::Lookup),
            b"modules" => ModulesFile::answer(context, &(), rest, show).map(AnyAnswer::Modules),
            b"symbols" => SymbolsFile::answer(context, &(), rest, show).map(AnyAnswer::Symbols),
            _ => Err(Failure::new(
                EINVAL,
                fmt!("write call, calls, functions, lookup, modules or symbols, and what is written to the file of that name"),
            )),
        }
    }

    fn take_failure(answer: &mut AnyAnswer) -> Option<Failure> {
        match answer {
            AnyAnswer::Call(answer) => CallFile::take_failure(answer),
            _ => None,
        }
    }

    fn lines(
        answer: &AnyAnswer,
        context: &Context,
        show: bool,
        cursor: &mut Cursor,
        writer: &mut Writer<'_>,
    ) -> Result<(), Failure> {
        match answer {
            AnyAnswer::Call(answer) => CallFile::lines(answer, context, show, cursor, writer),
            AnyAnswer::Calls(answer) => CallsFile::lines(answer, context, show, cursor, writer),
            AnyAnswer::Functions(answer) => {
                FunctionsFile::lines(answer, context, show, cursor, writer)
            }
            AnyAnswer::Lookup(answer) => LookupFile::lines(answer, context, show, cursor, writer),
            AnyAnswer::Modules(answer) => ModulesFile::lines(answer, context, show, cursor, writer),
            AnyAnswer::Symbols(answer) => SymbolsFile::lines(answer, context, show, cursor, writer),
        }
    }
}
