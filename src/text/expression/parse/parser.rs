// SPDX-License-Identifier: GPL-2.0

//! The state of the parser: finished nodes, and what waits for its operands.

use super::definition::Expansion;
use crate::text::{
    cursor::{
        Cursor,
        ParseError, //
    },
    expression::{
        local::{
            Local,
            Locals, //
        },
        node::{
            Branch,
            Node,
            NodeKind,
            Tree, //
        },
        operator::{
            Binary,
            Unary, //
        }, //
    },
    name::NameText,
    prototype::TypeName, //
};

const TOO_LONG: &str = "this expression has too many parts";
const TOO_DEEP: &str = "this expression is nested too deeply";

/// Something that the parser has begun and not ended. The caller gives memory for these.
#[derive(Clone, Copy, Debug)]
pub struct Pending<'a> {
    pub(super) what: What<'a>,
    pub(super) column: usize,
    /// The index of its first node.
    pub(super) first: usize,
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
pub(super) enum What<'a> {
    Unary(Unary),
    Cast(TypeName<'a>),
    /// An operator that waits for its right operand; for `&&` and `||`, with the index of the
    /// branch.
    Binary(Binary, usize),
    /// `unsafe`, and whether a parenthesis follows.
    Unsafe(bool),
    /// `sizeof` without a type, with the index of the branch.
    SizeOf(usize),
    /// `++` or `--` before a value.
    Step(bool),
    Assign(Option<Binary>),
    /// `?` before the colon, with the index of the branch.
    Question(usize),
    /// `?:` after the colon, with the index of the second branch.
    Colon(usize),
    Group,
    /// A call, with the number of arguments before the one that is being read.
    Call(NameText<'a>, usize),
    PerCpu(NameText<'a>),
    /// `container_of` before the comma; whether it is in a definition of ours.
    ContainerOf(bool),
    /// An argument in a loop's definition, and where to continue after it.
    Argument(Cursor<'a>),
    Index,
    Length,
    Braces(usize),
    Field(&'a str),
}

/// What the parser reads next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// A value.
    Operand,
    /// What follows a value.
    Operator,
    /// Nothing: the text is at its end, or what follows does not belong to the expression.
    End,
}

/// Reads expressions and writes their nodes.
pub(in crate::text) struct Parser<'t, 'p, 'a> {
    pub(in crate::text) cursor: Cursor<'a>,
    pub(super) nodes: &'t mut [Node<'a>],
    pub(in crate::text) length: usize,
    pending: &'p mut [Pending<'a>],
    depth: usize,
    /// The index in `pending` at which the current expression begins.
    base: usize,
    /// Whether the current expression is in a `typeof`.
    pub(super) in_type: bool,
    /// Whether this is a program, which has locals, and not a list of arguments.
    pub(super) is_program: bool,
    pub(in crate::text) locals: Locals<'t, 'a>,
    pub(in crate::text) expansion: Option<Expansion<'a>>,
}

impl<'t, 'p, 'a> Parser<'t, 'p, 'a> {
    pub(in crate::text) fn new(
        cursor: Cursor<'a>,
        nodes: &'t mut [Node<'a>],
        pending: &'p mut [Pending<'a>],
        locals: Option<Locals<'t, 'a>>,
    ) -> Self {
        Self {
            cursor,
            nodes,
            length: 0,
            pending,
            depth: 0,
            base: 0,
            in_type: false,
            is_program: locals.is_some(),
            locals: locals.unwrap_or(Locals::new(&mut [])),
            expansion: None,
        }
    }

    /// Returns what was read: the tree and the locals.
    pub(in crate::text) fn finish(self) -> (Tree<'t, 'a>, &'t [Local<'a>]) {
        let nodes: &'t [Node<'a>] = self.nodes;
        let tree = Tree {
            nodes: nodes.get(..self.length).unwrap_or_default(),
        };
        (tree, self.locals.into_slice())
    }

    /// The definition of ours that is being read, unless it is the user's text.
    pub(in crate::text) fn definition(&self) -> Option<&Expansion<'a>> {
        self.expansion
            .as_ref()
            .filter(|expansion| !expansion.in_argument)
    }

    /// The column in the user's text for a column in the text that is being read.
    pub(in crate::text) fn place(&self, column: usize) -> usize {
        self.definition()
            .map_or(column, |definition| definition.column)
    }

    /// Adds a node that is made of the nodes from `first` on.
    pub(in crate::text) fn emit(
        &mut self,
        kind: NodeKind<'a>,
        column: usize,
        first: usize,
    ) -> Result<(), ParseError> {
        let column = self.place(column);
        let node = Node {
            kind,
            column,
            last: self.place(self.cursor.offset()),
            first,
            ..Node::EMPTY
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
    pub(super) fn leaf(&mut self, kind: NodeKind<'a>, column: usize) -> Result<State, ParseError> {
        self.emit(kind, column, self.length)?;
        Ok(State::Operator)
    }

    /// Begins something that is made of the nodes from `first` on.
    pub(super) fn begin(
        &mut self,
        what: What<'a>,
        column: usize,
        first: usize,
    ) -> Result<State, ParseError> {
        let column = self.place(column);
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
    pub(super) fn top(&self) -> Option<Pending<'a>> {
        let begun = self.pending.get(self.base..self.depth)?;
        begun.last().copied()
    }

    /// Replaces what was begun last.
    pub(super) fn set_top(&mut self, what: What<'a>) {
        let begun = self.pending.get_mut(self.base..self.depth);
        if let Some(top) = begun.and_then(<[_]>::last_mut) {
            top.what = what;
        }
    }

    /// Begins an expression within the type of another one. Returns where the other one began.
    pub(super) fn enter(&mut self) -> usize {
        self.in_type = true;
        core::mem::replace(&mut self.base, self.depth)
    }

    /// Ends that expression.
    pub(super) fn leave(&mut self, base: usize) {
        self.in_type = false;
        self.base = base;
    }

    /// Removes what was begun last.
    pub(super) fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// The node that was added last: a value.
    pub(super) fn last_mut(&mut self) -> Option<&mut Node<'a>> {
        let last = self.length.checked_sub(1)?;
        self.nodes.get_mut(last)
    }

    /// Notes that the last value stands in parentheses.
    pub(super) fn group(&mut self) {
        if let Some(node) = self.last_mut() {
            node.grouped = true;
        }
    }

    /// Changes the kind of the last value.
    pub(super) fn replace(&mut self, kind: NodeKind<'a>) {
        if let Some(node) = self.last_mut() {
            node.kind = kind;
        }
    }

    /// Where the text of the last node begins.
    pub(super) fn start(&self) -> usize {
        let nodes = self.nodes.get(self.last().first()..self.length);
        let columns = nodes.unwrap_or_default().iter().map(|node| node.column);
        columns.min().unwrap_or(1)
    }

    /// The node that was added last: a value.
    pub(in crate::text) fn last(&self) -> Node<'a> {
        let last = self
            .length
            .checked_sub(1)
            .and_then(|last| self.nodes.get(last));
        last.copied().unwrap_or(Node::EMPTY)
    }

    /// Whether a colon here belongs to a question mark, and not to the name of a module.
    pub(super) fn in_question(&self) -> bool {
        let pending = self.pending.get(self.base..self.depth);
        let pending = pending.unwrap_or_default();
        for pending in pending.iter().rev() {
            match pending.what {
                What::Question(_) => return true,
                What::Group
                | What::Call(..)
                | What::PerCpu(_)
                | What::ContainerOf(_)
                | What::Argument(_)
                | What::Index
                | What::Length
                | What::Braces(_)
                | What::Field(_) => return false,
                _ => {}
            }
        }
        false
    }

    /// Adds a branch whose target is not known yet. Returns its index.
    pub(in crate::text) fn branch(
        &mut self,
        when: Branch,
        column: usize,
    ) -> Result<usize, ParseError> {
        let index = self.length;
        self.emit(NodeKind::Branch { when, to: 0 }, column, index)?;
        Ok(index)
    }

    /// Makes the next node the target of a branch.
    pub(in crate::text) fn land(&mut self, branch: usize) {
        self.aim(branch, self.length);
    }

    /// Sets the target of a branch. Returns the earlier target.
    pub(in crate::text) fn aim(&mut self, branch: usize, node: usize) -> usize {
        if let Some(Node {
            kind: NodeKind::Branch { to, .. },
            ..
        }) = self.nodes.get_mut(branch)
        {
            return core::mem::replace(to, node);
        }
        0
    }
}
