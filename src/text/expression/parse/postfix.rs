// SPDX-License-Identifier: GPL-2.0

//! Parses what follows a value: members, operators between two values, commas, and closing
//! brackets.

use super::{
    operand::NO_ASSIGNMENT,
    parser::{
        Parser,
        Pending,
        State,
        What, //
    }, //
};
use crate::text::{
    cursor::{
        Cursor,
        ParseError, //
    },
    expression::{
        local::Declared,
        node::{
            Branch,
            Node,
            NodeKind, //
        },
        operator::{
            Binary,
            ASSIGNMENT,
            CONDITIONAL, //
        }, //
    },
    literal::Literal,
    name::NameText, //
};

const NOT_CALLED: &str = "only a function can be called, by its name";
const TOO_MANY_LOCALS: &str = "this program has too many locals";

impl<'a> Parser<'_, '_, 'a> {
    /// Takes what follows a value.
    pub(super) fn operator(&mut self) -> Result<State, ParseError> {
        let here = self.cursor;
        let column = here.column();
        let last = self.last();
        let mut next = here;
        match next.bump() {
            Some(b'-') if next.eat(b'>') => {
                self.cursor = next;
                self.has_members(last, here)?;
                let name = self.member()?;
                self.emit(NodeKind::Pointee(name), column, last.first)?;
                return Ok(State::Operator);
            }
            Some(b'.') => {
                self.cursor = next;
                self.has_members(last, here)?;
                let name = self.member()?;
                self.emit(NodeKind::Member(name), column, last.first)?;
                return Ok(State::Operator);
            }
            Some(b'[') => {
                self.cursor = next;
                self.has_members(last, here)?;
                return self.begin(What::Index, column, last.first);
            }
            Some(b'(') => return Err(here.error(NOT_CALLED)),
            Some(b'?') => {
                self.cursor = next;
                self.reduce(CONDITIONAL.saturating_add(1))?;
                let first = self.last().first;
                let branch = self.branch(Branch::Then, column)?;
                return self.begin(What::Question(branch), column, first);
            }
            Some(b':') => return self.colon(next),
            Some(b',') => return self.comma(next),
            Some(b')' | b']' | b'}') => return self.close(next),
            Some(sign @ (b'+' | b'-')) if next.eat(sign) => {
                if !self.is_program {
                    return Err(here.error(NO_ASSIGNMENT));
                }
                self.is_local(column)?;
                self.cursor = next;
                let (up, after) = (sign == b'+', true);
                self.emit(NodeKind::Step { up, after }, column, last.first)?;
                return Ok(State::Operator);
            }
            Some(b'=') if self.is_program && next.peek() != Some(b'=') => {
                self.cursor = next;
                return self.assign(None, column);
            }
            _ => {}
        }
        let Some(operator) = Binary::take(&mut self.cursor) else {
            return self.end(here);
        };
        if self.cursor.peek() == Some(b'=') {
            if !self.is_program {
                return Err(here.error(NO_ASSIGNMENT));
            }
            if !operator.assigns() {
                return Err(self.cursor.error("this operator cannot stand before `=`"));
            }
            self.cursor.bump();
            return self.assign(Some(operator), column);
        }
        self.reduce(operator.strength())?;
        let first = self.last().first;
        let branch = match operator {
            Binary::And => self.branch(Branch::And, column)?,
            Binary::Or => self.branch(Branch::Or, column)?,
            _ => 0,
        };
        self.begin(What::Binary(operator, branch), column, first)
    }

    /// Takes `=`, or `+=` and the like. This makes a name that is not a local yet a local.
    fn assign(&mut self, operator: Option<Binary>, column: usize) -> Result<State, ParseError> {
        self.reduce(ASSIGNMENT.saturating_add(1))?;
        let last = self.last();
        if let (NodeKind::Value(Literal::Name(name)), None) = (last.kind, operator) {
            let local = self.locals.add(name, Declared::Assigned, last.column, true);
            let number = local.ok_or(self.cursor.error(TOO_MANY_LOCALS))?;
            self.replace(NodeKind::Local(number, name));
        }
        self.is_local(column)?;
        self.begin(What::Assign(operator), column, last.first)
    }

    /// Fails if the value before `here` is a number.
    fn has_members(&self, value: Node<'a>, here: Cursor<'a>) -> Result<(), ParseError> {
        use Literal::*;
        match value.kind {
            NodeKind::Value(Integer { .. } | Char(_) | Bool(_) | Null) => {
                Err(here.error("what stands before this has no members and no elements"))
            }
            _ => Ok(()),
        }
    }

    /// Takes a colon, after which `next` is.
    pub(super) fn colon(&mut self, next: Cursor<'a>) -> Result<State, ParseError> {
        self.reduce(CONDITIONAL)?;
        let Some(Pending {
            what: What::Question(branch),
            column,
            first,
        }) = self.top()
        else {
            return Err(self
                .cursor
                .error("there is no question mark for this colon"));
        };
        let second = self.branch(Branch::Else, self.cursor.column())?;
        self.land(branch);
        self.pop();
        self.cursor = next;
        self.begin(What::Colon(second), column, first)
    }

    /// Takes a comma, after which `next` is, or leaves it for the list around the expression.
    pub(super) fn comma(&mut self, next: Cursor<'a>) -> Result<State, ParseError> {
        let Some(top) = self.settle()? else {
            return Ok(State::End);
        };
        match top.what {
            What::Call(name, count) => {
                self.pop();
                self.cursor = next;
                self.cursor.skip_blanks();
                if self.cursor.peek() == Some(b')') {
                    return Err(self.cursor.error("an argument is missing after the comma"));
                }
                let what = What::Call(name, count.saturating_add(1));
                self.begin(what, top.column, top.first)
            }
            What::ContainerOf(certain) => {
                self.pop();
                self.cursor = next;
                self.container_of(certain, top.column, top.first)
            }
            What::Field(name) => {
                self.pop();
                self.emit(NodeKind::Field(name), top.column, top.first)?;
                self.count_field();
                self.cursor = next;
                self.cursor.skip_blanks();
                match self.cursor.peek() {
                    Some(b'}') => Ok(State::Operator),
                    _ => self.label(),
                }
            }
            _ => Err(self.unexpected(top, self.cursor)),
        }
    }

    /// Takes a closing bracket, after which `next` is, or leaves it if no bracket is open.
    pub(super) fn close(&mut self, next: Cursor<'a>) -> Result<State, ParseError> {
        let here = self.cursor;
        let Some(mut top) = self.settle()? else {
            return Ok(State::End);
        };
        if let (What::Field(name), Some(b'}')) = (top.what, here.peek()) {
            self.pop();
            self.emit(NodeKind::Field(name), top.column, top.first)?;
            self.count_field();
            top = self.top().unwrap_or(Pending::EMPTY);
        }
        let (closing, kind) = match top.what {
            What::Group => (b')', None),
            What::Call(name, 1) if name == NameText::of("per_cpu_ptr") => {
                (b')', Some(NodeKind::PerCpuPointer))
            }
            What::Call(name, count) => (b')', Some(NodeKind::Call(name, count.saturating_add(1)))),
            What::PerCpu(name) => (b')', Some(NodeKind::PerCpu(name))),
            What::Index => (b']', Some(NodeKind::Index)),
            What::Length => (b']', Some(NodeKind::Buffer)),
            What::Braces(count) => (b'}', Some(NodeKind::Braces(count))),
            _ => return Err(self.unexpected(top, here)),
        };
        if here.peek() != Some(closing) {
            return Err(self.unexpected(top, here));
        }
        self.pop();
        self.cursor = next;
        match kind {
            Some(kind) => self.emit(kind, top.column, top.first)?,
            None => self.group(),
        }
        Ok(State::Operator)
    }

    /// Counts a member of the braces that are open.
    fn count_field(&mut self) {
        if let Some(What::Braces(count)) = self.top().map(|top| top.what) {
            self.set_top(What::Braces(count.saturating_add(1)));
        }
    }

    /// Ends the expression before something that is not an operator.
    pub(super) fn end(&mut self, here: Cursor<'a>) -> Result<State, ParseError> {
        match self.settle()? {
            None => Ok(State::End),
            Some(Pending {
                what: What::Argument(after),
                ..
            }) if here.at_end() => {
                self.pop();
                self.cursor = after;
                if let Some(expansion) = &mut self.expansion {
                    expansion.in_argument = false;
                }
                Ok(State::Operator)
            }
            Some(top) => Err(self.unexpected(top, here)),
        }
    }

    /// The error for something unexpected `here`, where `top` is open.
    fn unexpected(&self, top: Pending<'a>, here: Cursor<'a>) -> ParseError {
        let (never, what) = match top.what {
            What::Index | What::Length => (
                "this bracket is never closed",
                "expected an operator or `]` after this value",
            ),
            What::Braces(_) | What::Field(_) => (
                "this brace is never closed",
                "expected an operator, a comma or `}` after this value",
            ),
            What::ContainerOf(_) => (
                "this parenthesis is never closed",
                "expected a comma and a type: container_of(pointer, type, member)",
            ),
            What::Call(..) => (
                "the parenthesis of this call is never closed",
                "expected an operator, a comma or `)` after this argument",
            ),
            _ => (
                "this parenthesis is never closed",
                "expected an operator or `)` after this value",
            ),
        };
        if !here.at_end() {
            return here.error(what);
        }
        ParseError {
            column: top.column,
            what: never,
        }
    }
}
