// SPDX-License-Identifier: GPL-2.0

//! Programs: statements with locals, conditions and loops around expressions.
//!
//! Like an expression, a program is one array of nodes. Statements are nodes, too: they take the
//! values of their expressions from the stack, and push nothing. Loops are branches that go back.
//!
//! ```text
//! list_for_each_entry(struct task_struct *t, &init_task.tasks, tasks) t->pid, t->comm
//! ```
//!
//! Statements are C's `if`, `while`, `for`, `break`, `continue`, blocks, declarations and
//! expressions, and the kernel's loops, which are defined in `for_each.txt`.

mod declaration;
mod for_each;
mod loop_arguments;
mod parse;
mod statement;

pub use self::{
    parse::{
        program,
        Memory,
        Options,
        Program, //
    },
    statement::Open, //
};
