// SPDX-License-Identifier: GPL-2.0

//! What the parameters ask for, as plain data.
//!
//! A request owns what it needs, so that the parameters need not stay locked while it is served.

use super::{
    Params,
    Serve, //
};
use crate::{
    call::request::{
        Call,
        CallOptions,
        SymbolName, //
    },
    context::Context,
    failure::{
        quote,
        Failure,
        Written, //
    },
    kallsyms::Bootstrap,
    log,
    query::listing::{
        Listing,
        ListingText, //
    },
    text, //
};
use kernel::{
    alloc::AllocError,
    prelude::{
        fmt,
        *, //
    }, //
};

/// How many symbols the log gets by default.
const LOG_LIMIT: usize = 100;

/// What to do.
pub(crate) enum Request {
    /// Count the symbols.
    Summary,
    /// List symbols.
    Listing(Listing),
    /// Call a function.
    Call(Call),
}

impl Request {
    /// What the parameters ask for when the module is loaded.
    pub(crate) fn new(params: &Params) -> Result<Self, Failure> {
        match (params.sym_name(), listing_text(params).is_some()) {
            (None, false) => Ok(Self::Summary),
            (None, true) => {
                let listing = Listing::new(&listing_text(params), Some(LOG_LIMIT))?;
                Ok(Self::Listing(listing))
            }
            (Some(_), false) => Self::of_sym_name(params),
            (Some(_), true) => Err(Failure::new(
                EINVAL,
                fmt!("sym_name: calling and listing (module, filter, kind, limit) are two things; ask for one"),
            )),
        }
    }

    /// The call that the parameters ask for.
    fn of_sym_name(params: &Params) -> Result<Self, Failure> {
        let options = CallOptions::new(params)?;
        let name = params.sym_name().unwrap_or_default();
        if let Some(end) = name.iter().position(|byte| *byte == b'(') {
            let (name, rest) = name.split_at(end);
            let args = rest.get(1..).unwrap_or_default();
            let args = args.strip_suffix(b")").unwrap_or(args);
            let (name, args) = (quote(name), quote(args));
            return Err(Failure::at(
                EINVAL,
                "sym_name",
                end + 1,
                fmt!("arguments are a parameter of their own: sym_name={name} args='{args}'"),
            ));
        }
        let function =
            text::symbol_name(name).map_err(|error| Failure::parse("sym_name", error))?;
        Ok(Self::Call(Call {
            function: SymbolName::new(function)?,
            args: owned(params.args())?,
            options,
        }))
    }

    /// Serves the request, and logs the answer. Sleeps if a function that it calls does.
    pub(crate) fn serve(&self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Summary => log::summary(&context.kallsyms),
            Self::Listing(listing) => log::list(context, listing),
            Self::Call(call) => {
                let (outcome, text) = context.caller.call(call, context.shown_in_log())?;
                log::outcome(context, call, &outcome, &text);
                Ok(())
            }
        }
    }
}

impl Serve for Context {
    /// Makes the call, after a write to `sym_name`. The parameters are not locked meanwhile.
    fn written(&self, params: &mut Params) -> Result {
        let request = Request::of_sym_name(params).map_err(log::failure)?;
        params
            .unlocked(|| request.serve(self))?
            .map_err(log::failure)
    }
}

/// A copy of a parameter's value.
fn owned(value: Option<&[u8]>) -> Result<Option<KVec<u8>>, AllocError> {
    let Some(value) = value else {
        return Ok(None);
    };
    let mut copy = KVec::new();
    copy.extend_from_slice(value, GFP_KERNEL)?;
    Ok(Some(copy))
}

/// The text of a listing.
fn listing_text(params: &Params) -> ListingText<'_> {
    let written = |name, text: Option<_>| text.map(|text| Written::whole(name, text));
    ListingText {
        module: written("module", params.module()),
        filter: written("filter", params.filter()),
        kind: written("kind", params.kind()),
        limit: written("limit", params.limit()),
    }
}

impl CallOptions {
    /// The options that the parameters set.
    fn new(params: &Params) -> Result<Self, Failure> {
        Ok(Self {
            position: position(params)?,
            sig: owned(params.sig())?,
            unsafe_call: unsafe_call(params)?,
            timeout: timeout(params)?,
        })
    }
}

/// Which one of several functions with the name to call.
fn position(params: &Params) -> Result<usize, Failure> {
    match params.sympos() {
        Some(sympos) => text::number(sympos).map_err(|error| Failure::parse("sympos", error)),
        None => Ok(0),
    }
}

/// Whether the call is unsafe.
fn unsafe_call(params: &Params) -> Result<bool, Failure> {
    match params.unsafe_call() {
        Some(word) => text::switch(word).map_err(|error| Failure::parse("unsafe_call", error)),
        None => Ok(false),
    }
}

/// How many seconds all calls may take together; [`None`] (the parameter is 0) for no limit.
fn timeout(params: &Params) -> Result<Option<usize>, Failure> {
    let Some(timeout) = params.timeout() else {
        return Ok(None);
    };
    let seconds = text::number(timeout).map_err(|error| Failure::parse("timeout", error))?;
    Ok(Some(seconds).filter(|seconds| *seconds != 0))
}

/// Reads the parameter that says how to find `kallsyms_lookup_name()`.
pub(crate) fn bootstrap(params: &Params) -> Result<Bootstrap, Failure> {
    match params.bootstrap() {
        None | Some(b"auto") => Ok(Bootstrap::Auto),
        Some(b"kprobe") => Ok(Bootstrap::Kprobe),
        Some(b"scan") => Ok(Bootstrap::Scan),
        Some(word) => word
            .strip_prefix(b"0x")
            .and_then(text::hexadecimal)
            .map(Bootstrap::Address)
            .ok_or_else(|| {
                Failure::new(
                    EINVAL,
                    fmt!("bootstrap: must be auto, kprobe, scan or an address such as 0xffffffff81234560"),
                )
            }),
    }
}
