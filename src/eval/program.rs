// SPDX-License-Identifier: GPL-2.0

//! Statements: what a program prints, and where its loops end.

use super::Evaluator;
use crate::{
    bindings,
    failure::{
        Failure,
        ELOOP, //
    },
    kptr::may_be_address,
    show::{
        symbol_name,
        value::Value,
        WARNED, //
    },
    text::{
        Format,
        NodeKind,
        Tree, //
    }, //
};
use kernel::{
    fmt::{
        self,
        Write, //
    },
    prelude::{
        fmt,
        *, //
    }, //
};

/// How many turns all loops of a program may take.
const MAX_TURNS: u64 = 100_000_000;

/// How many bytes a program can print.
const MAX_OUTPUT: usize = 1 << 20;

/// What a program has printed, and how many turns its loops have taken.
#[derive(Default)]
pub(super) struct Output {
    text: KVVec<u8>,
    /// Where the line that is being written begins.
    line: usize,
    turns: u64,
    /// Whether the program printed more than that.
    pub(super) is_cut: bool,
}

impl Output {
    /// The complete lines; then a line if they were cut, and one if the kernel `warned`.
    pub(super) fn into_text(mut self, warned: bool) -> Result<KVVec<u8>, Failure> {
        self.text.truncate(self.line);
        if self.is_cut {
            self.write_fmt(fmt!(
                "... cut: a program prints {MAX_OUTPUT} bytes at most\n"
            ))
            .map_err(|_| ENOMEM)?;
        }
        if warned {
            self.write_fmt(fmt!("{WARNED}\n")).map_err(|_| ENOMEM)?;
        }
        Ok(self.text)
    }

    /// Adds a column.
    fn column(&mut self, text: fmt::Arguments<'_>) -> Result<(), Failure> {
        if self.text.len() > self.line {
            self.text.push(b'\t', GFP_KERNEL)?;
        }
        self.write_fmt(text).map_err(|_| ENOMEM)?;
        self.is_cut |= self.text.len() > MAX_OUTPUT;
        Ok(())
    }

    /// Ends the line, unless nothing is in it.
    pub(super) fn end_line(&mut self) -> Result<(), Failure> {
        if self.text.len() > self.line {
            self.text.push(b'\n', GFP_KERNEL)?;
            self.line = self.text.len();
        }
        Ok(())
    }
}

impl Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let added = self.text.extend_from_slice(text.as_bytes(), GFP_KERNEL);
        added.map_err(|_| fmt::Error)
    }
}

impl<'a> Evaluator<'_, '_, 'a> {
    /// Counts a turn of a loop. Fails after too many turns, after a signal, or if the time is over.
    pub(super) fn turn(&mut self, column: usize) -> Result<(), Failure> {
        self.fields.clear();
        self.output.turns += 1;
        let turns = self.output.turns;
        if turns > MAX_TURNS {
            return Err(self.fail(
                column,
                ELOOP(),
                fmt!("the loops of this program took more than {MAX_TURNS} turns"),
            ));
        }
        if turns % 256 != 0 {
            return Ok(());
        }
        // SAFETY: A program is evaluated in process context and holds no lock that forbids
        // sleeping.
        unsafe { bindings::kallsyms_helper_cond_resched() };
        if kernel::current!().signal_pending() {
            return Err(self.fail(column, EINTR, fmt!("interrupted after {turns} turns")));
        }
        if self.execution.is_late() {
            return Err(self.fail(
                column,
                ETIMEDOUT,
                fmt!("the time is over after {turns} turns"),
            ));
        }
        Ok(())
    }

    /// Ends a column: the value on the stack goes into the line. If a call is the whole statement,
    /// its temporaries follow.
    #[inline(never)] // frame
    pub(super) fn column(
        &mut self,
        tree: &Tree<'_, 'a>,
        index: usize,
        format: Format,
    ) -> Result<(), Failure> {
        let (item, node) = self.pop()?;
        let show = self.settings.show;
        let Some(mut outcome) = self.last_call(node)? else {
            let (value, _) = self.result(tree, item, node)?;
            let value = self.as_format(format, value)?;
            return match value {
                Value::Void => Ok(()),
                value => self.output.column(fmt!("{}", value.display(show))),
            };
        };
        let mut after = tree.nodes().iter().skip(index);
        let print = after.find_map(|node| match node.kind {
            NodeKind::Print(columns) => Some(columns),
            _ => None,
        });
        if print != Some(1) {
            outcome.temporaries.clear();
        }
        if matches!(outcome.value, Value::Void) && outcome.temporaries.is_empty() {
            return Ok(());
        }
        self.format_outcome(&mut outcome, format)?;
        let values = outcome.values(show);
        self.output.column(fmt!("{values}"))
    }

    /// Converts a value for a format.
    #[inline(never)] // frame
    pub(super) fn as_format(&self, format: Format, value: Value) -> Result<Value, Failure> {
        Ok(match (format, value) {
            (Format::Plain, value) => value,
            (_, Value::Array(values, count)) => {
                let mut shown = KVec::new();
                for value in values {
                    shown.push(self.as_format(format, value)?, GFP_KERNEL)?;
                }
                Value::Array(shown, count)
            }
            (Format::Hexadecimal, Value::Unsigned(bits) | Value::Enum(bits, ..)) => {
                Value::Hexadecimal(bits)
            }
            (Format::Hexadecimal, Value::Signed(bits, _)) => {
                Value::Hexadecimal(u64::from(bits as u32))
            }
            (Format::Hexadecimal, Value::Long(bits, _)) => Value::Hexadecimal(bits as u64),
            (Format::Hexadecimal, Value::Pointer(bits, _)) => Value::Hexadecimal(bits as u64),
            (Format::Address, Value::Unsigned(bits)) if may_be_address(bits) => {
                self.pointer_value(bits as usize)?
            }
            (Format::Address, Value::Long(bits, _)) if may_be_address(bits as u64) => {
                self.pointer_value(bits as usize)?
            }
            (Format::Address, Value::Pointer(bits, _)) => self.pointer_value(bits)?,
            (_, value) => value,
        })
    }

    /// An address, with the symbol that contains it.
    pub(super) fn pointer_value(&self, address: usize) -> Result<Value, Failure> {
        let name = symbol_name::at(self.caller.kallsyms(), address)?;
        Ok(Value::Pointer(address, name))
    }

    /// After a failed read in a column of a loop, writes that to the column and returns the index
    /// of the node after it. Any other failure ends the program.
    #[inline(never)] // frame
    pub(super) fn skip_fault(
        &mut self,
        tree: &Tree<'_, 'a>,
        index: usize,
        failure: Failure,
    ) -> Result<usize, Failure> {
        let nodes = tree.nodes();
        let is_read = self.is_fault.replace(false);
        let column = (index..nodes.len()).find(|at| {
            matches!(nodes.get(*at), Some(node) if node.first() <= index
                && matches!(node.kind, NodeKind::Column(_)))
        });
        let in_loop = |column: usize| {
            let mut after = nodes.iter().skip(column);
            after.any(|node| matches!(node.kind, NodeKind::Branch { to, .. } if to <= index))
        };
        match column {
            Some(column) if is_read && in_loop(column) => {
                self.stack.clear();
                self.output.column(fmt!("<fault>"))?;
                Ok(column + 1)
            }
            _ => Err(failure),
        }
    }
}
