// SPDX-License-Identifier: GPL-2.0

//! See every symbol of the running kernel, and call what you find.

#[path = "../bindings/mod.rs"]
mod bindings;
mod call;
mod context;
mod ctype;
mod debugfs;
mod eval;
mod failure;
pub mod kallsyms;
mod kptr;
mod log;
mod module_bindings;
mod params;
mod parser_memory;
mod print;
mod query;
mod run;
mod show;
pub mod text;
mod tracers;

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
    request::Request,
    Params,
    Serve,
    Serving, //
};

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
        let context = start(module).map_err(log::failure)?;
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
        Ok((
            Request::of_parameters(params)?,
            params::request::bootstrap(params)?,
        ))
    })?;
    let context = Arc::new(Context::new(find(bootstrap)?, module)?, GFP_KERNEL)?;
    match log::answer(&context, &request) {
        // The kernel frees a module whose init fails at once. So while the function of a call that was given up
        // runs, which is to return to the module, init has to succeed.
        Err(failure) if context.caller.is_any_given_up() => {
            log::failure(failure);
            log::stays();
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
        let request = Request::of_sym_name(params).map_err(log::failure)?;
        params
            .unlocked(|| log::answer(self, &request))?
            .map_err(log::failure)
    }
}
