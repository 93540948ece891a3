// SPDX-License-Identifier: GPL-2.0

//! What the user reads in the kernel's log: the only room that writes there.

use crate::{
    address,
    call::{
        Caller,
        Outcome, //
    },
    failure::{
        quote,
        Failure, //
    }, //
};
use kernel::prelude::*;

/// Says how many symbols there are, and what to try.
pub(crate) fn summary(symbols: usize) {
    pr_info!("the kernel has {symbols} symbols\n");
    pr_info!("try: insmod rust_kallsyms.ko sym_name=printk\n");
}

/// Says what a call gave.
pub(crate) fn call(caller: &Caller, asked: &[u8], outcome: &Outcome) {
    let name = &*outcome.name;
    let (prototype, module) = (&*outcome.prototype, &*outcome.module);
    if outcome.alias {
        pr_info!("{} is {name} in this kernel\n", quote(asked));
    }
    pr_info!(
        "{name}: {prototype}  [{module}, text, {:#x} bytes]\n",
        outcome.size
    );
    if outcome.tainted {
        pr_info!("{name}: called as unsafe_call=1 vouches; the kernel is tainted\n");
    }
    pr_debug!("{name}: took {} ns\n", outcome.nanoseconds);
    let show = address::shown_in_log(caller.kallsyms());
    pr_info!("{} = {}\n", &*outcome.call, outcome.value.display(show));
}

/// Says why something was not done; returns the errno of that.
pub(crate) fn failure(failure: Failure) -> Error {
    if let Some(line) = failure.line() {
        pr_err!("{line}\n");
    }
    failure.errno()
}
