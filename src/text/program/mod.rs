// SPDX-License-Identifier: GPL-2.0

//! Programs: statements with locals, conditions and loops around expressions.
//!
//! A program is one array of nodes, as an expression is. Statements are nodes, too: they take the
//! values of their expressions from the stack and leave nothing on it. Loops are branches that go
//! back.
//!
//! ```text
//! list_for_each_entry(struct task_struct *t, &init_task.tasks, tasks) t->pid, t->comm
//! ```
//!
//! C's statements are `if`, `while`, `for`, `break`, `continue`, blocks, declarations and
//! expressions. The kernel's loops have their definitions in `for_each.txt`.

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
