// SPDX-License-Identifier: GPL-2.0

//! The memory of the parser: the nodes that are done, and what is begun and waits for its parts.

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

/// What the parser has begun and not ended: memory for it, which the caller gives.
#[derive(Clone, Copy, Debug)]
pub struct Pending<'a> {
    pub(super) what: What<'a>,
    pub(super) column: usize,
    /// Where the nodes of it begin.
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
    /// An operator that waits for its right operand; of `&&` and `||`, where the branch is.
    Binary(Binary, usize),
    /// `unsafe`, and whether a parenthesis follows.
    Unsafe(bool),
    /// `sizeof` without a type; where the branch is.
    SizeOf(usize),
    /// `++` or `--` before a value.
    Step(bool),
    Assign(Option<Binary>),
    /// Before the colon; where the branch is.
    Question(usize),
    /// After the colon; where the second branch is.
    Colon(usize),
    Group,
    /// With so many arguments before the one that is read.
    Call(NameText<'a>, usize),
    PerCpu(NameText<'a>),
    /// Before the comma; whether a definition of ours says so.
    ContainerOf(bool),
    /// An argument of a loop's definition, and where to go on after it.
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
    /// Nothing: the text is at its end, or goes on with something that does not belong to the
    /// expression.
    End,
}

/// What reads expressions, and writes their nodes.
pub(in crate::text) struct Parser<'t, 'p, 'a> {
    pub(in crate::text) cursor: Cursor<'a>,
    pub(super) nodes: &'t mut [Node<'a>],
    pub(in crate::text) length: usize,
    pending: &'p mut [Pending<'a>],
    depth: usize,
    /// Where in `pending` the expression begins that is being read.
    base: usize,
    /// Whether that is within a `typeof`.
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

    /// What was read: the tree, and the locals.
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

    /// Where in the user's text something is, whose column in the text that is being read is this.
    pub(in crate::text) fn place(&self, column: usize) -> usize {
        self.definition()
            .map_or(column, |definition| definition.column)
    }

    /// Adds a node, which is made of those from `first` on.
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

    /// Begins something, which is made of the nodes from `first` on.
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

    /// Begins an expression within the type of another one, and says where that one began.
    pub(super) fn enter(&mut self) -> usize {
        self.in_type = true;
        core::mem::replace(&mut self.base, self.depth)
    }

    /// Ends that expression.
    pub(super) fn leave(&mut self, base: usize) {
        self.in_type = false;
        self.base = base;
    }

    /// Leaves what was begun last.
    pub(super) fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// The node that was added last: a value.
    pub(super) fn last_mut(&mut self) -> Option<&mut Node<'a>> {
        let last = self.length.checked_sub(1)?;
        self.nodes.get_mut(last)
    }

    /// Notes that the value which was added last stands in parentheses.
    pub(super) fn group(&mut self) {
        if let Some(node) = self.last_mut() {
            node.grouped = true;
        }
    }

    /// Changes what the value is that was added last.
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

    /// Whether a colon belongs to a question mark here, and not to the name of a module.
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

    /// Adds a branch whose aim is not known yet, and says which node it is.
    pub(in crate::text) fn branch(
        &mut self,
        when: Branch,
        column: usize,
    ) -> Result<usize, ParseError> {
        let index = self.length;
        self.emit(NodeKind::Branch { when, to: 0 }, column, index)?;
        Ok(index)
    }

    /// Lets a branch go to the node that is added next.
    pub(in crate::text) fn land(&mut self, branch: usize) {
        self.aim(branch, self.length);
    }

    /// Lets a branch go to a node, and says where it went before.
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
