// SPDX-License-Identifier: GPL-2.0

//! Parses the text of an expression into nodes without recursion: an operator or a bracket waits in
//! an array until its operands are there.

mod definition;
mod operand;
mod parser;
mod postfix;
mod reduce;
mod types;

pub(in crate::text) use self::{
    definition::{
        parameter,
        Expansion,
        MAX_LOOP_ARGUMENTS, //
    },
    parser::Parser, //
};

pub(super) use self::types::looks_like_type;

pub use self::parser::Pending;

use self::parser::State;

use crate::text::{
    cursor::{
        Cursor,
        ParseError, //
    },
    expression::node::{
        Node,
        NodeKind,
        Tree, //
    }, //
};

/// The arguments in `text`, as the operands of a [`NodeKind::Arguments`]. They and the parser's own
/// data must fit in the memory given.
pub fn expressions<'t, 'a>(
    text: &'a [u8],
    nodes: &'t mut [Node<'a>],
    pending: &mut [Pending<'a>],
) -> Result<Tree<'t, 'a>, ParseError> {
    let mut parser = Parser::new(Cursor::line(text), nodes, pending, None);
    parser.cursor.skip_blanks();
    let mut arguments = 0usize;
    if !parser.cursor.at_end() {
        loop {
            parser.whole()?;
            arguments = arguments.saturating_add(1);
            if !parser.cursor.eat(b',') {
                break;
            }
            parser.cursor.skip_blanks();
            if parser.cursor.at_end() {
                return Err(parser
                    .cursor
                    .error("an argument is missing after the comma"));
            }
        }
        if !parser.cursor.at_end() {
            return Err(parser
                .cursor
                .error("expected a comma or the end after this argument"));
        }
    }
    parser.emit(NodeKind::Arguments(arguments), 1, 0)?;
    Ok(parser.finish().0)
}

impl<'a> Parser<'_, '_, 'a> {
    /// Takes one expression, and the blanks after it.
    pub(in crate::text) fn whole(&mut self) -> Result<(), ParseError> {
        let mut state = State::Operand;
        while state != State::End {
            self.cursor.skip_blanks();
            state = match state {
                State::Operand => self.operand()?,
                _ => self.operator()?,
            };
        }
        Ok(())
    }
}
