// SPDX-License-Identifier: GPL-2.0

//! `call`: write an expression, read its value, its type or prototype, and how long the calls in it
//! took.

use super::{
    error_line,
    open::{
        Cursor,
        Writer, //
    },
    LiveFile, //
};
use crate::{
    context::Context,
    eval::{
        history::History,
        Answer, //
    },
    failure::Failure,
    print::Text,
    show::WARNED, //
};
use kernel::{
    prelude::{
        fmt,
        *, //
    },
    sync::Mutex, //
};

/// The file.
pub(crate) struct CallFile;

impl LiveFile for CallFile {
    const NAME: &'static CStr = c"call";
    const MODE: u16 = 0o600;
    const LOGS_REQUEST: bool = true;

    /// The values of all expressions that were written.
    type Kept = Mutex<History>;
    /// The answer to the last expression or program.
    type Answer = Answer;

    fn answer(
        context: &Context,
        history: &Mutex<History>,
        request: &[u8],
        show: bool,
    ) -> Result<Answer, Failure> {
        let earlier = history.lock().copy(context.caller.kallsyms())?;
        let (mut answer, value) = context.caller.evaluate(request, &earlier, show)?;
        if let Answer::Lines(lines, Some(failure)) = &mut answer {
            let line = error_line(context, failure)?;
            lines.extend_from_slice(line.to_bytes(), GFP_KERNEL)?;
        }
        if let Some(value) = value {
            history.lock().add(value)?;
        }
        Ok(answer)
    }

    fn take_failure(answer: &mut Answer) -> Option<Failure> {
        match answer {
            Answer::Lines(_, failure) => failure.take(),
            Answer::Value(_) => None,
        }
    }

    /// For an expression, three lines; for a program, the lines that it printed. One more line if
    /// the kernel warned of something.
    #[inline(never)] // frame
    fn lines(
        answer: &Answer,
        _: &Context,
        show: bool,
        cursor: &mut Cursor,
        writer: &mut Writer<'_>,
    ) -> Result<(), Failure> {
        let mut line = writer.counted(cursor);
        let outcome = match answer {
            Answer::Value(outcome) => outcome,
            Answer::Lines(lines, _) => {
                for text in core::str::from_utf8(lines).unwrap_or_default().lines() {
                    if line(fmt!("{text}")).is_break() {
                        break;
                    }
                }
                return Ok(());
            }
        };
        let prototype = Text(outcome.prototype.to_bytes());
        // The window always has room for these few lines.
        let _ = line(fmt!("{}", outcome.values(show)));
        let _ = match &outcome.callee {
            None => line(fmt!("{prototype}")),
            Some(callee) => line(fmt!(
                "{prototype}  [{}, text, {:#x} bytes]",
                &*callee.module,
                callee.size
            )),
        };
        let _ = line(fmt!("{} ns", outcome.nanoseconds));
        if outcome.warned {
            let _ = line(fmt!("{WARNED}"));
        }
        Ok(())
    }
}
