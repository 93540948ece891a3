// SPDX-License-Identifier: GPL-2.0

//! Everything that the module logs, except refused writes to parameters.

use crate::{
    call::request::Call,
    context::Context,
    failure::{
        quote,
        Failure, //
    },
    kallsyms::{
        Kallsyms,
        Kind,
        VMLINUX, //
    },
    query::{
        listing::Listing,
        symbol_counts::Counts,
        symbol_line::SymbolLine, //
    },
    show::{
        Outcome,
        WARNED, //
    }, //
};
use core::ops::ControlFlow;
use kernel::{
    fmt,
    prelude::{
        fmt,
        *, //
    }, //
};

/// Where the live files are.
const FILES: &str = "/sys/kernel/debug/rust_kallsyms";

/// How many lines of a listing the log gets, at most.
const MAX_LINES: usize = 1000;

/// Lines for the log: collected while the list of modules is locked, and printed after that, since
/// a console can be slow.
#[derive(Default)]
struct Batch {
    text: KVVec<u8>,
    lines: usize,
    /// Whether there was no memory for a line.
    cut: bool,
}

impl fmt::Write for Batch {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text
            .extend_from_slice(text.as_bytes(), GFP_KERNEL)
            .map_err(|_| fmt::Error)
    }
}

impl Batch {
    /// Adds a line, unless there are [`MAX_LINES`] already. Breaks if there is no memory.
    fn push(&mut self, line: fmt::Arguments<'_>) -> ControlFlow<()> {
        if self.lines == MAX_LINES {
            return ControlFlow::Continue(());
        }
        if fmt::Write::write_fmt(self, fmt!("{line}\n")).is_err() {
            self.cut = true;
            return ControlFlow::Break(());
        }
        self.lines += 1;
        ControlFlow::Continue(())
    }

    /// Prints the lines.
    #[inline(never)]
    fn print(&self) -> Result<(), Failure> {
        if self.cut {
            return Err(Failure::from(ENOMEM));
        }
        let lines = self.text.split(|byte| *byte == b'\n').take(self.lines);
        for line in lines {
            pr_info!("{}\n", core::str::from_utf8(line).unwrap_or_default());
        }
        Ok(())
    }
}

/// Logs how many symbols each module has, and what to try.
#[inline(never)]
pub(crate) fn summary(kallsyms: &Kallsyms) -> Result<(), Failure> {
    let counts = Counts::of_vmlinux(kallsyms);
    let (mut symbols, mut modules) = (counts.total(), 0);
    let mut batch = Batch::default();
    let _ = batch.push(fmt!(
        "{}: {symbols} symbols, {} of them text",
        VMLINUX,
        counts.of(Kind::Text)
    ));
    // This only fails within another walk over the modules, and this is not one.
    let _ = kallsyms.modules(|list| {
        list.for_each(|module| {
            let counts = Counts::of_module(module);
            symbols += counts.total();
            modules += 1;
            let (total, text) = (counts.total(), counts.of(Kind::Text));
            batch.push(fmt!(
                "{}: {total} symbols, {text} of them text",
                module.name()
            ))
        })
    });
    batch.print()?;
    pr_info!("{symbols} symbols in the kernel and {modules} modules\n");
    pr_info!("try: sym_name=int_sqrt args=144, or module=vmlinux filter='tcp_*', or {FILES}/\n");
    Ok(())
}

/// Lists symbols, and says how many there are.
#[inline(never)]
pub(crate) fn list(context: &Context, listing: &Listing) -> Result<(), Failure> {
    let kallsyms = &*context.kallsyms;
    listing.check(kallsyms)?;
    let show = context.shown_in_log();
    let mut batch = Batch::default();
    let walked = listing.query(|query| {
        kallsyms.query(query, |symbol| {
            batch.push(fmt!(
                "{}",
                SymbolLine {
                    symbol,
                    kallsyms,
                    show
                }
            ))
        })
    })?;
    let (_, tally) = walked.map_err(|error| Failure::new(error.to_errno(), fmt!("{error}")))?;
    batch.print()?;
    totals(batch.lines, tally.matched, tally.total);
    Ok(())
}

/// Logs how many symbols a listing has shown, how many there are, and where to read them all.
#[inline(never)]
fn totals(lines: usize, matched: usize, total: usize) {
    pr_info!("{lines}/{matched}/{total} shown/matched/total\n");
    if lines < matched {
        pr_info!("all of them: cat {FILES}/symbols\n");
    }
}

/// Logs the outcome of a call; `text` is the call in C.
#[inline(never)]
pub(crate) fn outcome(context: &Context, call: &Call, outcome: &Outcome, text: &CStr) {
    if let Some(callee) = &outcome.callee {
        let (name, module) = (&*callee.name, &*callee.module);
        if callee.alias {
            pr_info!(
                "{} is {name} in this kernel\n",
                quote(call.function.as_bytes())
            );
        }
        let (prototype, size) = (&*outcome.prototype, callee.size);
        pr_info!("{name}: {prototype}  [{module}, text, {size:#x} bytes]\n");
        if outcome.tainted {
            pr_info!("{name}: called as unsafe_call=1 vouches; the kernel is tainted\n");
        }
        if outcome.warned {
            pr_warn!("{name}: {WARNED}\n");
        }
        pr_debug!("{name}: took {} ns\n", outcome.nanoseconds);
    }
    let show = context.shown_in_log();
    pr_info!("{text} = {}\n", outcome.values(show));
}

/// Logs that the device could not be registered.
pub(crate) fn no_device(error: Error) {
    pr_warn!("no /dev/rust_kallsyms: {}\n", error.to_errno());
}

/// Logs that the module was loaded although its call was abandoned.
pub(crate) fn stays() {
    pr_info!("the module stays loaded; rmmod can remove it when the function has returned\n");
}

/// Logs why something failed; returns the errno.
pub(crate) fn failure(failure: Failure) -> Error {
    if let Some(line) = failure.line() {
        pr_err!("{line}\n");
    }
    failure.errno()
}
