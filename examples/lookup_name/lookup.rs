// SPDX-License-Identifier: GPL-2.0

//! Finds a function by its name, and calls it: `insmod lookup_name.ko sym_name=int_sqrt` prints
//!
//!     lookup_name: int_sqrt(144) = 12
//!
//! and `sym_name=msleep`
//!
//!     lookup_name: msleep: the kernel has `void msleep(unsigned int msecs)`, not `fn(u64) -> u64`

mod bindings;
pub mod kallsyms;

use kallsyms::{
    Bootstrap,
    Error,
    Function,
    Kallsyms,
    Name, //
};
use kernel::prelude::*;

module! {
    type: LookupName,
    name: "lookup_name",
    authors: ["The rust_kallsyms founders"],
    description: "Finds a function by its name, and calls it",
    license: "GPL",
}

extern "C" {
    /// The parameter: see `sym_name.c`.
    fn lookup_name_parameter() -> *const c_char;
}

/// What the function must look like; the kernel's own types say whether it does.
type Takes1 = unsafe extern "C" fn(c_ulong) -> c_ulong;

struct LookupName;

impl kernel::Module for LookupName {
    fn init(_: &'static ThisModule) -> Result<Self> {
        // SAFETY: The parameter is a NUL-terminated string, which does not change.
        let name = unsafe { CStr::from_char_ptr(lookup_name_parameter()) };
        call(name).inspect_err(|error| pr_err!("{error}\n"))?;
        Ok(Self)
    }
}

fn call(name: &CStr) -> Result<(), Error> {
    let kallsyms = Kallsyms::new(Bootstrap::Auto)?;
    // Its module, if it is of one, stays as long as `function`.
    let function = Function::<Takes1>::resolve(&kallsyms, &Name::new(name)?, 0)?;
    // SAFETY: The user says by the parameter that it can be called so.
    let value = unsafe { function.call((144,)) };
    pr_info!("{name}(144) = {value}\n");
    Ok(())
}
