// SPDX-License-Identifier: GPL-2.0

//! Expressions of C: `__dev_get_by_name(&init_net, "lo")->mtu`, `*find_vpid(1)`, `flags & ~0x3`.
//!
//! A tree is an array in which every node comes after its operands: in the order in which C's values
//! become known. Who evaluates goes through it from the first node to the last with a stack of values,
//! and needs no recursion; neither does the parser, whose memory the caller gives it.
//!
//! Supported are C's literals, names, calls, `->`, `.`, `[]`, casts, `sizeof(type)`, and all operators that
//! assign nothing. Not C's are `module:name`, the temporaries `out`, `out[n]` and `{ .member = value }`,
//! `per_cpu(name, cpu)`, and the earlier values `$` and `$1`.

mod parse;
mod print;

pub use self::parse::{
    expression,
    expressions,
    Pending, //
};

use super::{
    cursor::Cursor,
    prototype::TypeName,
    word::NameText,
    Literal, //
};

/// A part of an expression, which stands after its operands.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    /// What it is.
    pub kind: NodeKind<'a>,
    /// The byte it is about, counted from 1: its first, or of an operator between two operands its sign.
    pub column: usize,
    /// The last byte of it, counted from 1: of a call the parenthesis that closes it.
    pub last: usize,
    first: usize,
}

/// How many nodes a text of so many bytes has at most: five for each `?a:b` that follows something, no more than one for
/// each byte of the rest, and the list of arguments.
pub const fn most_nodes(length: usize) -> usize {
    length.saturating_add(length / 4).saturating_add(2)
}

impl Node<'_> {
    /// What the memory for nodes is filled with.
    pub const EMPTY: Self = Self {
        kind: NodeKind::Arguments(0),
        column: 1,
        last: 1,
        first: 0,
    };

    /// Where in the array the nodes that it is made of begin; they go on to itself.
    pub const fn first(&self) -> usize {
        self.first
    }
}

impl PartialEq for Node<'_> {
    /// Nodes are equal wherever they were written.
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.first == other.first
    }
}

/// What a node is, and how many operands it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind<'a> {
    /// A literal, a name, or the address of a symbol. No operands, as all down to [`Self::SizeOf`].
    Value(Literal<'a>),
    /// `module:name`
    Symbol(NameText<'a>),
    /// `$`, the last value, or `$1`.
    History(Option<usize>),
    /// `out`
    Out,
    /// `sizeof(type)`
    SizeOf(TypeName<'a>),
    /// `out[n]`; the operand is how many.
    Buffer,
    /// `per_cpu(name, cpu)`; the operand is the CPU.
    PerCpu(NameText<'a>),
    /// `name(…)`, with so many operands.
    Call(NameText<'a>, usize),
    /// `.member`
    Member(&'a str),
    /// `->member`
    Pointee(&'a str),
    /// `[]`; the operands are what is indexed, and the index.
    Index,
    /// One of the operators before a value.
    Unary(Unary),
    /// `(type)`
    Cast(TypeName<'a>),
    /// One of the operators between two values. `&&` and `||` have a [`Self::Branch`] between the two.
    Binary(Binary),
    /// Here the evaluation may go on at another node.
    Branch {
        /// When.
        when: Branch,
        /// With which node, which stands further behind.
        to: usize,
    },
    /// `?:`, the end of it. It has two [`Self::Branch`] between its three operands.
    Conditional,
    /// `.member = `, in braces.
    Field(&'a str),
    /// `{ … }`, with so many operands, all of them [`Self::Field`].
    Braces(usize),
    /// A list of arguments, of so many operands: what a whole text of them is.
    Arguments(usize),
}

/// The operators before a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `*`
    Dereference,
    /// `&`
    Address,
    /// `-`
    Minus,
    /// `+`
    Plus,
    /// `~`
    Complement,
    /// `!`
    Not,
}

impl Unary {
    const fn sign(self) -> &'static str {
        match self {
            Self::Dereference => "*",
            Self::Address => "&",
            Self::Minus => "-",
            Self::Plus => "+",
            Self::Complement => "~",
            Self::Not => "!",
        }
    }
}

/// The operators between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `<<`
    Left,
    /// `>>`
    Right,
    /// `<`
    Less,
    /// `>`
    Greater,
    /// `<=`
    LessEqual,
    /// `>=`
    GreaterEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `&`
    BitAnd,
    /// `^`
    BitXor,
    /// `|`
    BitOr,
    /// `&&`
    And,
    /// `||`
    Or,
}

impl Binary {
    const fn sign(self) -> &'static str {
        match self {
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Left => "<<",
            Self::Right => ">>",
            Self::Less => "<",
            Self::Greater => ">",
            Self::LessEqual => "<=",
            Self::GreaterEqual => ">=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::BitAnd => "&",
            Self::BitXor => "^",
            Self::BitOr => "|",
            Self::And => "&&",
            Self::Or => "||",
        }
    }

    const fn strength(self) -> u8 {
        match self {
            Self::Multiply | Self::Divide | Self::Remainder => 12,
            Self::Add | Self::Subtract => 11,
            Self::Left | Self::Right => 10,
            Self::Less | Self::Greater | Self::LessEqual | Self::GreaterEqual => 9,
            Self::Equal | Self::NotEqual => 8,
            Self::BitAnd => 7,
            Self::BitXor => 6,
            Self::BitOr => 5,
            Self::And => 4,
            Self::Or => 3,
        }
    }

    /// Takes the operator at `cursor`, if there is one.
    fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
        let mut next = *cursor;
        let operator = match next.bump()? {
            b'*' => Self::Multiply,
            b'/' => Self::Divide,
            b'%' => Self::Remainder,
            b'+' => Self::Add,
            b'-' => Self::Subtract,
            b'<' if next.eat(b'<') => Self::Left,
            b'<' if next.eat(b'=') => Self::LessEqual,
            b'<' => Self::Less,
            b'>' if next.eat(b'>') => Self::Right,
            b'>' if next.eat(b'=') => Self::GreaterEqual,
            b'>' => Self::Greater,
            b'=' if next.eat(b'=') => Self::Equal,
            b'!' if next.eat(b'=') => Self::NotEqual,
            b'&' if next.eat(b'&') => Self::And,
            b'&' => Self::BitAnd,
            b'^' => Self::BitXor,
            b'|' if next.eat(b'|') => Self::Or,
            b'|' => Self::BitOr,
            _ => return None,
        };
        *cursor = next;
        Some(operator)
    }
}

/// How strongly the operators bind that are not between two values; every [`Binary`] is in between.
const POSTFIX: u8 = 14;
const PREFIX: u8 = 13;
const CONDITIONAL: u8 = 1;

/// When a [`NodeKind::Branch`] is taken. It looks at the value before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    /// The left of `&&` is zero: then so is the whole.
    And,
    /// The left of `||` is not zero: then the whole is 1.
    Or,
    /// What stands before `?` is zero.
    Then,
    /// Always, with the value of what stands before `:`.
    Else,
}

/// An expression, or a list of them: an array of nodes, the last of which is the whole.
///
/// Prints as text that means the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tree<'t, 'a> {
    nodes: &'t [Node<'a>],
}

impl<'t, 'a> Tree<'t, 'a> {
    /// The nodes, each of them after its operands.
    pub const fn nodes(&self) -> &'t [Node<'a>] {
        self.nodes
    }

    /// Where the text of a node begins.
    pub fn start(&self, index: usize) -> usize {
        let first = self.nodes.get(index).map_or(0, Node::first);
        let nodes = self.nodes.get(first..).unwrap_or_default().iter();
        let columns = nodes.take(index.saturating_sub(first).saturating_add(1));
        columns.map(|node| node.column).min().unwrap_or(1)
    }
}
