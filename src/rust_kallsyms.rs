// SPDX-License-Identifier: GPL-2.0

//! See every symbol of the running kernel, and call what you find.

mod address;
mod attached;
#[path = "../bindings/mod.rs"]
mod bindings;
mod call;
mod context;
mod counts;
mod debugfs;
mod describe;
mod failure;
pub mod kallsyms;
mod list;
mod lookup;
mod module_bindings;
mod named;
mod params;
mod parsed;
mod print;
mod report;
mod request;
mod search;
pub mod text;
mod type_lookup;

use context::Context;
use debugfs::Files;
use failure::Failure;
use kallsyms::{
    Bootstrap,
    Kallsyms, //
};
use kernel::{
    prelude::{
        fmt,
        *, //
    },
    sync::Arc, //
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
}

impl kernel::Module for RustKallsyms {
    fn init(module: &'static ThisModule) -> Result<Self> {
        let context = start(module).map_err(report::failure)?;
        Ok(Self {
            _serving: Serving::new(module, context.clone()),
            _files: Files::new(context),
        })
    }
}

/// Finds its way into the kernel, and does what the parameters ask for.
///
/// The parameters are not locked meanwhile. The module stays, since the loader holds a reference to it until its init
/// function has returned (`module_unload_init()`), and `delete_module()` refuses one that is not live.
#[inline(never)]
fn start(module: &'static ThisModule) -> Result<Arc<Context>, Failure> {
    let (request, bootstrap) = Params::lock(module, |params| -> Result<_, Failure> {
        params.start();
        Ok((Request::of_parameters(params)?, request::bootstrap(params)?))
    })?;
    let context = Arc::new(Context::new(find(bootstrap)?, module)?, GFP_KERNEL)?;
    match report::answer(&context, &request) {
        // The kernel frees a module whose init fails at once. So while the function of a call that was given up
        // runs, which is to return to the module, init has to succeed.
        Err(failure) if context.caller.is_any_given_up() => {
            report::failure(failure);
            report::stays();
        }
        answered => answered?,
    }
    Ok(context)
}

/// Finds its way into the kernel.
#[inline(never)]
fn find(bootstrap: Bootstrap) -> Result<KBox<Kallsyms>, Failure> {
    let place = KBox::new_uninit(GFP_KERNEL)?;
    match Kallsyms::new(bootstrap) {
        Ok(kallsyms) => Ok(KBox::write(place, kallsyms)),
        Err(error) => Err(Failure::new(error.to_errno(), fmt!("bootstrap: {error}"))),
    }
}

impl Serve for Context {
    /// Somebody has written to `sym_name`: makes the call, while the parameters are not locked.
    fn written(&self, params: &mut Params) -> Result {
        let request = Request::of_sym_name(params).map_err(report::failure)?;
        params
            .unlocked(|| report::answer(self, &request))?
            .map_err(report::failure)
    }
}
