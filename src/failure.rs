// SPDX-License-Identifier: GPL-2.0

//! Why something was not done: an errno for the program, and a line for the person.

use crate::{
    kallsyms,
    kptr::may_be_address,
    text::ParseError, //
};
use kernel::{
    alloc::AllocError,
    fmt,
    prelude::{
        fmt,
        *, //
    },
    str::{
        BStr,
        CString, //
    }, //
};

/// How much of what the user wrote a line repeats.
const MAX_QUOTE: usize = 80;

/// An errno, and a line that says what, why and what to do.
pub(crate) struct Failure {
    errno: Error,
    line: Option<CString>,
}

impl Failure {
    /// Makes a line, if there is memory for it.
    pub(crate) fn new(errno: Error, line: fmt::Arguments<'_>) -> Self {
        Self {
            errno,
            line: CString::try_from_fmt(line).ok(),
        }
    }

    /// A text of the user's, in the parameter or file `place`, cannot be read.
    pub(crate) fn parse(place: &str, error: ParseError) -> Self {
        Self::new(
            EINVAL,
            fmt!("{place}: column {}: {}", error.column, error.what),
        )
    }

    /// The function `name` cannot be had.
    pub(crate) fn symbol(name: &[u8], error: &kallsyms::Error) -> Self {
        let hint = match error {
            kallsyms::Error::NotFound => {
                "; /proc/kallsyms has the names, those of loaded modules only"
            }
            kallsyms::Error::BadName => "; 1 to 511 printable characters make one",
            kallsyms::Error::NotText(_) => "; choose one of type T or t in /proc/kallsyms",
            kallsyms::Error::NoPrototype => "; give it as sig= with unsafe_call=1",
            kallsyms::Error::NoReturn => "; unsafe_call=1 calls it all the same",
            kallsyms::Error::Refused(kallsyms::Kind::NoinstrText) => {
                "; unsafe_call=1 calls it all the same"
            }
            _ => "",
        };
        Self::new(error.to_errno(), fmt!("{}: {error}{hint}", quote(name)))
    }

    /// Puts a `?` into the line for each number that may be an address.
    pub(crate) fn without_addresses(mut self) -> Self {
        self.line = self.line.and_then(|line| {
            let line = line.to_str().ok()?;
            CString::try_from_fmt(fmt!("{}", Masked(line))).ok()
        });
        self
    }

    /// The line, for the log.
    pub(crate) fn line(&self) -> Option<&CStr> {
        self.line.as_deref()
    }

    /// The errno, for the program that asked.
    pub(crate) fn errno(&self) -> Error {
        self.errno
    }
}

impl From<Error> for Failure {
    /// Without a line: for what explains itself.
    fn from(errno: Error) -> Self {
        Self { errno, line: None }
    }
}

impl From<AllocError> for Failure {
    fn from(_: AllocError) -> Self {
        Self {
            errno: ENOMEM,
            line: None,
        }
    }
}

/// A text, without the numbers in it that may be addresses.
struct Masked<'a>(&'a str);

impl fmt::Display for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-');
        for part in self.0.split_inclusive(ends) {
            let word = part.trim_end_matches(ends);
            if number(word).is_some_and(may_be_address) {
                f.write_fmt(fmt!("?{}", part.get(word.len()..).unwrap_or("")))?;
            } else {
                f.write_str(part)?;
            }
        }
        Ok(())
    }
}

/// The number that a word is, with its sign, decimal or hexadecimal.
fn number(word: &str) -> Option<u64> {
    let (digits, negative) = match word.strip_prefix('-') {
        Some(digits) => (digits, true),
        None => (word, false),
    };
    let value = match digits.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    value.ok().map(|value| match negative {
        true => value.wrapping_neg(),
        false => value,
    })
}

/// A text of the user's as it can be repeated: escaped, and not at any length.
pub(crate) fn quote(text: &[u8]) -> &BStr {
    BStr::from_bytes(text.get(..MAX_QUOTE).unwrap_or(text))
}

/// `EPROTOTYPE`, which the kernel crate of 7.2 lacks.
#[allow(non_snake_case)]
pub(crate) fn EPROTOTYPE() -> Error {
    Error::from_errno(-(kernel::bindings::EPROTOTYPE as i32))
}

/// `EOPNOTSUPP`, which the kernel crate of 7.2 lacks.
#[allow(non_snake_case)]
pub(crate) fn EOPNOTSUPP() -> Error {
    Error::from_errno(-(kernel::bindings::EOPNOTSUPP as i32))
}
