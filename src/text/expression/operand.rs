// SPDX-License-Identifier: GPL-2.0

//! What a value begins with: literals, names, calls, operators before a value, and brackets.

use super::{
    cast::{
        is_cast,
        is_word, //
    },
    node::NodeKind,
    operator::Unary,
    parser::{
        Parser,
        State,
        What, //
    }, //
};
use crate::text::{
    cursor::{
        Cursor,
        ParseError, //
    },
    literal::{
        character,
        integer,
        Literal,
        StringLiteral,
        FLOAT, //
    },
    name,
    prototype, //
};

const UNSAFE: &str =
    "`unsafe` stands before a whole expression of the file `call`; elsewhere it is unsafe_call=1";
const NO_VALUE: &str =
    "expected a value: a number, 'c', \"string\", NULL, a name, a call, &symbol, * or (";
const NO_TYPE: &str = "a type can only stand in a cast or in sizeof: (long)value";
const NO_MEMBER: &str = "a member's name must follow";
const BRACES: &str =
    "braces can only be a whole argument, or the value of a member in other braces";
const NO_LABEL: &str = "in braces every value has its member before it: { .member = value }";
/// What `++`, `--` and `=` get.
pub(super) const NO_ASSIGNMENT: &str = "nothing can be assigned to, so there are no ++, -- and =";

impl<'a> Parser<'_, '_, 'a> {
    /// Takes what a value begins with.
    pub(super) fn operand(&mut self) -> Result<State, ParseError> {
        let here = self.cursor;
        let column = here.column();
        let Some(byte) = here.peek() else {
            return Err(here.error("a value is missing here"));
        };
        match byte {
            b'0'..=b'9' => {
                let value = integer(&mut self.cursor)?;
                return self.leaf(NodeKind::Value(value), column);
            }
            b'\'' => {
                let value = character(&mut self.cursor)?;
                return self.leaf(NodeKind::Value(Literal::Char(value)), column);
            }
            b'"' => {
                let value = StringLiteral::parse(&mut self.cursor)?;
                return self.leaf(NodeKind::Value(Literal::String(value)), column);
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => return self.word(),
            b'&' => return self.address(),
            b'(' => return self.parenthesis(),
            b'{' => return self.braces(),
            b'$' => return self.history(),
            b'.' => return Err(here.error(FLOAT)),
            b',' => return Err(here.error("an argument is missing before this comma")),
            b')' => return Err(here.error("a value is missing before this parenthesis")),
            b']' => return Err(here.error("a value is missing before this bracket")),
            _ => {}
        }
        let operator = match byte {
            b'*' => Unary::Dereference,
            b'-' => Unary::Minus,
            b'+' => Unary::Plus,
            b'~' => Unary::Complement,
            b'!' => Unary::Not,
            _ => return Err(here.error(NO_VALUE)),
        };
        self.cursor.bump();
        if matches!(byte, b'-' | b'+') && self.cursor.peek() == Some(byte) {
            return Err(here.error(NO_ASSIGNMENT));
        }
        if matches!(byte, b'-' | b'+') && self.cursor.at_end() {
            return Err(self.cursor.error("a value must follow the sign"));
        }
        self.begin(What::Unary(operator), column, self.length)
    }

    /// Takes a name, and if it is a function's, the parenthesis.
    pub(super) fn word(&mut self) -> Result<State, ParseError> {
        let here = self.cursor;
        let column = here.column();
        let colons = !self.in_question();
        // The compiler makes names with dots in them.
        let mut after = here;
        let called = after.take_while(|byte| {
            is_word(byte) || matches!(byte, b'.' | b'$') || (byte == b':' && colons)
        });
        after.skip_blanks();
        let is_call = after.eat(b'(');
        let word = self.cursor.take_ascii(is_word);
        if word == "unsafe" {
            return Err(here.error(UNSAFE));
        }
        if prototype::begins_type(word) {
            return Err(here.error(NO_TYPE));
        }
        if is_call {
            match called {
                b"sizeof" => return self.size_of(after, column),
                b"per_cpu" => return self.per_cpu(after, column),
                _ => {}
            }
            self.cursor = after;
            let name = name::name(Cursor::new(called)).map_err(|error| error.at(here.offset()))?;
            self.cursor.skip_blanks();
            if self.cursor.eat(b')') {
                return self.leaf(NodeKind::Call(name, 0), column);
            }
            return self.begin(What::Call(name, 0), column, self.length);
        }
        let mut second = self.cursor;
        if colons && second.eat(b':') {
            let symbol = second.take_ascii(is_word);
            if !symbol.is_empty() {
                let end = second.offset().saturating_sub(here.offset());
                let name = called.get(..end).unwrap_or_default();
                let name =
                    name::name(Cursor::new(name)).map_err(|error| error.at(here.offset()))?;
                self.cursor = second;
                return self.leaf(NodeKind::Symbol(name), column);
            }
        }
        let value = match word {
            "sizeof" => {
                return Err(self
                    .cursor
                    .error("sizeof takes a type: sizeof(struct page)"))
            }
            "out" => {
                self.cursor.skip_blanks();
                if self.cursor.eat(b'[') {
                    return self.begin(What::Length, column, self.length);
                }
                return self.leaf(NodeKind::Out, column);
            }
            "true" => Literal::Bool(true),
            "false" => Literal::Bool(false),
            "NULL" => Literal::Null,
            name => Literal::Name(name),
        };
        self.leaf(NodeKind::Value(value), column)
    }

    /// Takes the type of a `sizeof`, whose parenthesis ends at `after`.
    fn size_of(&mut self, after: Cursor<'a>, column: usize) -> Result<State, ParseError> {
        self.cursor = after;
        let ty = prototype::cast(&mut self.cursor)?;
        self.leaf(NodeKind::SizeOf(ty), column)
    }

    /// Takes the first argument of a `per_cpu`, whose parenthesis ends at `after`.
    pub(super) fn per_cpu(
        &mut self,
        after: Cursor<'a>,
        column: usize,
    ) -> Result<State, ParseError> {
        self.cursor = after;
        self.cursor.skip_blanks();
        let here = self.cursor;
        let name = self.cursor.take_while(is_in_symbol);
        let name = name::name(Cursor::new(name)).map_err(|error| error.at(here.offset()))?;
        self.cursor.skip_blanks();
        if !self.cursor.eat(b',') {
            return Err(self
                .cursor
                .error("expected a comma and the CPU's number: per_cpu(name, cpu)"));
        }
        self.begin(What::PerCpu(name), column, self.length)
    }

    /// Takes `&`, and the symbol after it if nothing more follows.
    pub(super) fn address(&mut self) -> Result<State, ParseError> {
        let here = self.cursor;
        let column = here.column();
        self.cursor.bump();
        if self.cursor.peek() == Some(b'&') {
            return Err(here.error("a value is missing before this operator"));
        }
        self.cursor.skip_blanks();
        let start = self.cursor;
        let colons = !self.in_question();
        let mut after = start;
        let name = after.take_while(|byte| is_in_symbol(byte) && (byte != b':' || colons));
        let mut next = after;
        next.skip_blanks();
        let mut arrow = next;
        let goes_on =
            matches!(next.peek(), Some(b'(' | b'[')) || arrow.eat(b'-') && arrow.eat(b'>');
        match start.peek() {
            Some(b'(' | b'*' | b'$') => {}
            _ if name.is_empty() => {
                return Err(start.error("a symbol's name must follow `&`"));
            }
            _ if goes_on => {}
            _ => {
                self.cursor = after;
                let name =
                    name::name(Cursor::new(name)).map_err(|error| error.at(start.offset()))?;
                return self.leaf(NodeKind::Value(Literal::Address(name)), column);
            }
        }
        self.begin(What::Unary(Unary::Address), column, self.length)
    }

    /// Takes a parenthesis: a whole cast, or the one that opens a group.
    pub(super) fn parenthesis(&mut self) -> Result<State, ParseError> {
        let column = self.cursor.column();
        self.cursor.bump();
        if is_cast(self.cursor) {
            let ty = prototype::cast(&mut self.cursor)?;
            return self.begin(What::Cast(ty), column, self.length);
        }
        self.begin(What::Group, column, self.length)
    }

    /// Takes `{`, and if it is not empty, its first label.
    pub(super) fn braces(&mut self) -> Result<State, ParseError> {
        let here = self.cursor;
        let allowed = match self.top() {
            None => self.list,
            Some(top) => matches!(top.what, What::Call(..) | What::Field(_)),
        };
        if !allowed {
            return Err(here.error(BRACES));
        }
        self.cursor.bump();
        self.cursor.skip_blanks();
        if self.cursor.eat(b'}') {
            return self.leaf(NodeKind::Braces(0), here.column());
        }
        self.begin(What::Braces(0), here.column(), self.length)?;
        self.label()
    }

    /// Takes `.member =`.
    pub(super) fn label(&mut self) -> Result<State, ParseError> {
        self.cursor.skip_blanks();
        let here = self.cursor;
        if !self.cursor.eat(b'.') {
            return Err(here.error(NO_LABEL));
        }
        let name = self.member()?;
        self.cursor.skip_blanks();
        if !self.cursor.eat(b'=') {
            return Err(self
                .cursor
                .error("`=` and a value must follow the member's name"));
        }
        self.begin(What::Field(name), here.column(), self.length)
    }

    /// Takes the name of a member.
    pub(super) fn member(&mut self) -> Result<&'a str, ParseError> {
        self.cursor.skip_blanks();
        let here = self.cursor;
        let name = self.cursor.take_ascii(is_word);
        match name.bytes().next() {
            None | Some(b'0'..=b'9') => Err(here.error(NO_MEMBER)),
            Some(_) => Ok(name),
        }
    }

    /// Takes `$` or `$1`.
    fn history(&mut self) -> Result<State, ParseError> {
        let here = self.cursor;
        self.cursor.bump();
        let digits = self.cursor;
        let number = self.cursor.take_ascii(is_word);
        let number = match number {
            "" => None,
            _ => match number.parse() {
                Ok(number) => Some(number),
                Err(_) => {
                    return Err(digits.error("a number must follow `$`, or nothing"));
                }
            },
        };
        self.leaf(NodeKind::History(number), here.column())
    }
}

/// Whether a symbol's name after `&`, perhaps with its module's, can have this byte.
const fn is_in_symbol(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'.' | b'$' | b':')
}
