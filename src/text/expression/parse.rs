// SPDX-License-Identifier: GPL-2.0

//! From text to the nodes of an expression, without recursion: what is begun waits in an array of its own
//! until what it is made of is there.

use super::{
    Binary,
    Branch,
    Node,
    NodeKind,
    Tree,
    Unary,
    CONDITIONAL,
    PREFIX, //
};
use crate::text::{
    cursor::Cursor,
    literal::{
        character,
        integer,
        IntegerType,
        Literal,
        StringLiteral,
        FLOAT, //
    },
    prototype::{
        self,
        TypeName, //
    },
    word::{
        self,
        NameText, //
    },
    ParseError, //
};

const TOO_LONG: &str = "this expression has too many parts";
const TOO_DEEP: &str = "this expression is nested too deeply";
const UNSAFE: &str =
    "`unsafe` stands before a whole expression of the file `call`; elsewhere it is unsafe_call=1";
const NO_VALUE: &str =
    "expected a value: a number, 'c', \"string\", NULL, a name, a call, &symbol, * or (";
const NO_TYPE: &str = "a type can only stand in a cast or in sizeof: (long)value";
const NO_MEMBER: &str = "a member's name must follow";
const NO_ASSIGNMENT: &str = "nothing can be assigned to, so there are no ++, -- and =";
const NO_LVALUE: &str = "only what is in memory has an address; it cannot be taken of this";
const NOT_CALLED: &str = "only a function can be called, by its name";
const BRACES: &str =
    "braces can only be a whole argument, or the value of a member in other braces";
const NO_LABEL: &str = "in braces every value has its member before it: { .member = value }";

/// What the parser has begun and not ended: memory for it, which the caller gives.
#[derive(Clone, Copy, Debug)]
pub struct Pending<'a> {
    what: What<'a>,
    column: usize,
    /// Where the nodes of it begin.
    first: usize,
}

impl Pending<'_> {
    /// What the memory for it is filled with.
    pub const EMPTY: Self = Self {
        what: What::Group,
        column: 1,
        first: 0,
    };
}

#[derive(Clone, Copy, Debug)]
enum What<'a> {
    Unary(Unary),
    Cast(TypeName<'a>),
    /// An operator that waits for its right operand; of `&&` and `||`, where the branch is.
    Binary(Binary, usize),
    /// Before the colon; where the branch is.
    Question(usize),
    /// After the colon; where the second branch is.
    Colon(usize),
    Group,
    /// With so many arguments before the one that is read.
    Call(NameText<'a>, usize),
    PerCpu(NameText<'a>),
    Index,
    Length,
    Braces(usize),
    Field(&'a str),
}

/// The arguments in `text`, as the operands of a [`NodeKind::Arguments`]. They and the parser's own data must
/// fit in the memory given.
pub fn expressions<'t, 'a>(
    text: &'a [u8],
    nodes: &'t mut [Node<'a>],
    pending: &mut [Pending<'a>],
) -> Result<Tree<'t, 'a>, ParseError> {
    let mut parser = Parser::new(Cursor::line(text), nodes, pending, true);
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
    Ok(parser.tree())
}

/// The expression in `text`, perhaps with a semicolon, and whether `unsafe` stands before it. It and the
/// parser's own data must fit in the memory given.
pub fn expression<'t, 'a>(
    text: &'a [u8],
    nodes: &'t mut [Node<'a>],
    pending: &mut [Pending<'a>],
) -> Result<(Tree<'t, 'a>, bool), ParseError> {
    let mut parser = Parser::new(Cursor::line(text), nodes, pending, false);
    parser.cursor.skip_blanks();
    let mut after = parser.cursor;
    let vouched = after.take_while(is_word) == b"unsafe";
    if vouched {
        parser.cursor = after;
    }
    parser.whole()?;
    parser.cursor.eat(b';');
    parser.cursor.skip_blanks();
    match parser.cursor.at_end() {
        true => Ok((parser.tree(), vouched)),
        false => Err(parser
            .cursor
            .error("expected an operator or the end after this expression")),
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// What the parser reads next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A value.
    Operand,
    /// What follows a value.
    Operator,
    /// Nothing: the text is at its end, or goes on with something that is no part of the expression.
    End,
}

struct Parser<'t, 'p, 'a> {
    cursor: Cursor<'a>,
    nodes: &'t mut [Node<'a>],
    length: usize,
    pending: &'p mut [Pending<'a>],
    depth: usize,
    /// Whether braces may stand here without anything around them: in a list of arguments.
    list: bool,
}

impl<'t, 'p, 'a> Parser<'t, 'p, 'a> {
    fn new(
        cursor: Cursor<'a>,
        nodes: &'t mut [Node<'a>],
        pending: &'p mut [Pending<'a>],
        list: bool,
    ) -> Self {
        Self {
            cursor,
            nodes,
            length: 0,
            pending,
            depth: 0,
            list,
        }
    }

    fn tree(self) -> Tree<'t, 'a> {
        let nodes: &'t [Node<'a>] = self.nodes;
        Tree {
            nodes: nodes.get(..self.length).unwrap_or_default(),
        }
    }

    /// Takes one expression; blanks behind it too.
    fn whole(&mut self) -> Result<(), ParseError> {
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

    /// Adds a node, which is made of those from `first` on.
    fn emit(&mut self, kind: NodeKind<'a>, column: usize, first: usize) -> Result<(), ParseError> {
        let node = Node {
            kind,
            column,
            last: self.cursor.offset(),
            first,
        };
        match self.nodes.get_mut(self.length) {
            Some(place) => *place = node,
            None => {
                let what = TOO_LONG;
                return Err(ParseError { column, what });
            }
        }
        self.length = self.length.saturating_add(1);
        Ok(())
    }

    /// Adds a node without operands.
    fn leaf(&mut self, kind: NodeKind<'a>, column: usize) -> Result<State, ParseError> {
        self.emit(kind, column, self.length)?;
        Ok(State::Operator)
    }

    /// Begins something, which is made of the nodes from `first` on.
    fn begin(&mut self, what: What<'a>, column: usize, first: usize) -> Result<State, ParseError> {
        let pending = Pending {
            what,
            column,
            first,
        };
        match self.pending.get_mut(self.depth) {
            Some(place) => *place = pending,
            None => {
                let what = TOO_DEEP;
                return Err(ParseError { column, what });
            }
        }
        self.depth = self.depth.saturating_add(1);
        Ok(State::Operand)
    }

    /// What was begun last.
    fn top(&self) -> Option<Pending<'a>> {
        self.pending.get(self.depth.checked_sub(1)?).copied()
    }

    /// Leaves what was begun last.
    fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// The node that was added last: a value.
    fn last(&self) -> Node<'a> {
        let last = self
            .length
            .checked_sub(1)
            .and_then(|last| self.nodes.get(last));
        last.copied().unwrap_or(Node::EMPTY)
    }

    /// Whether a colon belongs to a question mark here, and not to the name of a module.
    fn in_question(&self) -> bool {
        let pending = self.pending.get(..self.depth).unwrap_or_default();
        for pending in pending.iter().rev() {
            match pending.what {
                What::Question(_) => return true,
                What::Unary(_) | What::Cast(_) | What::Binary(..) | What::Colon(_) => {}
                _ => return false,
            }
        }
        false
    }

    /// Takes what a value begins with.
    fn operand(&mut self) -> Result<State, ParseError> {
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
    fn word(&mut self) -> Result<State, ParseError> {
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
            let name = word::name(Cursor::new(called)).map_err(|error| error.at(here.offset()))?;
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
                    word::name(Cursor::new(name)).map_err(|error| error.at(here.offset()))?;
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
    fn per_cpu(&mut self, after: Cursor<'a>, column: usize) -> Result<State, ParseError> {
        self.cursor = after;
        self.cursor.skip_blanks();
        let here = self.cursor;
        let name = self.cursor.take_while(is_in_symbol);
        let name = word::name(Cursor::new(name)).map_err(|error| error.at(here.offset()))?;
        self.cursor.skip_blanks();
        if !self.cursor.eat(b',') {
            return Err(self
                .cursor
                .error("expected a comma and the CPU's number: per_cpu(name, cpu)"));
        }
        self.begin(What::PerCpu(name), column, self.length)
    }

    /// Takes `&`, and the symbol behind it if there is no more to it.
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
                    word::name(Cursor::new(name)).map_err(|error| error.at(start.offset()))?;
                return self.leaf(NodeKind::Value(Literal::Address(name)), column);
            }
        }
        self.begin(What::Unary(Unary::Address), column, self.length)
    }

    /// Takes a parenthesis: that of a cast with it, or of a group.
    fn parenthesis(&mut self) -> Result<State, ParseError> {
        let column = self.cursor.column();
        self.cursor.bump();
        if is_cast(self.cursor) {
            let ty = prototype::cast(&mut self.cursor)?;
            return self.begin(What::Cast(ty), column, self.length);
        }
        self.begin(What::Group, column, self.length)
    }

    /// Takes `{`, and if it is not empty, its first label.
    fn braces(&mut self) -> Result<State, ParseError> {
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
    fn label(&mut self) -> Result<State, ParseError> {
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
    fn member(&mut self) -> Result<&'a str, ParseError> {
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

    /// Takes what follows a value.
    fn operator(&mut self) -> Result<State, ParseError> {
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
            Some(b'+' | b'-') if next.peek() == here.peek() => {
                return Err(here.error(NO_ASSIGNMENT))
            }
            _ => {}
        }
        let Some(operator) = Binary::take(&mut self.cursor) else {
            return self.end(here);
        };
        if self.cursor.peek() == Some(b'=') {
            return Err(here.error(NO_ASSIGNMENT));
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

    /// Fails if the value, which stands before `here`, is a number.
    fn has_members(&self, value: Node<'a>, here: Cursor<'a>) -> Result<(), ParseError> {
        use Literal::*;
        match value.kind {
            NodeKind::Value(Integer { .. } | Char(_) | Bool(_) | Null) => {
                Err(here.error("what stands before this has no members and no elements"))
            }
            _ => Ok(()),
        }
    }

    /// Adds a branch whose aim is not known yet, and says which node it is.
    fn branch(&mut self, when: Branch, column: usize) -> Result<usize, ParseError> {
        let index = self.length;
        self.emit(NodeKind::Branch { when, to: 0 }, column, index)?;
        Ok(index)
    }

    /// Lets a branch go to the node that is added next.
    fn land(&mut self, branch: usize) {
        let here = self.length;
        if let Some(Node {
            kind: NodeKind::Branch { to, .. },
            ..
        }) = self.nodes.get_mut(branch)
        {
            *to = here;
        }
    }

    /// Ends the operators that bind at least so strongly.
    fn reduce(&mut self, strength: u8) -> Result<(), ParseError> {
        while let Some(Pending {
            what,
            column,
            first,
        }) = self.top()
        {
            let (kind, own) = match what {
                What::Unary(operator) => (NodeKind::Unary(operator), PREFIX),
                What::Cast(ty) => (NodeKind::Cast(ty), PREFIX),
                What::Binary(operator, _) => (NodeKind::Binary(operator), operator.strength()),
                What::Colon(_) => (NodeKind::Conditional, CONDITIONAL),
                _ => break,
            };
            if own < strength {
                break;
            }
            self.pop();
            match what {
                What::Binary(Binary::And | Binary::Or, branch) | What::Colon(branch) => {
                    self.land(branch);
                }
                What::Unary(operator) if self.fold(operator, column)? => continue,
                _ => {}
            }
            self.emit(kind, column, first)?;
        }
        Ok(())
    }

    /// Makes an operator and the value after it one node, if that is a number with a sign or the address of
    /// a name.
    fn fold(&mut self, operator: Unary, column: usize) -> Result<bool, ParseError> {
        let last = self.last();
        let value = match (operator, last.kind) {
            (
                Unary::Minus,
                NodeKind::Value(Literal::Integer {
                    negative,
                    magnitude,
                    ty: ty @ (IntegerType::Int | IntegerType::Long | IntegerType::Huge),
                }),
            ) => Literal::Integer {
                negative: !negative && magnitude != 0,
                magnitude,
                ty,
            },
            (Unary::Plus, NodeKind::Value(value @ Literal::Integer { .. })) => value,
            (Unary::Address, NodeKind::Value(Literal::Name(symbol))) => {
                Literal::Address(NameText {
                    module: None,
                    symbol,
                })
            }
            (Unary::Address, NodeKind::Symbol(name)) => Literal::Address(name),
            (
                Unary::Address,
                NodeKind::Member(_)
                | NodeKind::Pointee(_)
                | NodeKind::Index
                | NodeKind::Unary(Unary::Dereference)
                | NodeKind::History(_)
                | NodeKind::PerCpu(_),
            ) => return Ok(false),
            (Unary::Address, _) => {
                let what = NO_LVALUE;
                return Err(ParseError { column, what });
            }
            _ => return Ok(false),
        };
        if let Some(node) = self
            .length
            .checked_sub(1)
            .and_then(|last| self.nodes.get_mut(last))
        {
            node.kind = NodeKind::Value(value);
            node.column = column;
        }
        Ok(true)
    }

    /// Ends what is open up to a bracket, of which there is none if this returns `None`.
    fn settle(&mut self) -> Result<Option<Pending<'a>>, ParseError> {
        self.reduce(CONDITIONAL)?;
        let top = self.top();
        if let Some(Pending {
            what: What::Question(_),
            column,
            ..
        }) = top
        {
            let what = "`:` and another value must follow this question mark";
            return Err(ParseError { column, what });
        }
        Ok(top)
    }

    /// Takes a colon, after which is `next`.
    fn colon(&mut self, next: Cursor<'a>) -> Result<State, ParseError> {
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

    /// Takes a comma, after which is `next`, or leaves it for the list around the expression.
    fn comma(&mut self, next: Cursor<'a>) -> Result<State, ParseError> {
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

    /// Takes what closes a bracket, after which is `next`, or leaves it if none is open.
    fn close(&mut self, next: Cursor<'a>) -> Result<State, ParseError> {
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
        if let Some(kind) = kind {
            self.emit(kind, top.column, top.first)?;
        }
        Ok(State::Operator)
    }

    /// Counts a member of the braces that are open.
    fn count_field(&mut self) {
        let top = self
            .depth
            .checked_sub(1)
            .and_then(|top| self.pending.get_mut(top));
        if let Some(Pending {
            what: What::Braces(count),
            ..
        }) = top
        {
            *count = count.saturating_add(1);
        }
    }

    /// Ends the expression before something that is no operator.
    fn end(&mut self, here: Cursor<'a>) -> Result<State, ParseError> {
        match self.settle()? {
            None => Ok(State::End),
            Some(top) => Err(self.unexpected(top, here)),
        }
    }

    /// What was expected `here`, where `top` is open.
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

/// Whether a symbol's name after `&`, perhaps with its module's, can have this byte.
const fn is_in_symbol(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'.' | b'$' | b':')
}

/// Whether the parenthesis before `cursor` is that of a cast.
///
/// Words of C's own tell. A lone name is a type's if stars follow; or a value that cannot follow a value;
/// or if it looks like one (`u32`, `pid_t`) before what can be an operator of either kind.
fn is_cast(mut cursor: Cursor<'_>) -> bool {
    cursor.skip_blanks();
    let word = cursor.take_ascii(is_word);
    match (word, word.bytes().next()) {
        (_, None | Some(b'0'..=b'9')) | ("true" | "false" | "NULL" | "out" | "sizeof", _) => {
            return false
        }
        _ => {}
    }
    if prototype::begins_type(word) {
        return true;
    }
    let mut certain = false;
    loop {
        cursor.skip_blanks();
        let mut after = cursor;
        // A star, or what qualifies the pointer.
        if after.eat(b'*') || prototype::begins_type(after.take_ascii(is_word)) {
            certain = true;
            cursor = after;
        } else {
            break;
        }
    }
    if !cursor.eat(b')') {
        return false;
    }
    if certain {
        return true;
    }
    cursor.skip_blanks();
    let mut next = cursor;
    match next.bump() {
        Some(b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9') => true,
        Some(b'"' | b'\'' | b'$' | b'(' | b'~') => true,
        Some(b'!') => next.peek() != Some(b'='),
        Some(b'-') => next.peek() != Some(b'>') && looks_like_type(word),
        Some(b'&') => next.peek() != Some(b'&') && looks_like_type(word),
        Some(b'+' | b'*') => looks_like_type(word),
        _ => false,
    }
}

/// Whether a name looks like a typedef of a number.
pub(super) fn looks_like_type(word: &str) -> bool {
    let short = word.trim_start_matches('_');
    let short = short
        .strip_prefix("le")
        .or(short.strip_prefix("be"))
        .unwrap_or(short.get(1..).unwrap_or_default());
    let fixed = matches!(short, "8" | "16" | "32" | "64")
        && matches!(
            word.trim_start_matches('_').as_bytes(),
            [b's' | b'u' | b'l' | b'b', ..]
        );
    fixed || word.ends_with("_t") || matches!(word, "uint" | "ulong" | "ushort" | "uchar")
}
