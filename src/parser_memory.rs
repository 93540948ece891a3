// SPDX-License-Identifier: GPL-2.0

//! Memory for the parser of expressions, which has none of its own.

use crate::text::{
    most_nodes,
    Node,
    ParseError,
    Pending,
    Tree, //
};
use kernel::{
    alloc::AllocError,
    prelude::*, //
};

/// How many parts an expression can have, and how deep they can be within each other.
const MAX_NODES: usize = 1024;
const MAX_DEPTH: usize = 64;

/// What the parser fills.
pub(crate) struct ParserMemory<'a> {
    nodes: KVVec<Node<'a>>,
    pending: KVVec<Pending<'a>>,
}

impl<'a> ParserMemory<'a> {
    /// Enough for `text`.
    #[inline(never)]
    pub(crate) fn new(text: &[u8]) -> Result<Self, AllocError> {
        let nodes = most_nodes(text.len()).min(MAX_NODES);
        Ok(Self {
            nodes: KVVec::from_elem(Node::EMPTY, nodes, GFP_KERNEL)?,
            pending: KVVec::from_elem(Pending::EMPTY, text.len().min(MAX_DEPTH), GFP_KERNEL)?,
        })
    }

    /// The list of arguments in `text`.
    #[inline(never)]
    pub(crate) fn expressions(&mut self, text: &'a [u8]) -> Result<Tree<'_, 'a>, ParseError> {
        crate::text::expressions(text, &mut self.nodes, &mut self.pending)
    }

    /// The expression in `text`, and whether `unsafe` stands before it.
    #[inline(never)]
    pub(crate) fn expression(
        &mut self,
        text: &'a [u8],
    ) -> Result<(Tree<'_, 'a>, bool), ParseError> {
        crate::text::expression(text, &mut self.nodes, &mut self.pending)
    }
}
