// SPDX-License-Identifier: GPL-2.0

//! The nodes of an expression, as data.

use super::operator::{
    Binary,
    Unary, //
};
use crate::text::{
    literal::Literal,
    name::NameText,
    prototype::TypeName,
    type_path::MemberPath, //
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
    /// Whether `unsafe` covers it.
    pub is_unsafe: bool,
    /// Whether it was written in parentheses.
    pub(super) grouped: bool,
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
        is_unsafe: false,
        grouped: false,
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
        self.kind == other.kind && self.first == other.first && self.is_unsafe == other.is_unsafe
    }
}

/// What a node is, and how many operands it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind<'a> {
    /// A literal, a name, or the address of a symbol. No operands, as all down to [`Self::SizeOf`].
    Value(Literal<'a>),
    /// `module:name`
    Symbol(NameText<'a>),
    /// A local, by its number and its name.
    Local(usize, &'a str),
    /// `$`, the last value, or `$1`.
    History(Option<usize>),
    /// `out`
    Out,
    /// `offsetof(type, member)`
    OffsetOf(TypeName<'a>, MemberPath<'a>),
    /// `sizeof(type)`
    SizeOf(TypeName<'a>),
    /// `sizeof value`. The operand, which is not evaluated, has a [`Self::Branch`] before it.
    SizeOfValue,
    /// The end of a `typeof(value)`, which has no value itself. The operand is as with `sizeof`.
    TypeOf,
    /// `container_of(pointer, type, member)`; the operand is the pointer.
    ContainerOf {
        /// What is pointed to afterwards.
        ty: TypeName<'a>,
        /// The member in it that the operand points to.
        member: MemberPath<'a>,
        /// Whether a definition of ours says so, and not the user.
        certain: bool,
    },
    /// `out[n]`; the operand is how many.
    Buffer,
    /// `per_cpu(name, cpu)`; the operand is the CPU.
    PerCpu(NameText<'a>),
    /// `per_cpu_ptr(pointer, cpu)`
    PerCpuPointer,
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
    /// `unsafe`, which the nodes that it covers know, too: the whole operand if that is in
    /// parentheses.
    Unsafe {
        /// Whether it is.
        whole: bool,
    },
    /// `(type)`. With `typeof` in the type there is a [`Self::TypeOf`] before the operand.
    Cast(TypeName<'a>),
    /// One of the operators between two values. `&&` and `||` have a [`Self::Branch`] between the
    /// two.
    Binary(Binary),
    /// `=`, or `+=` and the like; the operands are where to, and the value.
    Assign(Option<Binary>),
    /// `++` and `--`, before or after the operand.
    Step {
        /// Whether it is `++`.
        up: bool,
        /// Whether it stands after the operand, so that the value is the one before.
        after: bool,
    },
    /// Here the evaluation may go on at another node.
    Branch {
        /// When.
        when: Branch,
        /// The node to go on with.
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
    /// A local is declared here: its memory is zeroed. No operands.
    Declare(usize),
    /// The end of a column in a line that a statement prints.
    Column(Format),
    /// The end of a statement that prints so many columns. No operands.
    Print(usize),
    /// The end of an expression whose value is not shown.
    Drop,
    /// Checks a local, which goes along a list, for being where it was before. No operands.
    Circle(usize),
}

/// How a statement prints numbers and pointers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// By their types.
    Plain,
    /// `/x`: in hexadecimal.
    Hexadecimal,
    /// `/a`: as addresses, with the symbols they are in.
    Address,
}

/// When a [`NodeKind::Branch`] is taken. It takes the value before it, unless it is always taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    /// The left of `&&` is zero: then so is the whole.
    And,
    /// The left of `||` is not zero: then the whole is 1.
    Or,
    /// What stands before `?`, or is a statement's condition, is zero.
    Then,
    /// Always, with the value of what stands before `:`.
    Else,
    /// Always: to what follows an operand that is not evaluated, or within statements. In a loop
    /// it goes back.
    Jump,
}

/// An expression, or a list of them: an array of nodes, the last of which is the whole.
///
/// Prints as text that means the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tree<'t, 'a> {
    pub(super) nodes: &'t [Node<'a>],
}

impl<'t, 'a> Tree<'t, 'a> {
    /// The tree of the only column that the last node prints.
    pub(in crate::text) fn column(&self) -> Self {
        let nodes = self.nodes.get(..self.nodes.len().saturating_sub(2));
        Self {
            nodes: nodes.unwrap_or_default(),
        }
    }

    /// The nodes, each of them after its operands.
    pub const fn nodes(&self) -> &'t [Node<'a>] {
        self.nodes
    }

    /// The column that an error in a node is reported at.
    pub fn place(&self, index: usize) -> usize {
        self.nodes.get(index).map_or(1, |node| node.column)
    }

    /// Where the text of a node begins.
    pub fn start(&self, index: usize) -> usize {
        let first = self.nodes.get(index).map_or(0, Node::first);
        let nodes = self.nodes.get(first..).unwrap_or_default().iter();
        let columns = nodes.take(index.saturating_sub(first).saturating_add(1));
        columns.map(|node| node.column).min().unwrap_or(1)
    }
}
