// SPDX-License-Identifier: GPL-2.0

//! What the user asks for, as plain data: made once of the parameters' text.

use crate::{
    call,
    failure::Failure,
    kallsyms::{
        text,
        Bootstrap, //
    },
    params::Params, //
};
use kernel::prelude::{
    fmt,
    *, //
};

/// What to do.
pub(crate) enum Request<'a> {
    /// Say what is there.
    Summary,
    /// Call a function.
    Call(call::Request<'a>),
}

impl<'a> Request<'a> {
    /// Reads the parameters.
    pub(crate) fn new(params: &'a Params<'_>) -> Result<Self, Failure> {
        match params.sym_name() {
            Some(name) => Ok(Self::Call(call::Request {
                place: "args",
                name,
                position: match params.sympos() {
                    Some(sympos) => {
                        text::limit(sympos).map_err(|error| Failure::parse("sympos", error))?
                    }
                    None => 0,
                },
                args: params.args(),
                args_offset: 0,
                sig: params.sig(),
                unsafe_call: match params.unsafe_call() {
                    Some(word) => {
                        text::switch(word).map_err(|error| Failure::parse("unsafe_call", error))?
                    }
                    None => false,
                },
            })),
            None => Ok(Self::Summary),
        }
    }
}

/// Reads the parameter that says how to find `kallsyms_lookup_name()`.
pub(crate) fn bootstrap(params: &Params<'_>) -> Result<Bootstrap, Failure> {
    let Some(word) = params.bootstrap() else {
        return Ok(Bootstrap::Auto);
    };
    let address = || {
        let digits = core::str::from_utf8(word.strip_prefix(b"0x")?).ok()?;
        usize::from_str_radix(digits, 16).ok()
    };
    match word {
        b"auto" => Ok(Bootstrap::Auto),
        b"kprobe" => Ok(Bootstrap::Kprobe),
        b"scan" => Ok(Bootstrap::Scan),
        _ => address().map(Bootstrap::Address).ok_or_else(|| {
            Failure::new(
                EINVAL,
                fmt!("bootstrap: must be auto, kprobe, scan or an address such as 0xffffffff81234560"),
            )
        }),
    }
}
