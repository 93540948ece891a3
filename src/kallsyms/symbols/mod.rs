// SPDX-License-Identifier: GPL-2.0

//! The symbols of the running kernel: found by name or by address, walked over, and chosen by queries.

mod bootstrap;
mod entry;
mod export;
mod index;
mod lookup;
mod module;
mod prototypes;
mod query;
mod section;
mod symbol;
mod walk;
mod watch;

pub use self::{
    bootstrap::Bootstrap,
    export::Export,
    lookup::{
        Name,
        Place, //
    },
    module::{
        Module,
        ModuleName,
        Modules, //
    },
    query::{
        glob_match,
        Position,
        Query,
        Tally,
        VMLINUX, //
    },
    symbol::{
        Kind,
        Layout,
        Symbol, //
    },
    watch::{
        Change,
        Watch, //
    },
};

pub(super) use self::{
    export::Exports,
    index::Index,
    module::{
        ModuleMutex,
        ModuleRef, //
    }, //
};
