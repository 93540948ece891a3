// SPDX-License-Identifier: GPL-2.0

//! The place in a text that a parser has reached, and its errors.

use core::fmt;

/// What is wrong with a text, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The byte it is about, counted from 1; one more than there are bytes is the end of the text.
    pub column: usize,
    /// What is wrong there, and unless that is obvious, what to write instead.
    pub what: &'static str,
}

impl ParseError {
    /// The same error, in a text that has `offset` bytes before the text of this error.
    #[must_use]
    pub const fn at(self, offset: usize) -> Self {
        Self {
            column: self.column.saturating_add(offset),
            what: self.what,
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.what)
    }
}

/// A place in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
    offset: usize,
    /// Whether newlines and comments are blanks.
    lines: bool,
}

impl<'a> Cursor<'a> {
    /// The beginning of `text`.
    pub(super) const fn new(text: &'a [u8]) -> Self {
        Self {
            rest: text,
            offset: 0,
            lines: false,
        }
    }

    /// The beginning of `text`, without a newline at its very end.
    pub(super) fn line(text: &'a [u8]) -> Self {
        Self::new(text.strip_suffix(b"\n").unwrap_or(text))
    }

    /// The beginning of `text`, in which newlines and comments are blanks.
    pub(super) const fn lines(text: &'a [u8]) -> Self {
        Self {
            rest: text,
            offset: 0,
            lines: true,
        }
    }

    /// The same place in a text that ends at `end`, a later place.
    pub(super) fn up_to(&self, end: &Self) -> Self {
        Self {
            rest: self.until(end),
            ..*self
        }
    }

    /// The byte here, counted from 1.
    pub(super) const fn column(&self) -> usize {
        self.offset.saturating_add(1)
    }

    /// How many bytes are before this place.
    pub(super) const fn offset(&self) -> usize {
        self.offset
    }

    /// The error `what`, here.
    pub(super) const fn error(&self, what: &'static str) -> ParseError {
        ParseError {
            column: self.column(),
            what,
        }
    }

    /// Whether nothing follows.
    pub(super) const fn at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next byte.
    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Goes past the next byte.
    pub(super) fn bump(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        self.offset = self.offset.saturating_add(1);
        Some(byte)
    }

    /// Goes past the next byte if it is `byte`. Returns whether it was.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.bump();
        }
        found
    }

    /// Goes past all bytes up to the first that is not `wanted`.
    pub(super) fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let start = *self;
        while self.peek().is_some_and(&wanted) {
            self.bump();
        }
        start.until(self)
    }

    /// Like [`Self::take_while`]; only ASCII is `wanted`.
    pub(super) fn take_ascii(&mut self, wanted: impl Fn(u8) -> bool) -> &'a str {
        ascii(self.take_while(|byte| byte.is_ascii() && wanted(byte)))
    }

    /// Goes past spaces and tabs, and past newlines and comments if they are blanks here.
    pub(super) fn skip_blanks(&mut self) {
        self.take_while(|byte| matches!(byte, b' ' | b'\t'));
        while self.lines {
            self.take_while(|byte| byte.is_ascii_whitespace());
            if !self.rest.starts_with(b"//") {
                return;
            }
            self.take_while(|byte| byte != b'\n');
        }
    }

    /// The text between here and a later place.
    pub(super) fn until(&self, later: &Self) -> &'a [u8] {
        let length = self.rest.len().saturating_sub(later.rest.len());
        self.rest.get(..length).unwrap_or_default()
    }
}

/// `text` as a string; the caller knows that it is ASCII.
pub(super) fn ascii(text: &[u8]) -> &str {
    core::str::from_utf8(text).unwrap_or_default()
}

/// Whether a name can have this byte.
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
