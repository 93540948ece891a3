// SPDX-License-Identifier: GPL-2.0

//! A module of its own that vendors the library `kallsyms`: it counts symbols, and calls three
//! functions which the kernel does not export.

mod bindings;
pub mod kallsyms;

use core::{
    convert::Infallible,
    ops::ControlFlow, //
};
use kallsyms::{
    Bootstrap,
    Error,
    Kallsyms,
    Kind,
    Query, //
};
use kernel::prelude::*;

module! {
    type: SymbolStats,
    name: "symbol_stats",
    authors: ["The rust_kallsyms founders"],
    description: "Counts symbols, and calls functions that are not exported",
    license: "GPL",
}

import! {
    /// The number of processes, kernel threads included. No header that this module includes
    /// declares it: its signature is checked against the kernel's own types, and nothing else.
    fn nr_processes() -> c_int;
    /// The number of context switches since the boot. A header declares it: the compiler checks it
    /// too.
    fn nr_context_switches() -> c_ulonglong = kernel::bindings::nr_context_switches;
    /// The bits of `/proc/sys/kernel/tainted`.
    fn get_taint() -> c_ulong = kernel::bindings::get_taint;
}

/// Holds the functions for as long as the module is loaded.
struct SymbolStats {
    kallsyms: Kallsyms,
    nr_processes: nr_processes,
    nr_context_switches: nr_context_switches,
    get_taint: get_taint,
}

impl kernel::Module for SymbolStats {
    fn init(_: &'static ThisModule) -> Result<Self> {
        let stats = Self::new().inspect_err(|error| pr_err!("{error}\n"))?;
        stats.functions();
        stats.symbols().inspect_err(|error| pr_err!("{error}\n"))?;
        Ok(stats)
    }
}

impl SymbolStats {
    fn new() -> Result<Self, Error> {
        let kallsyms = Kallsyms::new(Bootstrap::Auto)?;
        Ok(Self {
            nr_processes: nr_processes::resolve(&kallsyms)?,
            nr_context_switches: nr_context_switches::resolve(&kallsyms)?,
            get_taint: get_taint::resolve(&kallsyms)?,
            kallsyms,
        })
    }

    /// What the three functions return.
    fn functions(&self) {
        // SAFETY: It sums up counters of all CPUs, from any context.
        let processes = unsafe { self.nr_processes.call() };
        // SAFETY: It sums up counters of all CPUs as well, from any context.
        let switches = unsafe { self.nr_context_switches.call() };
        // SAFETY: It reads one word.
        let taint = unsafe { self.get_taint.call() };
        pr_info!("{processes} processes, {switches} context switches, tainted {taint}\n");
    }

    /// How many symbols there are.
    fn symbols(&self) -> Result<(), Error> {
        for kind in Kind::ALL {
            let count = self.kallsyms.count(&Query::new().kinds(&[kind]))?;
            pr_info!("{count} symbols are {kind}\n");
        }
        self.kallsyms.modules(|modules| {
            let ControlFlow::Continue(()) = modules.for_each(|module| {
                let mut count = 0;
                let ControlFlow::Continue(()) = module.for_each(|_| {
                    count += 1;
                    ControlFlow::<Infallible>::Continue(())
                });
                pr_info!("{} has {count} symbols\n", module.name());
                ControlFlow::<Infallible>::Continue(())
            });
        })
    }
}
