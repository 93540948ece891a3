// SPDX-License-Identifier: GPL-2.0

//! Memory for the parsers of expressions and programs, which have none of their own.

use crate::text::{
    most_nodes,
    Local,
    Memory,
    Node,
    Open,
    ParseError,
    Pending,
    Program,
    Tree, //
};
use kernel::{
    alloc::AllocError,
    prelude::*, //
};

/// How many parts an expression can have, and how deep they can be nested.
const MAX_NODES: usize = 1024;
const MAX_DEPTH: usize = 64;

/// How many parts and locals a program can have.
const MAX_PROGRAM: usize = 16384;
const MAX_LOCALS: usize = 256;

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
}

/// What the parser of programs fills.
pub(crate) struct ProgramMemory<'a> {
    nodes: KVVec<Node<'a>>,
    locals: KVVec<Local<'a>>,
    pending: KVVec<Pending<'a>>,
    open: KVVec<Open>,
}

impl<'a> ProgramMemory<'a> {
    /// Enough for `text`.
    #[inline(never)] // frame
    pub(crate) fn new(text: &[u8]) -> Result<Self, AllocError> {
        // A loop of the kernel's has a definition of ours, which is longer than its name. Without
        // `=`, `;` and loops there is no local.
        let has_loop = text.windows(4).any(|word| word == b"each");
        let has_locals = has_loop || text.iter().any(|byte| matches!(byte, b'=' | b';'));
        let times = if has_loop { 4 } else { 2 };
        let nodes = most_nodes(text.len())
            .saturating_mul(times)
            .min(MAX_PROGRAM);
        let depth = text.len().saturating_add(8).min(MAX_DEPTH);
        let locals = if has_locals {
            text.len().saturating_add(8).min(MAX_LOCALS)
        } else {
            0
        };
        Ok(Self {
            nodes: KVVec::from_elem(Node::EMPTY, nodes, GFP_KERNEL)?,
            locals: KVVec::from_elem(Local::EMPTY, locals, GFP_KERNEL)?,
            pending: KVVec::from_elem(Pending::EMPTY, depth, GFP_KERNEL)?,
            open: KVVec::from_elem(Open::EMPTY, depth, GFP_KERNEL)?,
        })
    }

    /// The program in `text`.
    #[inline(never)] // frame
    pub(crate) fn program(&mut self, text: &'a [u8]) -> Result<Program<'_, 'a>, ParseError> {
        let memory = Memory {
            nodes: &mut self.nodes,
            locals: &mut self.locals,
            pending: &mut self.pending,
            open: &mut self.open,
        };
        crate::text::program(text, memory)
    }
}
