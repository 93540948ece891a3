// SPDX-License-Identifier: GPL-2.0

//! See every symbol of the running kernel, and call what you find.

#[path = "../bindings/mod.rs"]
mod bindings;
mod call;
pub mod kallsyms;
mod params;
mod report;
mod request;

use core::ops::ControlFlow;
use kallsyms::Kallsyms;
use kernel::prelude::*;
use params::Params;
use request::Request;

module! {
    type: RustKallsyms,
    name: "rust_kallsyms",
    authors: ["The rust_kallsyms founders"],
    description: "See every symbol of the running kernel, and call what you find",
    license: "GPL",
}

/// The module, once it has done what its parameters ask for.
struct RustKallsyms;

impl kernel::Module for RustKallsyms {
    fn init(module: &'static ThisModule) -> Result<Self> {
        let params = Params::lock(module);
        let request = Request::new(&params);
        let kallsyms = Kallsyms::new().map_err(report::bootstrap_error)?;
        match request {
            Request::Summary => report::summary(count(&kallsyms)),
            Request::Call { name } => match call::call(&kallsyms, name) {
                Ok(outcome) => report::call(name, &outcome),
                Err(error) => return Err(report::call_error(name, &error)),
            },
        }
        Ok(Self)
    }
}

/// How many symbols `vmlinux` has.
fn count(kallsyms: &Kallsyms) -> usize {
    let mut symbols = 0;
    let ControlFlow::Continue(()) = kallsyms.for_each(|_| {
        symbols += 1;
        ControlFlow::<core::convert::Infallible>::Continue(())
    });
    symbols
}
