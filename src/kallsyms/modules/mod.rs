// SPDX-License-Identifier: GPL-2.0

//! The kernel's modules: the list of them, each with its symbols, and who watches them come and go.

mod module;
mod watch;

pub use self::{
    module::{
        Module,
        ModuleName,
        Modules, //
    },
    watch::{
        Change,
        Watch, //
    },
};

pub(super) use self::module::{
    ModuleMutex,
    ModuleRef,
    Spot, //
};
