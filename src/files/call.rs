// SPDX-License-Identifier: GPL-2.0

//! `call`: write an expression, read its value, its type or prototype, and how long the calls in it took.

use super::{
    window::{
        Cursor,
        Writer, //
    },
    LiveFile, //
};
use crate::{
    call::{
        request::{
            CallOptions,
            Evaluation, //
        },
        Outcome, //
    },
    context::Context,
    eval::history::History,
    failure::Failure,
    params::Params,
    print::Text, //
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
    type Kept = History;
    /// What the last one gave.
    type Answer = KBox<Outcome>;

    fn answer(
        context: &Context,
        history: &Mutex<History>,
        request: &[u8],
        show: bool,
    ) -> Result<KBox<Outcome>, Failure> {
        let options = Params::lock(context.module, |params| CallOptions::new(params))?;
        let mut text = KVec::new();
        text.extend_from_slice(request, GFP_KERNEL)?;
        let evaluation = Evaluation { text, options };
        let earlier = history.lock().copy()?;
        let (outcome, value) = context.caller.evaluate(&evaluation, &earlier, show)?;
        history.lock().add(value)?;
        Ok(outcome)
    }

    /// Three lines.
    #[inline(never)] // frame
    fn lines(
        outcome: &KBox<Outcome>,
        _: &Context,
        show: bool,
        cursor: &mut Cursor,
        writer: &mut Writer<'_>,
    ) -> Result<(), Failure> {
        let mut line = writer.counted(cursor);
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
        Ok(())
    }
}
