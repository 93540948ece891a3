// SPDX-License-Identifier: GPL-2.0

//! The definition of a loop, while it is read in the place of the loop.

use crate::text::cursor::{
    is_word,
    Cursor, //
};

/// A definition of ours whose text is being read in the place of a loop that the user wrote.
#[derive(Clone, Copy)]
pub(in crate::text) struct Expansion<'a> {
    /// Its parameters, separated by commas.
    parameters: Cursor<'static>,
    /// The arguments.
    arguments: [Cursor<'a>; MAX_LOOP_ARGUMENTS],
    /// Where the loop was written.
    pub(in crate::text) column: usize,
    /// Where to continue in the user's text afterwards.
    pub(in crate::text) back: Cursor<'a>,
    /// Whether one of the arguments is being read.
    pub(in crate::text) in_argument: bool,
}

/// How many arguments a loop has at most.
pub(in crate::text) const MAX_LOOP_ARGUMENTS: usize = 4;

impl<'a> Expansion<'a> {
    /// The beginning of a definition.
    pub(in crate::text) const fn new(
        parameters: Cursor<'static>,
        arguments: [Cursor<'a>; MAX_LOOP_ARGUMENTS],
        column: usize,
        back: Cursor<'a>,
    ) -> Self {
        Self {
            parameters,
            arguments,
            column,
            back,
            in_argument: false,
        }
    }

    /// The argument for a parameter, if it is one.
    pub(in crate::text) fn argument(&self, name: &str) -> Option<Cursor<'a>> {
        let mut parameters = self.parameters;
        let mut arguments = self.arguments.iter();
        loop {
            let argument = arguments.next()?;
            if parameter(&mut parameters)?.0 == name {
                return Some(*argument);
            }
        }
    }
}

/// Takes a parameter of a definition: its name, and whether the argument must be a local, for which
/// `=` stands before it.
pub(in crate::text) fn parameter(cursor: &mut Cursor<'static>) -> Option<(&'static str, bool)> {
    cursor.take_while(|byte| matches!(byte, b' ' | b','));
    let is_local = cursor.eat(b'=');
    let name = cursor.take_ascii(is_word);
    (!name.is_empty()).then_some((name, is_local))
}
