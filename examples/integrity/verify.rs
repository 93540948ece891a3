// SPDX-License-Identifier: GPL-2.0

//! Looks for two traces of a rootkit, and changes nothing: system calls that do not lead into the
//! kernel itself, and modules that are not on the list of modules.
//!
//!     integrity: of 472 system calls 0 lead elsewhere
//!     integrity: of 262144 pages 41 are of modules, 0 of modules that are not on the list

mod bindings;
pub mod kallsyms;

use kallsyms::{
    Bootstrap,
    Error,
    Kallsyms,
    Kind,
    ModuleName, //
};
use kernel::{
    page::PAGE_SIZE,
    prelude::*, //
};

module! {
    type: Integrity,
    name: "integrity",
    authors: ["The rust_kallsyms founders"],
    description: "Looks for changed system calls and hidden modules",
    license: "GPL",
}

/// How many system calls there are.
const CALLS: usize = kernel::bindings::__NR_syscalls as usize;

import! {
    /// The library compares its size with the symbol's.
    static sys_call_table: [usize; CALLS];
}

struct Integrity;

impl kernel::Module for Integrity {
    fn init(_: &'static ThisModule) -> Result<Self> {
        check().inspect_err(|error| pr_err!("{error}\n"))?;
        Ok(Self)
    }
}

fn check() -> Result<(), Error> {
    let kallsyms = Kallsyms::new(Bootstrap::Auto)?;
    system_calls(&kallsyms)?;
    modules(&kallsyms)
}

/// Every system call is a function of the kernel itself.
fn system_calls(kallsyms: &Kallsyms) -> Result<(), Error> {
    let table = sys_call_table::resolve(kallsyms)?;
    // SAFETY: The library has found that the table has room for this, and it is not written to.
    let calls = unsafe { &*table.as_ptr() };
    let mut elsewhere = 0;
    for (number, address) in calls.iter().enumerate() {
        if kallsyms.layout().kind(*address) != Kind::Text {
            elsewhere += 1;
            kallsyms.at(*address, |place| {
                let module = place.module.unwrap_or_default();
                pr_warn!("system call {number} leads to {} [{module}]\n", place.name);
            });
        }
    }
    pr_info!(
        "of {} system calls {elsewhere} lead elsewhere\n",
        calls.len()
    );
    Ok(())
}

/// Every module with an address in this gigabyte, where modules lie, is on the list of modules.
///
/// The kernel finds the module of an address in a tree of its own. A module that took itself off
/// the list to hide is still in there, or its code could not have an oops.
fn modules(kallsyms: &Kallsyms) -> Result<(), Error> {
    let start = check as usize & !((1 << 30) - 1);
    let pages = (1 << 30) / PAGE_SIZE;
    let (mut found, mut hidden) = (0, 0);
    for number in 0..pages {
        let page = start + number * PAGE_SIZE;
        let module = kallsyms
            .at(page, |place| place.module.map(ModuleName::new))
            .flatten();
        let Some(name) = module else { continue };
        found += 1;
        if kallsyms
            .modules(|modules| modules.find(name.to_bytes(), |_| ()))?
            .is_none()
        {
            hidden += 1;
            pr_warn!("the module {} is not on the list\n", &*name);
        }
    }
    pr_info!(
        "of {pages} pages {found} are of modules, {hidden} of modules that are not on the list\n"
    );
    Ok(())
}
