// SPDX-License-Identifier: GPL-2.0

//! See every symbol of the running kernel, and call what you find.

mod address;
#[path = "../bindings/mod.rs"]
mod bindings;
mod call;
mod failure;
pub mod kallsyms;
mod params;
mod report;
mod request;

use call::Caller;
use core::ops::ControlFlow;
use failure::Failure;
use kallsyms::Kallsyms;
use kernel::prelude::{
    fmt,
    *, //
};
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
        serve(&params).map_err(report::failure)?;
        Ok(Self)
    }
}

/// Does what the parameters ask for.
fn serve(params: &Params<'_>) -> Result<(), Failure> {
    let request = Request::new(params)?;
    let kallsyms = Kallsyms::new(request::bootstrap(params)?)
        .map_err(|error| Failure::new(error.to_errno(), fmt!("bootstrap: {error}")))?;
    let caller = Caller::new(kallsyms);
    match request {
        Request::Summary => report::summary(count(caller.kallsyms())),
        Request::Call(request) => report::call(&caller, request.name, &caller.call(&request)?),
    }
    Ok(())
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
