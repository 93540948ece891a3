// SPDX-License-Identifier: GPL-2.0

//! The nodes of an expression, as data.

use super::operator::{
    Binary,
    Unary, //
};
use crate::text::{
    literal::Literal,
    name::NameText,
    prototype::TypeName, //
};

/// A part of an expression, which stands after its operands.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    /// What it is.
    pub kind: NodeKind<'a>,
    /// The byte it is about, counted from 1: its first, or of an operator between two operands its
    /// sign.
    pub column: usize,
    /// The last byte of it, counted from 1: of a call the parenthesis that closes it.
    pub last: usize,
    pub(super) first: usize,
}

/// How many nodes a text of so many bytes has at most: five for each `?a:b` that follows something,
/// no more than one for each byte of the rest, and the list of arguments.
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
    /// One of the operators between two values. `&&` and `||` have a [`Self::Branch`] between the
    /// two.
    Binary(Binary),
    /// Here the evaluation may go on at another node.
    Branch {
        /// When.
        when: Branch,
        /// The node to go on with, which comes later.
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
    pub(super) nodes: &'t [Node<'a>],
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
