// SPDX-License-Identifier: GPL-2.0

//! Choices in a query: `takes='struct pid *' limit=10`.

use super::cursor::{
    Cursor,
    ParseError, //
};

/// The choices in `text`, one after the other.
pub fn choices(text: &[u8]) -> Choices<'_> {
    Choices {
        cursor: Cursor::new(text),
    }
}

/// An iterator over choices: `key=value`, with spaces between. It ends after an error.
///
/// A value in quotes ends at the next quote. A value without quotes goes on to the next word with a
/// `=` in it, so that a type of several words needs no quotes.
#[derive(Clone, Debug)]
pub struct Choices<'a> {
    cursor: Cursor<'a>,
}

/// One choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice<'a> {
    /// Where its key begins, counted from 1.
    pub column: usize,
    /// Before the `=`.
    pub key: &'a str,
    /// After it.
    pub value: &'a [u8],
    /// Where the value begins, within its quotes.
    pub value_column: usize,
}

impl<'a> Iterator for Choices<'a> {
    type Item = Result<Choice<'a>, ParseError>;

    fn next(&mut self) -> Option<Self::Item> {
        skip_space(&mut self.cursor);
        if self.cursor.at_end() {
            return None;
        }
        let choice = self.choice();
        if choice.is_err() {
            self.cursor = Cursor::new(&[]);
        }
        Some(choice)
    }
}

impl core::iter::FusedIterator for Choices<'_> {}

impl<'a> Choices<'a> {
    fn choice(&mut self) -> Result<Choice<'a>, ParseError> {
        let column = self.cursor.column();
        let Some(key) = key(&mut self.cursor) else {
            return Err(self.cursor.error("a choice is written key=value"));
        };
        let start = self.cursor.column();
        let (value, value_column) = match self.cursor.peek() {
            Some(quote @ (b'\'' | b'"')) => (self.quoted(quote)?, start.saturating_add(1)),
            _ => (self.unquoted(), start),
        };
        Ok(Choice {
            column,
            key,
            value,
            value_column,
        })
    }

    fn quoted(&mut self, quote: u8) -> Result<&'a [u8], ParseError> {
        let open = self.cursor;
        self.cursor.bump();
        let value = self.cursor.take_while(|byte| byte != quote);
        if !self.cursor.eat(quote) {
            return Err(open.error("this quote is never closed"));
        }
        match self.cursor.peek() {
            Some(byte) if !byte.is_ascii_whitespace() => {
                Err(self.cursor.error("a space must follow this quote"))
            }
            _ => Ok(value),
        }
    }

    fn unquoted(&mut self) -> &'a [u8] {
        let start = self.cursor;
        let mut end = start;
        loop {
            let word = self.cursor.take_while(|byte| !byte.is_ascii_whitespace());
            if !word.is_empty() {
                end = self.cursor;
            }
            skip_space(&mut self.cursor);
            if self.cursor.at_end() || key(&mut { self.cursor }).is_some() {
                return start.until(&end);
            }
        }
    }
}

fn skip_space(cursor: &mut Cursor<'_>) {
    cursor.take_while(|byte| byte.is_ascii_whitespace());
}

/// Takes a key and the `=` after it, if both are there.
fn key<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let mut next = *cursor;
    let key = next.take_ascii(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if key.is_empty() || !next.eat(b'=') {
        return None;
    }
    *cursor = next;
    Some(key)
}
