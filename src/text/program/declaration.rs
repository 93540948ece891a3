// SPDX-License-Identifier: GPL-2.0

//! Declarations: `int i = 0, *p;`, `struct kstat stat;`, `unsigned long loads[3];`, `auto x = f();`

use super::statement::Statements;
use crate::text::{
    cursor::{
        is_word,
        Cursor,
        ParseError, //
    },
    expression::{
        Declared,
        NodeKind, //
    },
    prototype::{
        self,
        TypeName, //
    }, //
};

/// Words that have a special meaning in values.
const WORDS: [&str; 9] = [
    "NULL",
    "container_of",
    "false",
    "offsetof",
    "out",
    "per_cpu",
    "sizeof",
    "true",
    "unsafe",
];

impl<'a> Statements<'_, '_, 'a> {
    /// Whether a declaration begins here: a word with which only a type begins; or two words,
    /// between which there may be stars if `=` follows.
    pub(super) fn is_declaration(&self) -> bool {
        let mut cursor = self.parser.cursor;
        let word = cursor.take_ascii(is_word);
        if matches!(word, "auto" | "typeof" | "__typeof__") || prototype::begins_type(word) {
            return true;
        }
        if !self.is_free(word) {
            return false;
        }
        cursor.skip_blanks();
        let stars = cursor.take_while(|byte| matches!(byte, b'*' | b' ' | b'\t'));
        let is_name = self.is_free(cursor.take_ascii(is_word));
        cursor.skip_blanks();
        is_name && (stars.is_empty() || cursor.eat(b'=') && cursor.peek() != Some(b'='))
    }

    /// Whether a word can be the name of a new local.
    fn is_free(&self, word: &str) -> bool {
        !matches!(word.bytes().next(), None | Some(b'0'..=b'9'))
            && prototype::is_name(word)
            && !WORDS.contains(&word)
    }

    /// Takes a declaration up to its semicolon.
    pub(super) fn declaration(&mut self) -> Result<(), ParseError> {
        let mut next = self.parser.cursor;
        let base = if next.take_ascii(is_word) == "auto" {
            self.parser.cursor = next;
            None
        } else {
            Some(self.parser.base_type()?)
        };
        loop {
            let number = self.declarator(base)?;
            self.parser.cursor.skip_blanks();
            let mut value = self.parser.cursor;
            if value.eat(b'=') {
                self.parser.cursor = value;
                self.first_value(number)?;
            } else if base.is_none() {
                let what = "`auto` takes the type of a value: auto name = value";
                return Err(value.error(what));
            }
            self.parser.locals.show(number);
            self.parser.cursor.skip_blanks();
            if !self.parser.cursor.eat(b',') {
                return Ok(());
            }
        }
    }

    /// Takes the pointers, the name and the length in a declaration. Returns the number of the new
    /// local.
    pub(super) fn declarator(&mut self, base: Option<TypeName<'a>>) -> Result<usize, ParseError> {
        let mut ty = base;
        if let Some(ty) = &mut ty {
            prototype::pointers(&mut self.parser.cursor, ty)?;
        }
        self.parser.cursor.skip_blanks();
        let here = self.parser.cursor;
        let mut name = self.parser.cursor.take_ascii(is_word);
        // In a definition of ours the name may be the user's.
        let mut column = self.parser.place(here.column());
        if let Some(argument) = self.parser.definition().and_then(|it| it.argument(name)) {
            let mut argument = argument;
            argument.skip_blanks();
            column = argument.column();
            name = argument.take_ascii(is_word);
        }
        if !self.is_free(name) {
            return Err(here.error("expected the name of a local"));
        }
        let declared = match ty {
            None => Declared::Auto,
            Some(ty) if ty.is_void() => return Err(here.error("a local cannot be void")),
            Some(ty) => match length(&mut self.parser.cursor)? {
                0 => Declared::Type(ty),
                length => Declared::Array(ty, length),
            },
        };
        let locals = &mut self.parser.locals;
        let number = locals.add(name, declared, column, false);
        let number = number.ok_or(here.error("this program has too many locals"))?;
        let first = self.parser.length;
        self.parser.emit(NodeKind::Declare(number), column, first)?;
        Ok(number)
    }

    /// Takes the first value of a local.
    fn first_value(&mut self, number: usize) -> Result<(), ParseError> {
        let column = self.parser.cursor.column();
        let first = self.parser.length;
        let name = self.parser.locals.name(number);
        let local = NodeKind::Local(number, name);
        self.parser.emit(local, column, first)?;
        self.parser.whole()?;
        self.parser.emit(NodeKind::Assign(None), column, first)?;
        self.parser.emit(NodeKind::Drop, column, first)
    }
}

/// Takes the length of an array, in brackets; 0 if there is none.
fn length(cursor: &mut Cursor<'_>) -> Result<usize, ParseError> {
    cursor.skip_blanks();
    let here = *cursor;
    if !cursor.eat(b'[') {
        return Ok(0);
    }
    let digits = cursor.take_ascii(|byte| byte.is_ascii_digit());
    match digits.parse() {
        Ok(length @ 1..=0xffff) if cursor.eat(b']') => Ok(length),
        _ => Err(here.error("the length of an array is a number, [1] to [65535]")),
    }
}
