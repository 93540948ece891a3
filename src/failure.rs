// SPDX-License-Identifier: GPL-2.0

//! Why something failed: an errno for the program, and a line for the user.

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

/// How many bytes of the user's text an error repeats.
const MAX_QUOTE: usize = 80;

/// The parameter that has the arguments of a call, where a call by parameters is written.
pub(crate) const PARAMETER: &str = "args";

/// How a user asks for what cannot be checked: in `args` by a parameter, and in other texts by the
/// operator.
pub(crate) fn unsafe_in(source: &str) -> &'static str {
    if source == PARAMETER {
        "unsafe_call=1"
    } else {
        "unsafe"
    }
}

/// An errno, and a line that says what failed, why, and what to do.
pub(crate) struct Failure {
    errno: Error,
    /// The parameter or file whose text is wrong.
    source: Option<&'static str>,
    /// Where the text is wrong, counted from 1.
    column: Option<usize>,
    /// What is wrong. Without it, the errno explains itself.
    what: Option<CString>,
}

impl Failure {
    /// Makes a line, if there is memory for it.
    pub(crate) fn new(errno: Error, what: fmt::Arguments<'_>) -> Self {
        Self {
            what: CString::try_from_fmt(what).ok(),
            ..errno.into()
        }
    }

    /// Makes a line about a column of the text in the parameter or file `source`.
    pub(crate) fn at(
        errno: Error,
        source: &'static str,
        column: usize,
        what: fmt::Arguments<'_>,
    ) -> Self {
        Self {
            source: Some(source),
            column: Some(column),
            ..Self::new(errno, what)
        }
    }

    /// The user's text in the parameter or file `source` cannot be parsed.
    pub(crate) fn parse(source: &'static str, error: ParseError) -> Self {
        Self::at(EINVAL, source, error.column, fmt!("{}", error.what))
    }

    /// Adds the parameter or file and the column of the text that is wrong, if they are not known.
    pub(crate) fn or_in(mut self, source: &'static str, column: usize) -> Self {
        if self.source.is_none() && self.what.is_some() {
            self.source = Some(source);
        }
        self.or_at(column)
    }

    /// Adds the column of the text that is wrong, if it is not known.
    pub(crate) fn or_at(mut self, column: usize) -> Self {
        self.column = self.column.or(Some(column));
        self
    }

    /// The function `name` cannot be resolved.
    pub(crate) fn symbol(name: &[u8], error: &kallsyms::Error) -> Self {
        let hint = match error {
            kallsyms::Error::NotFound => {
                "; /proc/kallsyms has the names, those of loaded modules only"
            }
            kallsyms::Error::BadName => "; 1 to 511 printable characters make one",
            kallsyms::Error::NotText(_) => "; choose one of type T or t in /proc/kallsyms",
            _ => "",
        };
        Self::new(error.to_errno(), fmt!("{}: {error}{hint}", quote(name)))
    }

    /// A text in `source` calls the function `name` in a way in which it cannot be called.
    pub(crate) fn call(source: &str, name: &[u8], error: &kallsyms::Error) -> Self {
        let name = quote(name);
        match error {
            kallsyms::Error::NoPrototype if source == PARAMETER => Self::new(
                error.to_errno(),
                fmt!("{name}: {error}; give it as sig= with unsafe_call=1"),
            ),
            kallsyms::Error::NoPrototype => Self::new(
                error.to_errno(),
                fmt!("{name}: {error}; the parameters sym_name, sig and unsafe_call=1 call it"),
            ),
            kallsyms::Error::NoReturn | kallsyms::Error::Refused(kallsyms::Kind::NoinstrText) => {
                Self::new(
                    error.to_errno(),
                    fmt!(
                        "{name}: {error}; {} calls it all the same",
                        unsafe_in(source)
                    ),
                )
            }
            _ => Self::symbol(name.0, error),
        }
    }

    /// Repeats the request that failed at the end of the line, for those who did not write it. Of a
    /// long one, that is its text from the column.
    #[inline(never)] // frame
    pub(crate) fn in_request(mut self, request: &[u8]) -> Self {
        let request = request.trim_ascii_end();
        let from = match self.column {
            Some(column) if request.len() > MAX_QUOTE => column - 1,
            _ => 0,
        };
        let text = request.get(from..).unwrap_or_default().trim_ascii_start();
        if text.is_empty() {
            return self;
        }
        if let Some(what) = &self.what {
            let dots = if from > 0 { "..." } else { "" };
            let line = CString::try_from_fmt(fmt!("{}; in `{dots}{}`", &**what, quote(text)));
            self.what = line.ok().or(self.what);
        }
        self
    }

    /// Replaces each number in the line that may be an address by a `?`.
    pub(crate) fn without_addresses(mut self) -> Self {
        self.what = self.what.and_then(|what| {
            let what = what.to_str().ok()?;
            CString::try_from_fmt(fmt!("{}", Masked(what))).ok()
        });
        self
    }

    /// The line for the log, if there is one: `SOURCE: column N: WHAT`.
    pub(crate) fn line(&self) -> Option<impl fmt::Display + '_> {
        self.what.as_ref().map(|what| LogLine {
            source: self.source.zip(self.column),
            what,
        })
    }

    /// The line for the file that the text was written to, with a space before it: `column N:
    /// WHAT`.
    pub(crate) fn file_line(&self) -> impl fmt::Display + '_ {
        FileLine(self)
    }

    /// The errno, for the program that asked.
    pub(crate) fn errno(&self) -> Error {
        self.errno
    }
}

impl From<Error> for Failure {
    /// An errno without a line, since it explains itself.
    fn from(errno: Error) -> Self {
        Self {
            errno,
            source: None,
            column: None,
            what: None,
        }
    }
}

impl From<AllocError> for Failure {
    fn from(_: AllocError) -> Self {
        ENOMEM.into()
    }
}

/// See [`Failure::line`].
struct LogLine<'a> {
    source: Option<(&'static str, usize)>,
    what: &'a CStr,
}

impl fmt::Display for LogLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((source, column)) = self.source {
            f.write_fmt(fmt!("{source}: column {column}: "))?;
        }
        f.write_fmt(fmt!("{}", self.what))
    }
}

/// See [`Failure::file_line`].
struct FileLine<'a>(&'a Failure);

impl fmt::Display for FileLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { column, what, .. } = self.0;
        let Some(what) = what else {
            return Ok(());
        };
        match column {
            Some(column) => f.write_fmt(fmt!(" column {column}: {}", &**what)),
            None => f.write_fmt(fmt!(" {}", &**what)),
        }
    }
}

/// A text of the user's, and where it was written.
#[derive(Clone, Copy)]
pub(crate) struct Written<'a> {
    /// The parameter or file.
    pub(crate) source: &'static str,
    /// Where in it the text begins, counted from 1.
    pub(crate) column: usize,
    /// The text.
    pub(crate) text: &'a [u8],
}

impl<'a> Written<'a> {
    /// All of the text in a parameter or file.
    pub(crate) fn whole(source: &'static str, text: &'a [u8]) -> Self {
        Self {
            source,
            column: 1,
            text,
        }
    }

    /// The error for a text that cannot be parsed.
    pub(crate) fn error(&self, error: ParseError) -> Failure {
        Failure::parse(self.source, error.at(self.column - 1))
    }

    /// The error for a text that is wrong for another reason.
    pub(crate) fn failure(&self, errno: Error, what: fmt::Arguments<'_>) -> Failure {
        Failure::at(errno, self.source, self.column, what)
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
    value.ok().map(|value| {
        if negative {
            value.wrapping_neg()
        } else {
            value
        }
    })
}

/// A text of the user's, escaped and cut so that an error can repeat it.
pub(crate) fn quote(text: &[u8]) -> Quote<'_> {
    Quote(text)
}

/// See [`quote`].
pub(crate) struct Quote<'a>(&'a [u8]);

impl fmt::Display for Quote<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, dots) = match self.0.get(..MAX_QUOTE) {
            Some(start) if start.len() < self.0.len() => (start, "..."),
            _ => (self.0, ""),
        };
        f.write_fmt(fmt!("{}{dots}", BStr::from_bytes(text)))
    }
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

/// `ELOOP`, which the kernel crate of 7.2 lacks.
#[allow(non_snake_case)]
pub(crate) fn ELOOP() -> Error {
    Error::from_errno(-(kernel::bindings::ELOOP as i32))
}
