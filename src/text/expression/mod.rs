// SPDX-License-Identifier: GPL-2.0

//! Expressions of C: `__dev_get_by_name(&init_net, "lo")->mtu`, `*find_vpid(1)`, `flags & ~0x3`.
//!
//! A tree is an array in which every node comes after its operands, in the order in which C
//! evaluates them. The evaluator goes from the first node to the last with a stack of values, and
//! needs no recursion. Neither does the parser, which gets its memory from the caller.
//!
//! Supported are C's literals, names, calls, `->`, `.`, `[]`, casts, `sizeof(type)`, and all
//! operators that assign nothing. Beyond C, there are `module:name`, the temporaries `out`,
//! `out[n]` and `{ .member = value }`, `per_cpu(name, cpu)`, and the earlier values `$` and `$1`.

mod local;
mod node;
mod operator;
mod parse;
mod print;

pub(super) use self::{
    local::Locals,
    parse::{
        parameter,
        Expansion,
        Parser,
        MAX_LOOP_ARGUMENTS, //
    }, //
};

pub use self::{
    local::{
        Declared,
        Local, //
    },
    node::{
        most_nodes,
        Branch,
        Format,
        Node,
        NodeKind,
        Tree, //
    },
    operator::{
        Binary,
        Unary, //
    },
    parse::{
        expressions,
        Pending, //
    }, //
};
