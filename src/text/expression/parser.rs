// SPDX-License-Identifier: GPL-2.0

//! The memory of the parser: the nodes that are done, and what is begun and waits for its parts.

use super::{
    node::{
        Branch,
        Node,
        NodeKind,
        Tree, //
    },
    operator::{
        Binary,
        Unary,
        CONDITIONAL,
        PREFIX, //
    }, //
};
use crate::text::{
    cursor::{
        Cursor,
        ParseError, //
    },
    literal::{
        IntegerType,
        Literal, //
    },
    name::NameText,
    prototype::TypeName, //
};

const TOO_LONG: &str = "this expression has too many parts";
const TOO_DEEP: &str = "this expression is nested too deeply";
const NO_LVALUE: &str = "only what is in memory has an address; it cannot be taken of this";

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

pub(super) struct Parser<'t, 'p, 'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) nodes: &'t mut [Node<'a>],
    pub(super) length: usize,
    pub(super) pending: &'p mut [Pending<'a>],
    pub(super) depth: usize,
    /// Whether braces may stand here without anything around them: in a list of arguments.
    pub(super) list: bool,
}

impl<'t, 'p, 'a> Parser<'t, 'p, 'a> {
    pub(super) fn new(
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

    pub(super) fn tree(self) -> Tree<'t, 'a> {
        let nodes: &'t [Node<'a>] = self.nodes;
        Tree {
            nodes: nodes.get(..self.length).unwrap_or_default(),
        }
    }

    /// Adds a node, which is made of those from `first` on.
    pub(super) fn emit(
        &mut self,
        kind: NodeKind<'a>,
        column: usize,
        first: usize,
    ) -> Result<(), ParseError> {
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
        self.pending.get(self.depth.checked_sub(1)?).copied()
    }

    /// Leaves what was begun last.
    pub(super) fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// The node that was added last: a value.
    pub(super) fn last(&self) -> Node<'a> {
        let last = self
            .length
            .checked_sub(1)
            .and_then(|last| self.nodes.get(last));
        last.copied().unwrap_or(Node::EMPTY)
    }

    /// Whether a colon belongs to a question mark here, and not to the name of a module.
    pub(super) fn in_question(&self) -> bool {
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

    /// Adds a branch whose aim is not known yet, and says which node it is.
    pub(super) fn branch(&mut self, when: Branch, column: usize) -> Result<usize, ParseError> {
        let index = self.length;
        self.emit(NodeKind::Branch { when, to: 0 }, column, index)?;
        Ok(index)
    }

    /// Lets a branch go to the node that is added next.
    pub(super) fn land(&mut self, branch: usize) {
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
    pub(super) fn reduce(&mut self, strength: u8) -> Result<(), ParseError> {
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

    /// Makes an operator and the value after it one node, if that is a number with a sign or the
    /// address of a name.
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

    /// Ends what is open up to a bracket; `None` if there is none.
    pub(super) fn settle(&mut self) -> Result<Option<Pending<'a>>, ParseError> {
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
}
