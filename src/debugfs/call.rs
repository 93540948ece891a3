// SPDX-License-Identifier: GPL-2.0

//! `call`: write a call, read its value, the prototype, and how long it took.

use super::file::{
    skipping,
    LiveFile,
    Sink, //
};
use crate::{
    call::{
        Outcome,
        Request, //
    },
    context::Context,
    failure::Failure,
    params::Params,
    request, //
};
use kernel::prelude::{
    fmt,
    *, //
};

/// The last call, and whether its reader may see addresses.
pub(super) struct Call {
    outcome: Option<Outcome>,
    show: bool,
}

impl LiveFile for Call {
    const NAME: &'static CStr = c"call";
    const MODE: u16 = 0o600;

    fn open(_: &Context, show: bool) -> Result<Self, Failure> {
        Ok(Self {
            outcome: None,
            show,
        })
    }

    fn write(&mut self, context: &Context, text: &[u8]) -> Result<(), Failure> {
        self.outcome = None;
        // The parameters are not kept locked during the call.
        let mut sig = KVec::new();
        let (position, unsafe_call, has_sig) = {
            let params = Params::lock(context.module);
            sig.extend_from_slice(params.sig().unwrap_or_default(), GFP_KERNEL)?;
            (
                request::position(&params)?,
                request::unsafe_call(&params)?,
                params.sig().is_some(),
            )
        };
        let request = Request {
            place: "call",
            name: b"",
            position,
            args: None,
            args_offset: 0,
            sig: has_sig.then_some(&sig),
            unsafe_call,
        };
        self.outcome = Some(context.caller.evaluate(text, &request, self.show)?);
        Ok(())
    }

    fn lines(&self, _: &Context, skip: usize, sink: Sink<'_>) -> Result<(), Failure> {
        let Some(outcome) = &self.outcome else {
            return Ok(());
        };
        let mut line = skipping(skip, sink);
        let (prototype, module) = (&*outcome.prototype, &*outcome.module);
        // Three lines are never too many for the window.
        let _ = line(fmt!("{}", outcome.value.display(self.show)));
        let _ = match module.is_empty() {
            true => line(fmt!("{prototype}")),
            false => line(fmt!(
                "{prototype}  [{module}, text, {:#x} bytes]",
                outcome.size
            )),
        };
        let _ = line(fmt!("{} ns", outcome.nanoseconds));
        Ok(())
    }
}
