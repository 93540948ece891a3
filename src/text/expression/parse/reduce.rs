// SPDX-License-Identifier: GPL-2.0

//! Ends operators when all of their operands are there.

use super::parser::{
    Parser,
    Pending,
    What, //
};
use crate::text::{
    cursor::ParseError,
    expression::{
        node::NodeKind,
        operator::{
            Binary,
            Unary,
            ASSIGNMENT,
            CONDITIONAL,
            PREFIX, //
        }, //
    },
    literal::{
        IntegerType,
        Literal, //
    },
    name::NameText, //
};

const NOT_A_LOCAL: &str = "only locals are assigned to, and their members and elements";
const NO_LVALUE: &str = "only what is in memory has an address; it cannot be taken of this";

impl<'a> Parser<'_, '_, 'a> {
    /// Ends the operators that bind at least this strongly.
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
                What::Unsafe(whole) => (NodeKind::Unsafe { whole }, PREFIX),
                What::SizeOf(_) => (NodeKind::SizeOfValue, PREFIX),
                What::Step(up) => (NodeKind::Step { up, after: false }, PREFIX),
                What::Assign(operator) => (NodeKind::Assign(operator), ASSIGNMENT),
                What::Binary(operator, _) => (NodeKind::Binary(operator), operator.strength()),
                What::Colon(_) => (NodeKind::Conditional, CONDITIONAL),
                _ => break,
            };
            if own < strength {
                break;
            }
            self.pop();
            match what {
                What::Binary(Binary::And | Binary::Or, branch)
                | What::Colon(branch)
                | What::SizeOf(branch) => {
                    self.land(branch);
                }
                What::Step(_) => self.is_local(column)?,
                What::Unsafe(whole) => self.cover(first, whole),
                What::Unary(operator) if self.fold(operator, column)? => continue,
                _ => {}
            }
            self.emit(kind, column, first)?;
        }
        Ok(())
    }

    /// Makes an operator and the value after it one node if they are a number with its sign, or the
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
                Literal::Address(NameText::of(symbol))
            }
            (Unary::Address, NodeKind::Symbol(name)) => Literal::Address(name),
            (
                Unary::Address,
                NodeKind::Member(_)
                | NodeKind::Pointee(_)
                | NodeKind::Index
                | NodeKind::Unary(Unary::Dereference)
                | NodeKind::History(_)
                | NodeKind::Local(..)
                | NodeKind::Unsafe { .. }
                | NodeKind::PerCpu(_),
            ) => return Ok(false),
            (Unary::Address, _) => {
                let (column, what) = (self.start(), NO_LVALUE);
                return Err(ParseError { column, what });
            }
            _ => return Ok(false),
        };
        if let Some(node) = self.last_mut() {
            node.kind = NodeKind::Value(value);
            node.column = column;
        }
        Ok(true)
    }

    /// Ends the operators after the last open bracket, and returns that; `None` if no bracket is
    /// open.
    pub(super) fn settle(&mut self) -> Result<Option<Pending<'a>>, ParseError> {
        self.reduce(ASSIGNMENT)?;
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

    /// Notes which nodes from `first` on `unsafe` covers: all of them, or those that are not in the
    /// operand's brackets.
    fn cover(&mut self, first: usize, whole: bool) {
        let nodes = self.nodes.get_mut(first..self.length);
        let nodes = nodes.unwrap_or_default();
        if whole {
            nodes.iter_mut().for_each(|node| node.is_unsafe = true);
            return;
        }
        let mut end = nodes.len();
        loop {
            let (before, covered) = nodes.split_at_mut_checked(end).unwrap_or_default();
            let _ = covered;
            let Some((node, before)) = before.split_last_mut() else {
                return;
            };
            node.is_unsafe = true;
            end = match node.kind {
                NodeKind::Member(_)
                | NodeKind::Pointee(_)
                | NodeKind::Unary(_)
                | NodeKind::Cast(_)
                | NodeKind::Unsafe { .. } => before.len(),
                // Before the index.
                NodeKind::Index => before
                    .last()
                    .map_or(0, |index| index.first.saturating_sub(first)),
                _ => return,
            };
            let operand = end.checked_sub(1).and_then(|last| before.get(last));
            if operand.is_none_or(|operand| operand.grouped) {
                return;
            }
        }
    }

    /// Whether the last value is an assignment's, and not in parentheses.
    pub(in crate::text) fn assigns(&self) -> bool {
        let last = self.last();
        !last.grouped && matches!(last.kind, NodeKind::Assign(_) | NodeKind::Step { .. })
    }

    /// Fails if the last value is not a local or a part of one.
    pub(super) fn is_local(&self, column: usize) -> Result<(), ParseError> {
        let mut end = self.length;
        loop {
            let node = end.checked_sub(1).and_then(|last| self.nodes.get(last));
            end = match node.map(|node| node.kind) {
                Some(NodeKind::Local(..)) => return Ok(()),
                Some(NodeKind::Member(_)) => end.saturating_sub(1),
                Some(NodeKind::Index) => {
                    let index = end.checked_sub(2).and_then(|last| self.nodes.get(last));
                    index.map_or(0, |index| index.first)
                }
                _ => {
                    let column = self.place(column);
                    let what = NOT_A_LOCAL;
                    return Err(ParseError { column, what });
                }
            };
        }
    }
}
