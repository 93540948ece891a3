// SPDX-License-Identifier: GPL-2.0

//! What the user reads: the only room that writes to the kernel's log.

use crate::{
    call,
    kallsyms, //
};
use kernel::{
    prelude::*,
    str::BStr, //
};

/// Says how many symbols there are, and what to try.
pub(crate) fn summary(symbols: usize) {
    pr_info!("the kernel has {symbols} symbols\n");
    pr_info!("try: insmod rust_kallsyms.ko sym_name=printk\n");
}

/// Says what a call gave.
pub(crate) fn call(asked: &[u8], outcome: &call::Outcome) {
    let name = &*outcome.name;
    if asked != name.to_bytes() {
        pr_info!("{} is {name} in this kernel\n", BStr::from_bytes(asked));
    }
    pr_info!("{name}() = {}\n", outcome.value);
}

/// Says why there was no call; returns the errno of that.
pub(crate) fn call_error(asked: &[u8], error: &call::Error) -> Error {
    let asked = BStr::from_bytes(&asked[..asked.len().min(80)]);
    match error {
        call::Error::Kallsyms(error) => {
            let hint = match error {
                kallsyms::Error::NotFound => "; /proc/kallsyms has the names",
                kallsyms::Error::BadName => "; 1 to 511 printable characters make one",
                kallsyms::Error::NotText(_) => "; choose one of type T or t in /proc/kallsyms",
                _ => "",
            };
            pr_err!("sym_name={asked}: {error}{hint}\n");
            (*error).into()
        }
        call::Error::Prototype => {
            pr_err!("sym_name={asked}: its prototype is not known; only printk can be called\n");
            ENOTSUPP
        }
        call::Error::NoMemory => ENOMEM,
    }
}

/// Says that the library cannot work here; returns the errno of that.
pub(crate) fn bootstrap_error(error: kallsyms::Error) -> Error {
    pr_err!("{error}\n");
    error.into()
}
