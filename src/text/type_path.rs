// SPDX-License-Identifier: GPL-2.0

//! Paths from a type to a member or an element in it: `struct pid.numbers[0].nr`.

use super::{
    cursor::{
        is_word,
        Cursor,
        ParseError, //
    },
    prototype::{
        type_name,
        TypeName, //
    }, //
};
use core::fmt;

/// A type, and a path to something in an object of it.
#[derive(Clone, Debug)]
pub struct TypePath<'a> {
    /// The type.
    pub ty: TypeName<'a>,
    /// The path.
    pub steps: Steps<'a>,
}

/// Whether `text` begins with `struct`, `union` or `enum`.
pub fn is_tagged(text: &[u8]) -> bool {
    let mut cursor = Cursor::line(text);
    let word = cursor.take_while(|byte| byte.is_ascii_lowercase());
    matches!(word, b"struct" | b"union" | b"enum") && !cursor.at_end()
}

/// The type and the path in `text`: `struct task_struct`, `struct task_struct.se.vruntime`,
/// `atomic_t.counter`.
pub fn type_path(text: &[u8]) -> Result<TypePath<'_>, ParseError> {
    let start = Cursor::line(text);
    let mut cursor = start;
    let ty = cursor.take_while(|byte| !matches!(byte, b'.' | b'[' | b'-'));
    let path = TypePath {
        ty: type_name(ty)?,
        steps: Steps { cursor },
    };
    // The whole path is checked, so that a caller that follows it gets no error.
    match path.steps.clone().find_map(Result::err) {
        Some(error) => Err(error),
        None => Ok(path),
    }
}

/// The path to a member, as `offsetof` takes it: `signal.list[0].next`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberPath<'a>(&'a str);

impl<'a> MemberPath<'a> {
    /// Takes the path at `cursor`, up to a blank or a closing bracket.
    pub(super) fn take(cursor: &mut Cursor<'a>) -> Result<Self, ParseError> {
        let start = *cursor;
        let text = cursor.take_ascii(|byte| is_word(byte) || matches!(byte, b'.' | b'[' | b']'));
        let path = Self(text);
        let mut first = start;
        let name = first.take_ascii(is_word);
        if matches!(name.bytes().next(), None | Some(b'0'..=b'9')) {
            return Err(start.error("a member's name is missing here"));
        }
        match path.steps().find_map(Result::err) {
            Some(error) => Err(error.at(first.offset())),
            None => Ok(path),
        }
    }

    /// The first member.
    pub fn first(&self) -> &'a str {
        let end = self.0.find(['.', '[']).unwrap_or(self.0.len());
        self.0.get(..end).unwrap_or_default()
    }

    /// The steps after the first member.
    pub fn steps(&self) -> Steps<'a> {
        let rest = self.0.get(self.first().len()..).unwrap_or_default();
        Steps {
            cursor: Cursor::new(rest.as_bytes()),
        }
    }
}

impl fmt::Display for MemberPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// An iterator over the steps of a path. It ends after an error.
#[derive(Clone, Debug)]
pub struct Steps<'a> {
    cursor: Cursor<'a>,
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// To a member.
    Member(&'a str),
    /// Through a pointer, to a member of its target.
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
    /// The column of the next step in the text of the whole path.
    pub const fn column(&self) -> usize {
        self.cursor.column()
    }

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
        let name = self.cursor.take_ascii(is_word);
        if name.is_empty() {
            Err(self.cursor.error("a member's name is missing here"))
        } else {
            Ok(name)
        }
    }
}
