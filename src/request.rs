// SPDX-License-Identifier: GPL-2.0

//! What the user asks for, as plain data: made once of the parameters' text.

use crate::{
    call,
    failure::Failure,
    kallsyms::Bootstrap,
    list::{
        self,
        Listing, //
    },
    params::Params,
    text, //
};
use kernel::prelude::{
    fmt,
    *, //
};

/// How many symbols the log gets when nobody says otherwise.
const LOG_LIMIT: usize = 100;

/// What to do.
pub(crate) enum Request<'a> {
    /// Say what is there.
    Summary,
    /// List symbols.
    List(Listing),
    /// Call a function.
    Call(call::Request<'a>),
}

impl<'a> Request<'a> {
    /// Reads the parameters.
    pub(crate) fn new(params: &'a Params<'_>) -> Result<Self, Failure> {
        let listing = listing(params);
        match params.sym_name() {
            Some(_) if listing.is_some() => Err(Failure::new(
                EINVAL,
                fmt!("sym_name: calling and listing (module, filter, kind, limit) are two things; ask for one"),
            )),
            Some(name) => Self::call(params, name),
            None if listing.is_some() => Ok(Self::List(Listing::new(&listing, Some(LOG_LIMIT))?)),
            None => Ok(Self::Summary),
        }
    }

    /// A call of the function `name`.
    fn call(params: &'a Params<'_>, name: &'a [u8]) -> Result<Self, Failure> {
        Ok(Self::Call(call::Request {
            place: "args",
            name,
            position: position(params)?,
            args: params.args(),
            args_offset: 0,
            sig: params.sig(),
            unsafe_call: unsafe_call(params)?,
        }))
    }

    /// A call, as the parameters ask for since one of them has been written.
    pub(crate) fn rewritten(params: &'a Params<'_>) -> Result<Self, Failure> {
        Self::call(params, params.sym_name().unwrap_or_default())
    }
}

/// What to list.
pub(crate) fn listing<'a>(params: &'a Params<'_>) -> list::Request<'a> {
    list::Request {
        module: params.module(),
        filter: params.filter(),
        kind: params.kind(),
        limit: params.limit(),
    }
}

/// Which one of several functions.
pub(crate) fn position(params: &Params<'_>) -> Result<usize, Failure> {
    match params.sympos() {
        Some(sympos) => text::number(sympos).map_err(|error| Failure::parse("sympos", error)),
        None => Ok(0),
    }
}

/// Whether the user vouches for the call.
pub(crate) fn unsafe_call(params: &Params<'_>) -> Result<bool, Failure> {
    match params.unsafe_call() {
        Some(word) => text::switch(word).map_err(|error| Failure::parse("unsafe_call", error)),
        None => Ok(false),
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
