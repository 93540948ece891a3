// SPDX-License-Identifier: GPL-2.0

//! From text to the nodes of an expression, without recursion: what is begun waits in an array of
//! its own until what it is made of is there.

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
        is_word,
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

/// The expression in `text`, perhaps with a semicolon, and whether `unsafe` stands before it. It
/// and the parser's own data must fit in the memory given.
pub fn expression<'t, 'a>(
    text: &'a [u8],
    nodes: &'t mut [Node<'a>],
    pending: &mut [Pending<'a>],
) -> Result<(Tree<'t, 'a>, bool), ParseError> {
    let mut parser = Parser::new(Cursor::line(text), nodes, pending, None);
    parser.list = false;
    parser.cursor.skip_blanks();
    let mut after = parser.cursor;
    let vouched = after.take_while(is_word) == b"unsafe";
    if vouched {
        parser.cursor = after;
    }
    parser.whole()?;
    parser.cursor.eat(b';');
    parser.cursor.skip_blanks();
    if parser.cursor.at_end() {
        Ok((parser.finish().0, vouched))
    } else {
        Err(parser
            .cursor
            .error("expected an operator or the end after this expression"))
    }
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
