// SPDX-License-Identifier: GPL-2.0

//! The kernel's modules: the list of them, each with its symbols, and watching them come and go.
//!
//! The kernel's own `module_kallsyms_on_each_symbol()` does not tell its callback which module a
//! symbol belongs to. So these walks read the list themselves, under the lock that the kernel's
//! function takes.
//!
//! C header: [`include/linux/module.h`](srctree/include/linux/module.h)

mod list;
mod module;
mod mutex;
mod reference;
mod spot;
mod symbols;
mod transient;
mod watch;

pub(super) use self::{
    list::has_this_module,
    mutex::ModuleMutex,
    spot::Spot,
    transient::Transients, //
};

pub use self::{
    list::Modules,
    module::Module,
    reference::{
        ModuleName,
        ModuleRef, //
    },
    symbols::NameIndex,
    transient::{
        Transient,
        TransientPosition, //
    },
    watch::{
        Change,
        Watch, //
    }, //
};
