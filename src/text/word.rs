// SPDX-License-Identifier: GPL-2.0

//! Parses lists, globs, numbers and switches.

use super::cursor::{
    Cursor,
    ParseError, //
};

/// The items in `text`, one after the other.
pub fn list(text: &[u8]) -> List<'_> {
    let mut cursor = Cursor::line(text);
    cursor.skip_blanks();
    List {
        cursor,
        done: cursor.at_end(),
    }
}

/// An iterator over the items of a list: words, separated by commas. It ends after an error.
#[derive(Clone, Debug)]
pub struct List<'a> {
    cursor: Cursor<'a>,
    done: bool,
}

/// One item of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListItem<'a> {
    /// The column of its first byte.
    pub column: usize,
    /// Its text: printable ASCII without spaces or commas, and not empty.
    pub text: &'a str,
}

impl<'a> Iterator for List<'a> {
    type Item = Result<ListItem<'a>, ParseError>;

    fn next(&mut self) -> Option<Self::Item> {
        if core::mem::replace(&mut self.done, true) {
            return None;
        }
        Some(self.item())
    }
}

impl core::iter::FusedIterator for List<'_> {}

impl<'a> List<'a> {
    fn item(&mut self) -> Result<ListItem<'a>, ParseError> {
        self.cursor.skip_blanks();
        let column = self.cursor.column();
        let text = self
            .cursor
            .take_ascii(|byte| byte.is_ascii_graphic() && byte != b',');
        let end = self.cursor;
        self.cursor.skip_blanks();
        let comma = self.cursor.eat(b',');
        if text.is_empty() && (comma || end.at_end()) {
            return Err(end.error("an item is missing here; items are separated by one comma"));
        }
        if !comma && !self.cursor.at_end() {
            return Err(match self.cursor.peek() {
                Some(byte) if byte.is_ascii_graphic() => {
                    self.cursor.error("a comma must separate two items")
                }
                _ => self.cursor.error("only printable ASCII may be in an item"),
            });
        }
        self.done = !comma;
        Ok(ListItem { column, text })
    }
}

/// Checks that `pattern`, which begins in `column`, means the same to the user and to the kernel's
/// `glob_match()`, which treats an unclosed class as plain text and a backward range as empty.
pub fn glob(pattern: &str, column: usize) -> Result<(), ParseError> {
    classes(pattern.as_bytes()).map_err(|error| error.at(column.saturating_sub(1)))
}

fn classes(pattern: &[u8]) -> Result<(), ParseError> {
    let mut cursor = Cursor::new(pattern);
    if cursor.at_end() {
        return Err(cursor.error("a pattern is missing; `*` matches everything"));
    }
    loop {
        let start = cursor;
        match cursor.bump() {
            None => return Ok(()),
            Some(b'\\') if cursor.bump().is_none() => {
                return Err(start.error("a character must follow this backslash"));
            }
            Some(b'[') => {
                cursor.eat(b'!');
                class(&mut cursor, start)?;
            }
            Some(_) => {}
        }
    }
}

/// Takes the rest of a class that was opened at `open`. Its first character may be `]`.
fn class(cursor: &mut Cursor<'_>, open: Cursor<'_>) -> Result<(), ParseError> {
    let unterminated = open.error("this `[` is never closed; a plain one is written \\[");
    loop {
        let start = *cursor;
        let first = cursor.bump().ok_or(unterminated)?;
        let mut range = *cursor;
        if range.eat(b'-') && range.peek() != Some(b']') {
            let last = range.bump().ok_or(unterminated)?;
            if last < first {
                return Err(start.error("this range ends before it begins"));
            }
            *cursor = range;
        }
        if cursor.eat(b']') {
            return Ok(());
        }
    }
}

/// The decimal number in `text`.
pub fn number(text: &[u8]) -> Result<usize, ParseError> {
    let mut cursor = Cursor::line(text);
    cursor.skip_blanks();
    let start = cursor;
    let digits = cursor.take_ascii(|byte| byte.is_ascii_digit());
    cursor.skip_blanks();
    if !cursor.at_end() {
        return Err(cursor.error("not a decimal digit"));
    }
    if digits.is_empty() {
        return Err(start.error("a decimal number is missing"));
    }
    digits
        .bytes()
        .try_fold(0usize, |value, digit| {
            value
                .checked_mul(10)?
                .checked_add(digit.wrapping_sub(b'0').into())
        })
        .ok_or(start.error("this number is too large"))
}

/// The number with these hexadecimal digits, without a prefix.
pub fn hexadecimal(digits: &[u8]) -> Option<usize> {
    let digits = core::str::from_utf8(digits).ok()?;
    let plain = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    usize::from_str_radix(digits, 16).ok().filter(|_| plain)
}

/// Whether `text` means yes or no, in the words of the kernel's `kstrtobool()`.
pub fn switch(text: &[u8]) -> Result<bool, ParseError> {
    let mut cursor = Cursor::line(text);
    cursor.skip_blanks();
    let start = cursor;
    let word = cursor.take_while(|byte| !matches!(byte, b' ' | b'\t'));
    cursor.skip_blanks();
    let is = |known: &[&str]| {
        known
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
    };
    if !cursor.at_end() {
        Err(cursor.error("there is more than one word"))
    } else if is(&["1", "y", "yes", "t", "true", "on"]) {
        Ok(true)
    } else if is(&["0", "n", "no", "f", "false", "off"]) {
        Ok(false)
    } else {
        Err(start.error("expected 1, y or on; or 0, n or off"))
    }
}
