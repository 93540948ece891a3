// SPDX-License-Identifier: GPL-2.0

//! The kernel's own loops. Each has a definition in the language of programs, which is read in the
//! place of the loop, with the arguments in the place of its parameters.

use crate::text::cursor::{
    is_word,
    Cursor, //
};

/// The definitions. The file describes its own format.
const DEFINITIONS: &str = include_str!("for_each.txt");

/// The definition of a loop.
pub(super) struct Definition {
    /// Its parameters, separated by commas. `=` stands before one whose argument must be a local.
    pub(super) parameters: Cursor<'static>,
    /// The beginning of a statement; the user's statement after the loop completes it.
    pub(super) body: Cursor<'static>,
}

/// A part of the name of every loop.
const FOR_EACH: &str = "for_each";

/// Whether this is a name as loops have.
pub(super) fn is_named_so(name: &str) -> bool {
    name.contains(FOR_EACH)
}

/// The definition of the loop with this name.
pub(super) fn find(name: &str) -> Option<Definition> {
    // Most names are not of loops, and need no search.
    if !is_named_so(name) {
        return None;
    }
    let mut cursor = Cursor::lines(DEFINITIONS.as_bytes());
    loop {
        paragraph(&mut cursor)?;
        if cursor.take_ascii(is_word) != name || !cursor.eat(b'(') {
            continue;
        }
        let parameters = cursor;
        cursor.take_while(|byte| byte != b')');
        let parameters = parameters.up_to(&cursor);
        cursor.bump();
        let start = cursor;
        let _ = paragraph(&mut cursor);
        return Some(Definition {
            parameters,
            body: start.up_to(&cursor),
        });
    }
}

/// Goes to the next paragraph; `None` at the end.
fn paragraph(cursor: &mut Cursor<'_>) -> Option<()> {
    loop {
        cursor.take_while(|byte| byte != b'\n');
        cursor.bump()?;
        if cursor.eat(b'\n') {
            return Some(());
        }
    }
}
