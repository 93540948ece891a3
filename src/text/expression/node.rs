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

/// A part of an expression. It comes after its operands.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    /// What it is.
    pub kind: NodeKind<'a>,
    /// The byte at which errors are reported, counted from 1: its first byte, or the sign of an
    /// operator between two operands.
    pub column: usize,
    /// Its last byte, counted from 1; for a call, the closing parenthesis.
    pub last: usize,
    /// Whether `unsafe` covers it.
    pub is_unsafe: bool,
    /// Whether it was written in parentheses.
    pub(super) grouped: bool,
    pub(super) first: usize,
}

/// How many nodes a text of `length` bytes has at most: five for each `?a:b` after a value, one for
/// each other byte, and the list of arguments.
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

    /// The index of the first of the nodes that it is made of. They end with the node itself.
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
    /// A literal, a name, or the address of a symbol. It has no operands, nor have the following
    /// ones up to [`Self::SizeOf`].
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
    /// `sizeof value`. A [`Self::Branch`] before the operand skips it, since it is not evaluated.
    SizeOfValue,
    /// The end of a `typeof(value)`, which has no value itself. The operand is skipped as with
    /// `sizeof`.
    TypeOf,
    /// `container_of(pointer, type, member)`; the operand is the pointer.
    ContainerOf {
        /// The type that the result points to.
        ty: TypeName<'a>,
        /// The member in it that the operand points to.
        member: MemberPath<'a>,
        /// Whether it is in a definition of ours, and not in the user's text.
        certain: bool,
    },
    /// `out[n]`; the operand is `n`.
    Buffer,
    /// `per_cpu(name, cpu)`; the operand is the CPU.
    PerCpu(NameText<'a>),
    /// `per_cpu_ptr(pointer, cpu)`
    PerCpuPointer,
    /// `name(…)`, with this many operands.
    Call(NameText<'a>, usize),
    /// `.member`
    Member(&'a str),
    /// `->member`
    Pointee(&'a str),
    /// `[]`; the operands are the array or pointer, and the index.
    Index,
    /// One of the operators before a value.
    Unary(Unary),
    /// `unsafe`. The nodes that it covers are marked, too: all of the operand if that is in
    /// parentheses.
    Unsafe {
        /// Whether it covers all of the operand.
        whole: bool,
    },
    /// `(type)`. With `typeof` in the type there is a [`Self::TypeOf`] before the operand.
    Cast(TypeName<'a>),
    /// One of the operators between two values. `&&` and `||` have a [`Self::Branch`] between the
    /// two.
    Binary(Binary),
    /// `=`, or `+=` and the like; the operands are the target and the value.
    Assign(Option<Binary>),
    /// `++` and `--`, before or after the operand.
    Step {
        /// Whether it is `++`.
        up: bool,
        /// Whether it stands after the operand, so that its value is the operand's earlier one.
        after: bool,
    },
    /// The evaluation may continue at another node.
    Branch {
        /// When.
        when: Branch,
        /// The index of that node.
        to: usize,
    },
    /// The end of `?:`. There is a [`Self::Branch`] after its first and its second operand.
    Conditional,
    /// `.member = `, in braces.
    Field(&'a str),
    /// `{ … }`, with this many operands, all of them [`Self::Field`].
    Braces(usize),
    /// A text that is a list of arguments, with this many operands.
    Arguments(usize),
    /// A local is declared here: its memory is zeroed. No operands.
    Declare(usize),
    /// The end of a column in a line that a statement prints.
    Column(Format),
    /// The end of a statement that prints this many columns. No operands.
    Print(usize),
    /// The end of an expression whose value is not shown.
    Drop,
    /// Fails if a local that walks along a list is back at a node where it was before. No operands.
    Circle(usize),
}

/// How a statement prints numbers and pointers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// By their types.
    Plain,
    /// `/x`: in hexadecimal.
    Hexadecimal,
    /// `/a`: as addresses, with the symbols that contain them.
    Address,
}

/// When a [`NodeKind::Branch`] is taken. Its operand is the value before it, unless it is always
/// taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    /// If the left side of `&&` is zero. The whole is then 0.
    And,
    /// If the left side of `||` is not zero. The whole is then 1.
    Or,
    /// If the value before `?`, or a statement's condition, is zero.
    Then,
    /// Always; the value before `:` stays as the whole's.
    Else,
    /// Always: past an operand that is not evaluated, or from one place in statements to another.
    /// At the end of a loop, it goes back.
    Jump,
}

/// An expression, or a list of them: an array of nodes. The last node is the whole.
///
/// Prints as text that means the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tree<'t, 'a> {
    pub(super) nodes: &'t [Node<'a>],
}

impl<'t, 'a> Tree<'t, 'a> {
    /// The tree of the column, if the last node prints only one.
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

    /// The column at which an error in a node is reported.
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
