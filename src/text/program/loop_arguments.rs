// SPDX-License-Identifier: GPL-2.0

//! Parses the arguments of the kernel's own loops, which replace the parameters in their
//! definitions.

use super::{
    for_each::Definition,
    statement::Statements, //
};
use crate::text::{
    cursor::{
        is_word,
        Cursor,
        ParseError, //
    },
    expression::{
        parameter,
        Expansion,
        MAX_LOOP_ARGUMENTS, //
    },
    prototype, //
};

impl<'a> Statements<'_, '_, 'a> {
    /// Takes the arguments of a loop, after its opening parenthesis, and continues in its
    /// definition.
    pub(super) fn expand(
        &mut self,
        definition: Definition,
        column: usize,
    ) -> Result<(), ParseError> {
        let mut back = self.parser.cursor;
        let mut arguments = arguments(&mut back)?;
        self.begin_definition(column)?;
        let mut given = arguments.iter_mut();
        let mut parameters = definition.parameters;
        while let Some((_, is_local)) = parameter(&mut parameters) {
            let Some(argument) = given.next().and_then(Option::as_mut) else {
                return Err(back.error("this loop takes more arguments"));
            };
            if is_local {
                self.variable(argument)?;
            }
        }
        if let Some(more) = given.next().copied().flatten() {
            return Err(more.error("this loop takes fewer arguments"));
        }
        self.parser.expansion = Some(Expansion::new(
            definition.parameters,
            arguments.map(|argument| argument.unwrap_or(back)),
            column,
            back,
        ));
        self.parser.cursor = definition.body;
        Ok(())
    }

    /// Takes the local of a loop: a name, with or without a type before it. Leaves only the name in
    /// `argument`.
    fn variable(&mut self, argument: &mut Cursor<'a>) -> Result<(), ParseError> {
        argument.skip_blanks();
        self.parser.cursor = *argument;
        if self.is_declaration() || self.is_pointer(*argument) {
            let base = self.parser.base_type()?;
            *argument = self.parser.cursor;
            prototype::pointers(argument, &mut { base })?;
            let number = self.declarator(Some(base))?;
            self.parser.locals.show(number);
        } else {
            self.parser.cursor.take_while(is_word);
        }
        self.parser.cursor.skip_blanks();
        if self.parser.cursor.at_end() {
            Ok(())
        } else {
            let what = "expected a local: `name`, or with its type `struct type *name`";
            Err(self.parser.cursor.error(what))
        }
    }

    /// Whether a name, stars and another name follow: a declaration of a pointer.
    fn is_pointer(&self, mut cursor: Cursor<'_>) -> bool {
        let first = cursor.take_ascii(is_word);
        let stars = cursor.take_while(|byte| matches!(byte, b'*' | b' ' | b'\t'));
        !first.is_empty() && stars.contains(&b'*') && !cursor.take_ascii(is_word).is_empty()
    }
}

/// Takes arguments and the parenthesis after them.
fn arguments<'a>(
    cursor: &mut Cursor<'a>,
) -> Result<[Option<Cursor<'a>>; MAX_LOOP_ARGUMENTS], ParseError> {
    let open = *cursor;
    let mut arguments = [None; MAX_LOOP_ARGUMENTS];
    let mut count = 0usize;
    let mut start = *cursor;
    let mut depth = 0usize;
    loop {
        cursor.skip_blanks();
        let here = *cursor;
        match cursor.bump() {
            None => return Err(open.error("the parenthesis before this is never closed")),
            Some(b'(' | b'[' | b'{') => depth = depth.saturating_add(1),
            Some(b')' | b']' | b'}') if depth != 0 => depth = depth.saturating_sub(1),
            Some(quote @ (b'"' | b'\'')) => {
                while let Some(byte) = cursor.bump() {
                    if byte == b'\\' {
                        cursor.bump();
                    } else if byte == quote {
                        break;
                    }
                }
            }
            Some(byte @ (b',' | b')')) if depth == 0 => {
                let place = arguments.get_mut(count);
                *place.ok_or(start.error("this loop takes fewer arguments"))? =
                    Some(start.up_to(&here));
                count = count.saturating_add(1);
                if byte == b')' {
                    return Ok(arguments);
                }
                start = *cursor;
            }
            Some(_) => {}
        }
    }
}
