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
    call::request::{
        CallOptions,
        Evaluation, //
    },
    context::Context,
    eval::{
        history::History,
        Answer, //
    },
    failure::{
        Failure,
        Written, //
    },
    print::Text,
    show::WARNED,
    text, //
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

    /// The values of the expressions that were written.
    type Kept = Mutex<History>;
    /// What the last one gave.
    type Answer = Answer;

    fn answer(
        context: &Context,
        history: &Mutex<History>,
        request: &[u8],
        show: bool,
    ) -> Result<Answer, Failure> {
        let mut text = KVVec::new();
        text.extend_from_slice(request, GFP_KERNEL_ACCOUNT)?;
        let options = options(&mut text)?;
        let evaluation = Evaluation { text, options };
        let earlier = history.lock().copy()?;
        let (mut answer, value) = context.caller.evaluate(&evaluation, &earlier, show)?;
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

    /// Three lines for an expression, and for a program those that it printed; and one more if the kernel warned of
    /// something.
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
        // So few lines are never too many for the window.
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

/// Takes the options from the beginning of a request, and leaves blanks there, so that columns stay
/// what they are.
#[inline(never)] // frame
fn options(request: &mut [u8]) -> Result<CallOptions, Failure> {
    const TIMEOUT: &[u8] = b"timeout=";

    let mut timeout = None;
    loop {
        let blanks = request.len() - request.trim_ascii_start().len();
        let word = request.get_mut(blanks..).unwrap_or_default();
        if !word.starts_with(TIMEOUT) {
            break;
        }
        let end = word.iter().position(u8::is_ascii_whitespace);
        let word = word
            .get_mut(..end.unwrap_or(word.len()))
            .unwrap_or_default();
        let value = Written {
            source: "call",
            column: 1 + blanks + TIMEOUT.len(),
            text: word.get(TIMEOUT.len()..).unwrap_or_default(),
        };
        let seconds = text::number(value.text).map_err(|error| value.error(error))?;
        timeout = Some(seconds).filter(|seconds| *seconds != 0);
        word.fill(b' ');
    }
    Ok(CallOptions {
        position: 0,
        sig: None,
        unsafe_call: false,
        timeout,
    })
}
