// SPDX-License-Identifier: GPL-2.0

//! See every symbol of the running kernel, and call what you find.

#[path = "../bindings/mod.rs"]
mod bindings;
mod call;
mod context;
mod ctype;
mod debugfs;
mod device;
mod eval;
mod failure;
mod files;
pub mod kallsyms;
mod kptr;
mod log;
mod module_bindings;
mod nearest;
mod params;
mod parser_memory;
mod print;
mod query;
mod run;
mod show;
pub mod text;
mod tracers;

use context::Context;
use core::mem::MaybeUninit;
use debugfs::Directory;
use device::Device;
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
    sync::{
        Arc,
        UniqueArc, //
    }, //
};
use params::{
    request::Request,
    Params,
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
/// The fields are dropped in this order: writes to parameters are no longer served when the live
/// files go.
struct RustKallsyms {
    _serving: Serving,
    _device: Option<Pin<KBox<Device>>>,
    _directory: Directory,
}

impl kernel::Module for RustKallsyms {
    fn init(module: &'static ThisModule) -> Result<Self> {
        let context = start(module).map_err(log::failure)?;
        Ok(Self {
            _serving: Serving::new(module, context.clone()),
            _device: device(context.clone()),
            _directory: Directory::new(context),
        })
    }
}

/// Gets access to the kernel's symbols, and does what the parameters ask for.
///
/// The parameters are not locked meanwhile. The module stays, since the loader holds a reference to
/// it until its init function has returned (`module_unload_init()`), and `delete_module()` refuses
/// one that is not live.
#[inline(never)]
fn start(module: &'static ThisModule) -> Result<Arc<Context>, Failure> {
    let (request, bootstrap) = Params::lock(module, |params| -> Result<_, Failure> {
        params.start();
        Ok((Request::new(params)?, params::request::bootstrap(params)?))
    })?;
    let context = learn(find(bootstrap)?)?;
    match request.serve(&context) {
        // The kernel frees a module whose init fails at once. So if an abandoned call is still
        // running, init must succeed: the function has to return into this module.
        Err(failure) if context.caller.workers.is_any_abandoned() => {
            log::failure(failure);
            log::stays();
        }
        answered => answered?,
    }
    Ok(context)
}

/// Registers the device. Without it the module has its other files, and an abandoned call can
/// return.
#[inline(never)] // frame
fn device(context: Arc<Context>) -> Option<Pin<KBox<Device>>> {
    let device = KBox::pin_init(Device::new(context), GFP_KERNEL);
    device.inspect_err(|error| log::no_device(*error)).ok()
}

/// Finds what requests need in the kernel.
#[inline(never)] // frame
fn learn(kallsyms: Arc<Kallsyms>) -> Result<Arc<Context>> {
    Arc::init(Context::new(kallsyms), GFP_KERNEL)
}

/// Gets access to the kernel's symbols.
#[inline(never)]
fn find(bootstrap: Bootstrap) -> Result<Arc<Kallsyms>, Failure> {
    match find_in(UniqueArc::new_uninit(GFP_KERNEL)?, bootstrap) {
        Ok(kallsyms) => Ok(kallsyms.into()),
        Err(error) => Err(Failure::new(error.to_errno(), fmt!("bootstrap: {error}"))),
    }
}

/// Gets access to the kernel's symbols, in `memory`.
///
/// A [`Kallsyms`] is large, and is in this frame before it is copied to `memory`. So this function
/// does nothing else.
#[inline(never)] // frame
fn find_in(
    memory: UniqueArc<MaybeUninit<Kallsyms>>,
    bootstrap: Bootstrap,
) -> Result<UniqueArc<Kallsyms>, kallsyms::Error> {
    memory.init_with(Kallsyms::new(bootstrap))
}
