// SPDX-License-Identifier: GPL-2.0

//! Parses the beginning of a value: literals, names, calls, operators before a value, and opening
//! brackets.

use super::{
    parser::{
        Parser,
        State,
        What, //
    },
    types::is_typeof, //
};
use crate::text::{
    cursor::{
        is_word,
        Cursor,
        ParseError, //
    },
    expression::{
        node::NodeKind,
        operator::Unary, //
    },
    literal::{
        character,
        integer,
        is_level,
        Literal,
        StringLiteral,
        FLOAT, //
    },
    name::{
        self,
        NameText, //
    },
    prototype, //
};

const NO_VALUE: &str =
    "expected a value: a number, 'c', \"string\", NULL, a name, a call, &symbol, * or (";
const NO_TYPE: &str = "a type can only stand in a cast, a declaration or sizeof: (long)value";
const NO_MEMBER: &str = "a member's name must follow";
const BRACES: &str =
    "braces can only be a whole argument, or the value of a member in other braces";
const NO_LABEL: &str = "in braces every value has its member before it: { .member = value }";
/// The error for `++`, `--` and `=`.
pub(super) const NO_ASSIGNMENT: &str = "nothing can be assigned to, so there are no ++, -- and =";

impl<'a> Parser<'_, '_, 'a> {
    /// Takes the beginning of a value.
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
            b'.' if next_is_digit(here) => return Err(here.error(FLOAT)),
            b'.' => return Err(here.error("a value is missing before this dot")),
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
            if !self.is_program {
                return Err(here.error(NO_ASSIGNMENT));
            }
            self.cursor.bump();
            return self.begin(What::Step(byte == b'+'), column, self.length);
        }
        if matches!(byte, b'-' | b'+') && self.cursor.at_end() {
            return Err(self.cursor.error("a value must follow the sign"));
        }
        self.begin(What::Unary(operator), column, self.length)
    }

    /// Takes a name, and for a call the parenthesis; or a word that is an operator.
    fn word(&mut self) -> Result<State, ParseError> {
        let here = self.cursor;
        let column = here.column();
        let word = self.cursor.take_ascii(is_word);
        if let Some(argument) = self.definition().and_then(|it| it.argument(word)) {
            return self.substitute(argument, column);
        }
        let mut after = self.cursor;
        after.skip_blanks();
        let is_call = after.eat(b'(');
        match word {
            "unsafe" => return self.begin(What::Unsafe(false), column, self.length),
            "sizeof" => return self.size_of(column),
            "per_cpu" if is_call => return self.per_cpu(after, column),
            "offsetof" if is_call => return self.offset_of(after, column),
            "container_of" if is_call => {
                self.cursor = after;
                return self.begin(What::ContainerOf(false), column, self.length);
            }
            "__container_of" if is_call && self.definition().is_some() => {
                self.cursor = after;
                return self.begin(What::ContainerOf(true), column, self.length);
            }
            "__circle" if is_call && self.definition().is_some() => return self.circle(after),
            _ => {}
        }
        if is_typeof(word) || prototype::begins_type(word) {
            return Err(here.error(NO_TYPE));
        }
        if !prototype::is_name(word) {
            return Err(here.error("a word of C's own cannot be used here"));
        }
        if let Some(number) = self.locals.find(word) {
            return self.leaf(NodeKind::Local(number, word), column);
        }
        self.cursor = here;
        self.name()
    }

    /// Takes a name that is not a local's, and for a call the parenthesis.
    fn name(&mut self) -> Result<State, ParseError> {
        let here = self.cursor;
        let column = here.column();
        let colons = !self.in_question();
        // The compiler makes names with dots in them.
        let mut after = here;
        let called = after.take_while(|byte| {
            is_word(byte) || matches!(byte, b'.' | b'$') || (byte == b':' && colons)
        });
        let position = position(&mut after);
        after.skip_blanks();
        let is_call = after.eat(b'(');
        let word = self.cursor.take_ascii(is_word);
        let parse = |name| name::name(Cursor::new(name)).map_err(|error| error.at(here.offset()));
        if is_call {
            self.cursor = after;
            let name = NameText {
                position,
                ..parse(called)?
            };
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
                let name = parse(called.get(..end).unwrap_or_default())?;
                self.cursor = second;
                return self.leaf(NodeKind::Symbol(name), column);
            }
        }
        let value = match word {
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
            _ if is_level(word, self.cursor) => {
                self.cursor = here;
                Literal::String(StringLiteral::parse(&mut self.cursor)?)
            }
            name => {
                let mut whole = here;
                let dotted = whole.take_ascii(|byte| is_word(byte) || byte == b'.');
                if has_number(dotted) {
                    self.cursor = whole;
                    Literal::Name(dotted)
                } else {
                    Literal::Name(name)
                }
            }
        };
        self.leaf(NodeKind::Value(value), column)
    }

    /// Reads an argument of a definition in the place of the parameter.
    fn substitute(&mut self, argument: Cursor<'a>, column: usize) -> Result<State, ParseError> {
        let after = self.cursor;
        self.begin(What::Argument(after), column, self.length)?;
        self.cursor = argument;
        if let Some(expansion) = &mut self.expansion {
            expansion.in_argument = true;
        }
        Ok(State::Operand)
    }

    /// Takes the local of a `__circle`, which is at `after`.
    fn circle(&mut self, after: Cursor<'a>) -> Result<State, ParseError> {
        let column = after.column();
        self.cursor = after;
        let word = self.cursor.take_ascii(is_word);
        let number = self.locals.find(word).unwrap_or(usize::MAX);
        self.cursor.eat(b')');
        self.leaf(NodeKind::Circle(number), column)
    }

    /// Takes the first argument of a `per_cpu`, which is at `after`.
    fn per_cpu(&mut self, after: Cursor<'a>, column: usize) -> Result<State, ParseError> {
        self.cursor = after;
        self.cursor.skip_blanks();
        let here = self.cursor;
        let name = self.cursor.take_while(is_in_symbol);
        let name = NameText {
            position: position(&mut self.cursor),
            ..name::name(Cursor::new(name)).map_err(|error| error.at(here.offset()))?
        };
        self.comma_here("expected a comma and the CPU's number: per_cpu(name, cpu)")?;
        self.begin(What::PerCpu(name), column, self.length)
    }

    /// Takes a comma between two arguments that are not both values.
    pub(super) fn comma_here(&mut self, missing: &'static str) -> Result<(), ParseError> {
        self.cursor.skip_blanks();
        if self.cursor.eat(b',') {
            self.cursor.skip_blanks();
            Ok(())
        } else {
            Err(self.cursor.error(missing))
        }
    }

    /// Takes `&`, and the symbol after it if nothing more follows.
    fn address(&mut self) -> Result<State, ParseError> {
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
        let position = position(&mut after);
        let mut next = after;
        next.skip_blanks();
        let mut arrow = next;
        let goes_on =
            matches!(next.peek(), Some(b'(' | b'[')) || arrow.eat(b'-') && arrow.eat(b'>');
        let word = { start }.take_ascii(is_word);
        let is_symbol = word != "unsafe"
            && self.locals.find(word).is_none()
            && self.definition().and_then(|it| it.argument(word)).is_none();
        match start.peek() {
            Some(b'(' | b'*' | b'$') => {}
            _ if name.is_empty() => {
                return Err(start.error("a symbol's name must follow `&`"));
            }
            Some(b'0'..=b'9') if name.iter().all(u8::is_ascii_digit) => {}
            _ if goes_on || !is_symbol => {}
            _ => {
                self.cursor = after;
                let name = NameText {
                    position,
                    ..name::name(Cursor::new(name)).map_err(|error| error.at(start.offset()))?
                };
                return self.leaf(NodeKind::Value(Literal::Address(name)), column);
            }
        }
        self.begin(What::Unary(Unary::Address), column, self.length)
    }

    /// Takes a cast, or the parenthesis that opens a group.
    fn parenthesis(&mut self) -> Result<State, ParseError> {
        let column = self.cursor.column();
        let first = self.length;
        self.cursor.bump();
        if self.is_cast() {
            let ty = self.type_name()?;
            self.close_type()?;
            return self.begin(What::Cast(ty), column, first);
        }
        if let Some(What::Unsafe(_)) = self.top().map(|top| top.what) {
            self.set_top(What::Unsafe(true));
        }
        self.begin(What::Group, column, first)
    }

    /// Takes `{`, and if it is not empty, its first label.
    pub(super) fn braces(&mut self) -> Result<State, ParseError> {
        let here = self.cursor;
        let allowed = match self.top() {
            None => !self.is_program && !self.in_type,
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

/// Whether the name of a symbol after `&`, with or without a module, can have this byte.
const fn is_in_symbol(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'.' | b'$' | b':')
}

/// Takes `@3` after a symbol's name: which of the symbols with this name. 0 if it does not follow.
fn position(cursor: &mut Cursor<'_>) -> usize {
    let mut next = *cursor;
    if next.eat(b'@') {
        if let Ok(position) = next.take_ascii(|byte| byte.is_ascii_digit()).parse() {
            *cursor = next;
            return position;
        }
    }
    0
}

/// Whether a digit follows a dot, as in names that the compiler makes; no member's name begins with
/// one.
fn has_number(name: &str) -> bool {
    let mut dot = false;
    name.bytes().any(|byte| {
        let after_dot = core::mem::replace(&mut dot, byte == b'.');
        after_dot && byte.is_ascii_digit()
    })
}

/// Whether a digit follows the byte here.
fn next_is_digit(mut cursor: Cursor<'_>) -> bool {
    cursor.bump();
    cursor.peek().is_some_and(|byte| byte.is_ascii_digit())
}
