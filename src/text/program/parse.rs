// SPDX-License-Identifier: GPL-2.0

//! Parses the text of a program into nodes: the options at its beginning, then statements.

use super::statement::{
    Open,
    Statements, //
};
use crate::text::{
    cursor::{
        Cursor,
        ParseError, //
    },
    expression::{
        Format,
        Local,
        Locals,
        Node,
        NodeKind,
        Parser,
        Pending,
        Tree, //
    }, //
};

/// Memory in which a program and the data of its parser must fit.
pub struct Memory<'t, 'p, 'a> {
    /// For the nodes.
    pub nodes: &'t mut [Node<'a>],
    /// For the locals.
    pub locals: &'t mut [Local<'a>],
    /// For what the parser has begun in an expression.
    pub pending: &'p mut [Pending<'a>],
    /// For what the parser has begun around statements.
    pub open: &'p mut [Open],
}

/// A program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Program<'t, 'a> {
    /// The options before it.
    pub options: Options,
    /// Its nodes.
    pub tree: Tree<'t, 'a>,
    /// Its locals, by their numbers.
    pub locals: &'t [Local<'a>],
    /// How its value is shown, if it is a single expression that has one.
    single: Option<Format>,
}

/// The options that stand before a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `timeout=5`, in seconds; 0 is none.
    pub timeout: Option<usize>,
}

impl<'t, 'a> Program<'t, 'a> {
    /// If the program is a single expression with one value: that expression, and how to show its
    /// value.
    pub fn expression(&self) -> Option<(Tree<'t, 'a>, Format)> {
        Some((self.tree.column(), self.single?))
    }
}

/// The program in `text`.
pub fn program<'t, 'a>(
    text: &'a [u8],
    memory: Memory<'t, '_, 'a>,
) -> Result<Program<'t, 'a>, ParseError> {
    // Newlines at the end are a shell's: an error at the end is reported before them.
    let lines = text.iter().rev().take_while(|byte| **byte == b'\n').count();
    let text = text.get(..text.len().saturating_sub(lines));
    let mut cursor = Cursor::lines(text.unwrap_or_default());
    let options = options(&mut cursor)?;
    let locals = Locals::new(memory.locals);
    let parser = Parser::new(cursor, memory.nodes, memory.pending, Some(locals));
    let mut statements = Statements::new(parser, memory.open);
    statements.all()?;
    let single = match statements.parser.last().kind {
        NodeKind::Print(1) if statements.count == 1 => statements.format,
        _ => None,
    };
    let (tree, locals) = statements.parser.finish();
    Ok(Program {
        options,
        tree,
        locals,
        single,
    })
}

/// Takes the options before a program.
fn options(cursor: &mut Cursor<'_>) -> Result<Options, ParseError> {
    let mut options = Options::default();
    loop {
        cursor.skip_blanks();
        let mut next = *cursor;
        let word = next.take_while(|byte| byte.is_ascii_lowercase());
        if word != b"timeout" || !next.eat(b'=') || next.peek() == Some(b'=') {
            return Ok(options);
        }
        let value = next;
        let digits = next.take_ascii(|byte| byte.is_ascii_digit());
        match (digits.parse(), next.peek()) {
            (Ok(seconds), None | Some(b' ' | b'\t' | b'\n')) => {
                options.timeout = Some(seconds).filter(|seconds| *seconds != 0);
            }
            _ => return Err(value.error("a time limit is a number of seconds: timeout=5")),
        }
        *cursor = next;
    }
}
