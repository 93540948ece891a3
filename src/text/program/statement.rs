// SPDX-License-Identifier: GPL-2.0

//! Parses statements without recursion: what is open around a statement waits in an array.

use super::for_each;
use crate::text::{
    cursor::{
        is_word,
        ParseError, //
    },
    expression::{
        Branch,
        Format,
        NodeKind,
        Parser, //
    }, //
};

const TOO_DEEP: &str = "these statements are nested too deeply";
const NOT_THE_END: &str = "expected an operator, a comma, `;` or the end after this value";

/// Something that the parser has begun around statements. The caller gives memory for these.
#[derive(Clone, Copy, Debug)]
pub struct Open {
    what: What,
    column: usize,
}

impl Open {
    /// What the memory for it is filled with.
    pub const EMPTY: Self = Self {
        what: What::Block { scope: 0 },
        column: 1,
    };
}

/// What is open. `scope` is how many locals there were before it.
#[derive(Clone, Copy, Debug)]
enum What {
    Block {
        scope: usize,
    },
    If {
        /// The branch that goes past the statement.
        branch: usize,
        /// Whether it is in a definition of ours, so that no `else` belongs to it.
        is_ours: bool,
    },
    Else {
        /// The branch that goes past the statement.
        branch: usize,
    },
    Loop {
        scope: usize,
        /// The index of the node with which the next turn begins.
        next: usize,
        /// The last of the branches that leave the loop. Until the loop is ended, each has the one
        /// before as its target.
        breaks: usize,
    },
    /// A loop that a definition of ours stands for.
    Definition {
        scope: usize,
    },
}

/// Not a target of any branch.
const NOWHERE: usize = usize::MAX;

/// The parser of statements.
pub(super) struct Statements<'t, 'p, 'a> {
    pub(super) parser: Parser<'t, 'p, 'a>,
    open: &'p mut [Open],
    depth: usize,
    /// How many statements were begun.
    pub(super) count: usize,
    /// How the last expression statement is shown, if it prints all of its columns.
    pub(super) format: Option<Format>,
}

impl<'t, 'p, 'a> Statements<'t, 'p, 'a> {
    pub(super) fn new(parser: Parser<'t, 'p, 'a>, open: &'p mut [Open]) -> Self {
        Self {
            parser,
            open,
            depth: 0,
            count: 0,
            format: None,
        }
    }

    /// Takes all statements.
    pub(super) fn all(&mut self) -> Result<(), ParseError> {
        self.take_all().map_err(|error| ParseError {
            column: self.parser.place(error.column),
            ..error
        })
    }

    fn take_all(&mut self) -> Result<(), ParseError> {
        loop {
            self.parser.cursor.skip_blanks();
            if !self.parser.cursor.at_end() {
                self.statement()?;
            } else if let Some(definition) = self.parser.expansion.take() {
                self.parser.cursor = definition.back;
            } else {
                break;
            }
        }
        match self.top() {
            None if self.count == 0 => Err(self.parser.cursor.error("a value is missing here")),
            None => Ok(()),
            Some(Open {
                what: What::Block { .. },
                column,
            }) => Err(ParseError {
                column,
                what: "this brace is never closed",
            }),
            Some(_) => Err(self.parser.cursor.error("a statement is missing here")),
        }
    }

    fn top(&self) -> Option<Open> {
        self.open.get(self.depth.checked_sub(1)?).copied()
    }

    fn begin(&mut self, what: What, column: usize) -> Result<(), ParseError> {
        let place = self.open.get_mut(self.depth).ok_or(ParseError {
            column,
            what: TOO_DEEP,
        })?;
        *place = Open { what, column };
        self.depth = self.depth.saturating_add(1);
        Ok(())
    }

    fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Opens the scope of a loop that is read from a definition.
    pub(super) fn begin_definition(&mut self, column: usize) -> Result<(), ParseError> {
        let scope = self.parser.locals.count();
        self.begin(What::Definition { scope }, column)
    }

    /// Takes a statement, or if it contains others, its beginning.
    #[inline(never)] // frame
    fn statement(&mut self) -> Result<(), ParseError> {
        let here = self.parser.cursor;
        let column = self.parser.place(here.column());
        self.count = self.count.saturating_add(1);
        let mut next = here;
        match next.bump() {
            Some(b'{') => {
                self.parser.cursor = next;
                let scope = self.parser.locals.count();
                return self.begin(What::Block { scope }, column);
            }
            Some(b'}') => {
                let Some(What::Block { scope }) = self.top().map(|top| top.what) else {
                    return Err(here.error("no brace is open that this one could close"));
                };
                self.parser.cursor = next;
                self.parser.locals.leave(scope);
                self.pop();
                return self.end();
            }
            Some(b';') => {
                self.parser.cursor = next;
                return self.end();
            }
            Some(b'/') => {
                let format = match next.take_while(is_word) {
                    b"x" => Format::Hexadecimal,
                    b"a" => Format::Address,
                    _ => return Err(here.error("a statement may begin with /x or /a")),
                };
                self.parser.cursor = next;
                return self.expression(format);
            }
            _ => {}
        }
        let mut next = here;
        let word = next.take_ascii(is_word);
        match word {
            "if" => {
                self.parser.cursor = next;
                let branch = self.condition()?;
                let is_ours = self.parser.expansion.is_some();
                self.begin(What::If { branch, is_ours }, column)
            }
            "while" => {
                self.parser.cursor = next;
                let scope = self.parser.locals.count();
                let next = self.parser.length;
                let breaks = self.condition()?;
                self.parser.aim(breaks, NOWHERE);
                let what = What::Loop {
                    scope,
                    next,
                    breaks,
                };
                self.begin(what, column)
            }
            "for" => {
                self.parser.cursor = next;
                self.for_loop(column)
            }
            "break" | "continue" => {
                self.parser.cursor = next;
                self.leave_loop(word == "break", column)?;
                self.semicolon()?;
                self.end()
            }
            "else" => Err(here.error("no `if` is open that this `else` could belong to")),
            "do" | "switch" | "goto" | "return" => {
                Err(here.error("not supported: use if, while, for, break and continue"))
            }
            _ => match for_each::find(word) {
                Some(definition) if self.parser.expansion.is_none() => {
                    self.parser.cursor = next;
                    self.take(b'(', "`(` must follow the name of a loop")?;
                    self.expand(definition, column)
                }
                _ if self.is_declaration() => {
                    self.declaration()?;
                    self.semicolon()?;
                    self.end()
                }
                _ => self.expression(Format::Plain).map_err(|error| {
                    if error.what == NOT_THE_END && for_each::is_named_so(word) {
                        here.error("no loop has this name here, but list_for_each_entry and others")
                    } else {
                        error
                    }
                }),
            },
        }
    }

    /// Takes a statement of one expression, or of several, which are columns.
    fn expression(&mut self, format: Format) -> Result<(), ParseError> {
        let start = self.parser.cursor.column();
        let (columns, dropped) = self.expressions(Some(format))?;
        self.semicolon()?;
        if columns != 0 {
            let first = self.parser.length;
            self.parser.emit(NodeKind::Print(columns), start, first)?;
        }
        self.format = (dropped == 0).then_some(format);
        self.end()
    }

    /// Takes expressions with commas between them. Returns how many are columns, which have a
    /// `format` and do not assign, and how many values are dropped.
    fn expressions(&mut self, format: Option<Format>) -> Result<(usize, usize), ParseError> {
        let (mut columns, mut dropped) = (0usize, 0usize);
        loop {
            self.parser.cursor.skip_blanks();
            let first = self.parser.length;
            let column = self.parser.cursor.column();
            self.parser.whole()?;
            let (count, kind) = match format.filter(|_| !self.parser.assigns()) {
                Some(format) => (&mut columns, NodeKind::Column(format)),
                None => (&mut dropped, NodeKind::Drop),
            };
            *count = count.saturating_add(1);
            self.parser.emit(kind, column, first)?;
            if !self.parser.cursor.eat(b',') {
                return Ok((columns, dropped));
            }
        }
    }

    /// Takes the semicolon after a statement, which the last one does not need.
    fn semicolon(&mut self) -> Result<(), ParseError> {
        self.parser.cursor.skip_blanks();
        let here = self.parser.cursor;
        if self.parser.cursor.eat(b';') || here.at_end() || here.peek() == Some(b'}') {
            Ok(())
        } else {
            Err(here.error(NOT_THE_END))
        }
    }

    /// Takes this byte, or fails with `missing`. Returns its column.
    fn take(&mut self, byte: u8, missing: &'static str) -> Result<usize, ParseError> {
        self.parser.cursor.skip_blanks();
        let here = self.parser.cursor;
        if self.parser.cursor.eat(byte) {
            Ok(here.column())
        } else {
            Err(here.error(missing))
        }
    }

    /// Takes a condition in parentheses. Returns the branch that is taken if it is false.
    fn condition(&mut self) -> Result<usize, ParseError> {
        let open = self.take(b'(', "a condition in parentheses must follow")?;
        self.parser.whole()?;
        self.close(open)?;
        self.parser.branch(Branch::Then, open)
    }

    /// Takes the parenthesis after what was opened at `column`.
    fn close(&mut self, column: usize) -> Result<(), ParseError> {
        self.parser.cursor.skip_blanks();
        let here = self.parser.cursor;
        if self.parser.cursor.eat(b')') {
            Ok(())
        } else if here.at_end() {
            Err(ParseError {
                column,
                what: "this parenthesis is never closed",
            })
        } else {
            Err(here.error("expected an operator or `)` after this value"))
        }
    }

    /// Takes what follows `for`. The nodes of the last part come before those of the statement,
    /// though they are evaluated after them.
    fn for_loop(&mut self, column: usize) -> Result<(), ParseError> {
        let scope = self.parser.locals.count();
        let open = self.take(b'(', "`(` must follow `for`")?;
        self.parser.cursor.skip_blanks();
        if self.is_declaration() {
            self.declaration()?;
        } else {
            self.values(b';')?;
        }
        self.part()?;
        let mut next = self.parser.length;
        let mut breaks = NOWHERE;
        if self.parser.cursor.peek() != Some(b';') {
            self.parser.whole()?;
            breaks = self.parser.branch(Branch::Then, column)?;
            self.parser.aim(breaks, NOWHERE);
        }
        self.part()?;
        if self.parser.cursor.peek() != Some(b')') {
            let body = self.parser.branch(Branch::Jump, column)?;
            let step = self.parser.length;
            self.values(b')')?;
            let again = self.parser.branch(Branch::Jump, column)?;
            self.parser.aim(again, next);
            self.parser.land(body);
            next = step;
        }
        self.close(open)?;
        let what = What::Loop {
            scope,
            next,
            breaks,
        };
        self.begin(what, column)
    }

    /// Takes the semicolon between two parts of a `for`.
    fn part(&mut self) -> Result<(), ParseError> {
        self.take(
            b';',
            "expected an operator or `;`: for (first; condition; step)",
        )?;
        self.parser.cursor.skip_blanks();
        Ok(())
    }

    /// Takes expressions up to `end`. Their values are dropped.
    fn values(&mut self, end: u8) -> Result<(), ParseError> {
        if self.parser.cursor.peek() != Some(end) {
            self.expressions(None)?;
        }
        Ok(())
    }

    /// Adds a branch out of the innermost loop, or to its next turn.
    fn leave_loop(&mut self, is_break: bool, column: usize) -> Result<(), ParseError> {
        let branch = self.parser.branch(Branch::Jump, column)?;
        let open = self.open.get_mut(..self.depth).unwrap_or_default();
        let innermost = open.iter_mut().rev().find_map(|open| match &mut open.what {
            What::Loop { next, breaks, .. } => Some((*next, breaks)),
            _ => None,
        });
        let Some((next, breaks)) = innermost else {
            let what = "no loop is open that this could belong to";
            return Err(ParseError { column, what });
        };
        if is_break {
            let before = core::mem::replace(breaks, branch);
            self.parser.aim(branch, before);
        } else {
            self.parser.aim(branch, next);
        }
        Ok(())
    }

    /// Ends everything whose last part is the statement that was taken.
    fn end(&mut self) -> Result<(), ParseError> {
        while let Some(Open { what, column }) = self.top() {
            match what {
                What::Block { .. } => break,
                What::Definition { .. } if self.parser.expansion.is_some() => break,
                What::Definition { scope } => self.parser.locals.leave(scope),
                What::If { branch, is_ours } => {
                    self.parser.cursor.skip_blanks();
                    let mut next = self.parser.cursor;
                    if !is_ours && next.take_while(is_word) == b"else" {
                        self.parser.cursor = next;
                        let past = self.parser.branch(Branch::Jump, column)?;
                        self.parser.land(branch);
                        self.pop();
                        return self.begin(What::Else { branch: past }, column);
                    }
                    self.parser.land(branch);
                }
                What::Else { branch } => self.parser.land(branch),
                What::Loop {
                    scope,
                    next,
                    breaks,
                } => {
                    let again = self.parser.branch(Branch::Jump, column)?;
                    self.parser.aim(again, next);
                    let mut branch = breaks;
                    while branch != NOWHERE {
                        branch = self.parser.aim(branch, self.parser.length);
                    }
                    self.parser.locals.leave(scope);
                }
            }
            self.pop();
        }
        Ok(())
    }
}
