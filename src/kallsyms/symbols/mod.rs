// SPDX-License-Identifier: GPL-2.0

//! The symbols of the running kernel: found by name or by address, walked over, and chosen by queries.

mod export;
mod lookup;
mod query;
mod section;
mod symbol;
mod tables;
mod walk;

pub use self::{
    export::Export,
    lookup::{
        Name,
        Place, //
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
};

pub(super) use self::{
    export::Exports,
    query::Stage,
    symbol::{
        ElfSymbol,
        Origin,
        RawName, //
    },
    tables::Index, //
};
