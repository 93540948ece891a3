// SPDX-License-Identifier: GPL-2.0

//! Requests for calls and evaluations, as plain data that owns everything it needs.

use crate::{
    kallsyms,
    print::{
        to_c_string,
        Pure, //
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

/// A function to call, and its arguments.
pub(crate) struct Call {
    /// The function.
    pub(crate) function: SymbolName,
    /// The arguments, as C.
    pub(crate) args: Option<KVec<u8>>,
    /// How to call it.
    pub(crate) options: CallOptions,
}

/// How to call a function.
#[derive(Default)]
pub(crate) struct CallOptions {
    /// Which of the functions with this name; 1 is the first, and 0 demands that there is only one.
    pub(crate) position: usize,
    /// The prototype, as C.
    pub(crate) sig: Option<KVec<u8>>,
    /// Whether the call is unsafe: made although not everything about it can be checked.
    pub(crate) unsafe_call: bool,
    /// How many seconds all calls may take together.
    pub(crate) timeout: Option<usize>,
}

/// The name of a symbol as the user wrote it: `name`, or `module:name`.
pub(crate) struct SymbolName {
    text: CString,
    /// How many bytes of `text` are before the symbol's own name: the module's, and the colon.
    module: usize,
}

impl SymbolName {
    /// Keeps a name that has been parsed, without the number of a symbol.
    pub(crate) fn new(name: text::NameText<'_>) -> Result<Self, AllocError> {
        let name = text::NameText {
            position: 0,
            ..name
        };
        Ok(Self {
            text: to_c_string(fmt!("{}", Pure(name)))?,
            module: name.module.map_or(0, |module| module.len() + 1),
        })
    }

    /// The text.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.text.to_bytes()
    }

    /// The module's name, if one was written, and the symbol's own.
    pub(crate) fn parts(&self) -> Result<(Option<&[u8]>, &CStr), kallsyms::Error> {
        let (module, symbol) = self.text.to_bytes_with_nul().split_at(self.module);
        let symbol = CStr::from_bytes_with_nul(symbol).map_err(|_| kallsyms::Error::BadName)?;
        Ok((module.strip_suffix(b":"), symbol))
    }

    /// The name, for the library.
    pub(crate) fn name(&self) -> Result<kallsyms::Name<'_>, kallsyms::Error> {
        let (module, symbol) = self.parts()?;
        kallsyms::Name::of_parts(module, symbol)
    }
}
