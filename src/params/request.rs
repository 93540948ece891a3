// SPDX-License-Identifier: GPL-2.0

//! What the user asks for, as plain data: made once, of the text in the parameters or of what is written to a
//! live file.
//!
//! A request owns what it needs, so that the parameters need not stay locked while it is served.

use super::Params;
use crate::{
    failure::Failure,
    kallsyms::{
        self,
        Bootstrap, //
    },
    print::{
        to_c_string,
        Pure, //
    },
    query::{
        function_search::Search,
        listing::{
            Listing,
            ListingText, //
        },
        type_layout::TypeLookup, //
    },
    text, //
};
use kernel::{
    alloc::AllocError,
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// How many symbols the log gets when nobody says otherwise.
const LOG_LIMIT: usize = 100;

/// What to do.
pub(crate) enum Request {
    /// Count the symbols.
    Summary,
    /// List symbols.
    Listing(Listing),
    /// Call a function.
    Call(Call),
    /// Evaluate an expression.
    Evaluation(Evaluation),
    /// Look symbols or types up.
    Lookup(Lookup),
    /// Search functions.
    Search(Search),
}

/// A function to call, and what to call it with.
pub(crate) struct Call {
    /// The function.
    pub(crate) function: SymbolName,
    /// The arguments, as C.
    pub(crate) args: Option<KVec<u8>>,
    /// How to call it.
    pub(crate) options: CallOptions,
}

/// An expression to evaluate.
pub(crate) struct Evaluation {
    /// The expression, as C.
    pub(crate) text: KVec<u8>,
    /// How to make the calls in it.
    pub(crate) options: CallOptions,
}

/// How to call a function.
pub(crate) struct CallOptions {
    /// Which one of several of this name, from 1 on; 0 if there must be one only.
    pub(crate) position: usize,
    /// The prototype, as C.
    pub(crate) sig: Option<KVec<u8>>,
    /// Whether the user vouches for what cannot be checked.
    pub(crate) unsafe_call: bool,
    /// Where to make the call.
    pub(crate) context: CallContext,
}

impl CallOptions {
    /// What the parameters say.
    fn new(params: &Params) -> Result<Self, Failure> {
        Ok(Self {
            position: position(params)?,
            sig: owned(params.sig())?,
            unsafe_call: unsafe_call(params)?,
            context: context(params)?,
        })
    }
}

/// Where a call is made.
#[derive(Clone, Copy)]
pub(crate) enum CallContext {
    /// In a kernel thread of its own.
    Thread {
        /// How many seconds to wait for it at most.
        timeout: Option<usize>,
    },
    /// In the process that asks for it.
    Caller,
}

/// What to look up.
pub(crate) enum Lookup {
    /// All symbols of a name; if there are none, the typedef of this name.
    Name(SymbolName, Option<TypeLookup>),
    /// A type, or something in it.
    Type(TypeLookup),
    /// The symbol in which an address lies, and those that begin where it does.
    Address(usize),
}

impl Request {
    /// What the parameters ask for when the module is loaded.
    pub(crate) fn of_parameters(params: &Params) -> Result<Self, Failure> {
        match (params.sym_name(), listing_text(params).is_some()) {
            (None, false) => Ok(Self::Summary),
            (None, true) => Ok(Self::Listing(listing(params, Some(LOG_LIMIT))?)),
            (Some(_), false) => Self::of_sym_name(params),
            (Some(_), true) => Err(Failure::new(
                EINVAL,
                fmt!("sym_name: calling and listing (module, filter, kind, limit) are two things; ask for one"),
            )),
        }
    }

    /// The call that the parameters ask for.
    pub(crate) fn of_sym_name(params: &Params) -> Result<Self, Failure> {
        let options = CallOptions::new(params)?;
        let function = text::symbol_name(params.sym_name().unwrap_or_default())
            .map_err(|error| Failure::parse("sym_name", error))?;
        Ok(Self::Call(Call {
            function: SymbolName::new(function)?,
            args: owned(params.args())?,
            options,
        }))
    }

    /// The expression that has been written to the live file `call`; the parameters say how to make the calls in it.
    pub(crate) fn of_call(text: &[u8], params: &Params) -> Result<Self, Failure> {
        let mut copy = KVec::new();
        copy.extend_from_slice(text, GFP_KERNEL)?;
        Ok(Self::Evaluation(Evaluation {
            text: copy,
            options: CallOptions::new(params)?,
        }))
    }

    /// The listing that has been written to the live file `symbols`; the parameters have no say in it.
    pub(crate) fn of_symbols(text: &[u8]) -> Result<Self, Failure> {
        Ok(Self::Listing(Listing::new(&ListingText::new(text)?, None)?))
    }

    /// The functions that have been asked for in the live file `functions`.
    pub(crate) fn of_functions(text: &[u8]) -> Result<Self, Failure> {
        Ok(Self::Search(Search::new(text)?))
    }

    /// The name, the address or the type that has been written to the live file `lookup`.
    pub(crate) fn of_lookup(text: &[u8]) -> Result<Self, Failure> {
        let text = text.trim_ascii();
        Ok(Self::Lookup(match text.strip_prefix(b"0x") {
            Some(digits) => Lookup::Address(hexadecimal(digits).ok_or_else(|| {
                Failure::new(
                    EINVAL,
                    fmt!("lookup: an address is 0x and up to 16 hexadecimal digits"),
                )
            })?),
            None => match (text::symbol_name(text), text::type_path(text)) {
                (Ok(name), path) => {
                    let ty = match path.ok().map(|path| TypeLookup::new(&path)) {
                        Some(Ok(ty)) => Some(ty),
                        Some(Err(failure)) if failure.errno() == ENOMEM => return Err(failure),
                        // It can be the name of a symbol all the same.
                        Some(Err(_)) | None => None,
                    };
                    Lookup::Name(SymbolName::new(name)?, ty)
                }
                (Err(_), Ok(path)) => Lookup::Type(TypeLookup::new(&path)?),
                (Err(_), Err(error)) if text::is_tagged(text) => {
                    return Err(Failure::parse("lookup", error))
                }
                (Err(error), Err(_)) => return Err(Failure::parse("lookup", error)),
            },
        }))
    }
}

/// The name of a symbol as the user wrote it: `name`, or `module:name`.
pub(crate) struct SymbolName {
    text: CString,
    /// How many bytes of `text` are before the symbol's own name: the module's, and the colon.
    module: usize,
}

impl SymbolName {
    /// Keeps a name that has been parsed.
    pub(crate) fn new(name: text::NameText<'_>) -> Result<Self, AllocError> {
        Ok(Self {
            text: to_c_string(fmt!("{}", Pure(name)))?,
            module: name.module.map_or(0, |module| module.len() + 1),
        })
    }

    /// The text.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.text.to_bytes()
    }

    /// The name, for the library.
    pub(crate) fn name(&self) -> Result<kallsyms::Name<'_>, kallsyms::Error> {
        let (module, symbol) = self.text.to_bytes_with_nul().split_at(self.module);
        let symbol = CStr::from_bytes_with_nul(symbol).map_err(|_| kallsyms::Error::BadName)?;
        kallsyms::Name::of_parts(module.strip_suffix(b":"), symbol)
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

/// The listing that the parameters ask for. Without a limit it is `limit`.
pub(crate) fn listing(params: &Params, limit: Option<usize>) -> Result<Listing, Failure> {
    Listing::new(&listing_text(params), limit)
}

/// What the parameters say of a listing.
fn listing_text(params: &Params) -> ListingText<'_> {
    ListingText {
        module: params.module(),
        filter: params.filter(),
        kind: params.kind(),
        limit: params.limit(),
    }
}

/// Which one of several functions.
fn position(params: &Params) -> Result<usize, Failure> {
    match params.sympos() {
        Some(sympos) => text::number(sympos).map_err(|error| Failure::parse("sympos", error)),
        None => Ok(0),
    }
}

/// Whether the user vouches for the call.
fn unsafe_call(params: &Params) -> Result<bool, Failure> {
    match params.unsafe_call() {
        Some(word) => text::switch(word).map_err(|error| Failure::parse("unsafe_call", error)),
        None => Ok(false),
    }
}

/// Where to make the call, and how long to wait for it.
fn context(params: &Params) -> Result<CallContext, Failure> {
    let timeout = match params.timeout() {
        Some(timeout) => text::number(timeout).map_err(|error| Failure::parse("timeout", error))?,
        None => 0,
    };
    match (params.context(), timeout) {
        (None | Some(b"thread"), 0) => Ok(CallContext::Thread { timeout: None }),
        (None | Some(b"thread"), _) => Ok(CallContext::Thread {
            timeout: Some(timeout),
        }),
        (Some(b"caller"), 0) => Ok(CallContext::Caller),
        (Some(b"caller"), _) => Err(Failure::new(
            EINVAL,
            fmt!("timeout: a call with context=caller cannot be left; use context=thread"),
        )),
        _ => Err(Failure::new(
            EINVAL,
            fmt!("context: must be thread or caller"),
        )),
    }
}

/// Reads the parameter that says how to find `kallsyms_lookup_name()`.
pub(crate) fn bootstrap(params: &Params) -> Result<Bootstrap, Failure> {
    match params.bootstrap() {
        None | Some(b"auto") => Ok(Bootstrap::Auto),
        Some(b"kprobe") => Ok(Bootstrap::Kprobe),
        Some(b"scan") => Ok(Bootstrap::Scan),
        Some(word) => word
            .strip_prefix(b"0x")
            .and_then(hexadecimal)
            .map(Bootstrap::Address)
            .ok_or_else(|| {
                Failure::new(
                    EINVAL,
                    fmt!("bootstrap: must be auto, kprobe, scan or an address such as 0xffffffff81234560"),
                )
            }),
    }
}

/// The number in hexadecimal digits.
fn hexadecimal(digits: &[u8]) -> Option<usize> {
    usize::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()
}
