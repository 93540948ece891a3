// SPDX-License-Identifier: GPL-2.0

//! See every symbol of the running kernel, and call what you find.

mod address;
#[path = "../bindings/mod.rs"]
mod bindings;
mod call;
mod context;
mod counts;
mod debugfs;
mod failure;
pub mod kallsyms;
mod list;
mod params;
mod print;
mod report;
mod request;
pub mod text;

use context::Context;
use debugfs::Files;
use failure::Failure;
use kallsyms::Kallsyms;
use kernel::prelude::{
    fmt,
    *, //
};
use params::{
    Params,
    Serve,
    Serving, //
};
use request::Request;

module! {
    type: RustKallsyms,
    name: "rust_kallsyms",
    authors: ["The rust_kallsyms founders"],
    description: "See every symbol of the running kernel, and call what you find",
    license: "GPL",
}

/// The module, once it has done what its parameters ask for.
///
/// What can be asked goes before what answers.
struct RustKallsyms {
    _serving: Serving,
    _files: Files,
    _context: KBox<Context>,
}

impl kernel::Module for RustKallsyms {
    fn init(module: &'static ThisModule) -> Result<Self> {
        let params = Params::lock(module);
        let context = start(module, &params).map_err(report::failure)?;
        Ok(Self {
            // SAFETY: The context lies in a box of its own, and is dropped last.
            _serving: unsafe { Serving::new(module, &params, &*context) },
            // SAFETY: As above.
            _files: unsafe { Files::new(&context) },
            _context: context,
        })
    }
}

/// Finds its way into the kernel, and does what the parameters ask for.
fn start(module: &'static ThisModule, params: &Params<'_>) -> Result<KBox<Context>, Failure> {
    let request = Request::new(params)?;
    let kallsyms = Kallsyms::new(request::bootstrap(params)?)
        .map_err(|error| Failure::new(error.to_errno(), fmt!("bootstrap: {error}")))?;
    let context = KBox::new(Context::new(kallsyms, module), GFP_KERNEL)?;
    serve(&context, request)?;
    Ok(context)
}

/// Does what is asked for.
fn serve(context: &Context, request: Request<'_>) -> Result<(), Failure> {
    match request {
        Request::Summary => report::summary(context),
        Request::List(listing) => report::list(context, &listing)?,
        Request::Call(request) => {
            let outcome = context.caller.call(&request, context.shown_in_log())?;
            report::call(context, request.name, &outcome);
        }
    }
    Ok(())
}

impl Serve for Context {
    /// Somebody has written to `sym_name`: makes the call.
    fn written(&self, params: &Params<'_>) -> Result {
        Request::rewritten(params)
            .and_then(|request| serve(self, request))
            .map_err(report::failure)
    }
}
