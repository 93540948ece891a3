// SPDX-License-Identifier: GPL-2.0

//! What to find: choices such as `takes='struct pid *' limit=10`, and paths such as `struct pid.numbers[0].nr`.

use super::{
    cursor::Cursor,
    prototype::type_name,
    ParseError,
    TypeName, //
};

/// The choices in `text`, one after the other.
pub fn choices(text: &[u8]) -> Choices<'_> {
    Choices {
        cursor: Cursor::new(text),
    }
}

/// An iterator over choices: `key=value`, with spaces between. It ends after an error.
///
/// A value in quotes ends at the next one. One without goes on to the next word with a `=` in it, so that a type of
/// several words needs no quotes.
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
    /// Behind it.
    pub value: &'a [u8],
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
        let value = match self.cursor.peek() {
            Some(quote @ (b'\'' | b'"')) => self.quoted(quote)?,
            _ => self.unquoted(),
        };
        Ok(Choice { column, key, value })
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

/// Goes past a key and the `=` behind it, if there are both.
fn key<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let mut next = *cursor;
    let key = next.take_ascii(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if key.is_empty() || !next.eat(b'=') {
        return None;
    }
    *cursor = next;
    Some(key)
}

/// A type, and the way to something in an object of it.
#[derive(Clone, Debug)]
pub struct TypePath<'a> {
    /// The type.
    pub ty: TypeName<'a>,
    /// The way.
    pub steps: Steps<'a>,
}

/// Whether `text` begins with a word that only a type begins with.
pub fn is_tagged(text: &[u8]) -> bool {
    let mut cursor = Cursor::line(text);
    let word = cursor.take_while(|byte| byte.is_ascii_lowercase());
    matches!(word, b"struct" | b"union" | b"enum") && !cursor.at_end()
}

/// The type and the way in `text`: `struct task_struct`, `struct task_struct.se.vruntime`, `atomic_t.counter`.
pub fn type_path(text: &[u8]) -> Result<TypePath<'_>, ParseError> {
    let start = Cursor::line(text);
    let mut cursor = start;
    let ty = cursor.take_while(|byte| !matches!(byte, b'.' | b'[' | b'-'));
    let path = TypePath {
        ty: type_name(ty)?,
        steps: Steps { cursor },
    };
    // All of it is looked at, so that whoever goes along it meets no error.
    match path.steps.clone().find_map(Result::err) {
        Some(error) => Err(error),
        None => Ok(path),
    }
}

/// An iterator over steps, as C writes them. It ends after an error.
#[derive(Clone, Debug)]
pub struct Steps<'a> {
    cursor: Cursor<'a>,
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// To a member.
    Member(&'a str),
    /// Through a pointer, to a member of what is there.
    Pointee(&'a str),
    /// To an element.
    Element(usize),
}

impl<'a> Iterator for Steps<'a> {
    type Item = Result<Step<'a>, ParseError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.cursor.at_end() {
            return None;
        }
        let step = self.step();
        if step.is_err() {
            self.cursor = Cursor::new(&[]);
        }
        Some(step)
    }
}

impl core::iter::FusedIterator for Steps<'_> {}

impl<'a> Steps<'a> {
    fn step(&mut self) -> Result<Step<'a>, ParseError> {
        let start = self.cursor;
        match self.cursor.bump() {
            Some(b'.') => self.member().map(Step::Member),
            Some(b'-') if self.cursor.eat(b'>') => self.member().map(Step::Pointee),
            Some(b'[') => {
                let digits = self.cursor.take_ascii(|byte| byte.is_ascii_digit());
                let index = digits.parse();
                match (index, self.cursor.eat(b']')) {
                    (Ok(index), true) => Ok(Step::Element(index)),
                    _ => Err(start.error("an element is written [number]")),
                }
            }
            _ => Err(start.error("expected .member, ->member or [number]")),
        }
    }

    fn member(&mut self) -> Result<&'a str, ParseError> {
        let name = self
            .cursor
            .take_ascii(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        match name.is_empty() {
            true => Err(self.cursor.error("a member's name is missing here")),
            false => Ok(name),
        }
    }
}
