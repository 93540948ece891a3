// SPDX-License-Identifier: GPL-2.0

//! `call`: write an expression, read its value, its type or prototype, and how long the calls in it took.

use super::{
    answer::Sink,
    file::LiveFile, //
};
use crate::{
    call::Outcome,
    context::Context,
    failure::Failure,
    params::{
        request::Request,
        Params, //
    },
    print::Text, //
};
use kernel::prelude::{
    fmt,
    *, //
};

/// The file.
pub(super) struct CallFile;

impl LiveFile for CallFile {
    const NAME: &'static CStr = c"call";
    const MODE: u16 = 0o600;

    fn request(context: &Context, text: &[u8]) -> Result<Request, Failure> {
        Params::lock(context.module, |params| Request::of_call(text, params))
    }

    fn closed(context: &Context) {
        // Who calls once is likely to call again, and nobody waits for a value now.
        context.caller.prepare();
    }
}

/// What the expression gave, in three lines.
#[inline(never)]
pub(super) fn lines(outcome: &Outcome, show: bool, line: Sink<'_>) {
    let prototype = Text(outcome.prototype.to_bytes());
    // Three lines are never too many for the window.
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
}
