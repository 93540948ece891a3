// SPDX-License-Identifier: GPL-2.0

//! The symbols of the running kernel: found by name or by address, walked over, and chosen by
//! queries.

mod export;
mod layout;
mod lookup;
mod name;
mod query;
mod section;
mod selection;
mod symbol;
mod tables;
mod walk;

pub(super) use self::{
    export::Exports,
    name::RawName,
    query::Stage,
    section::{
        Attributes,
        Parts, //
    },
    symbol::{
        ElfSymbol,
        Origin, //
    },
    tables::Index, //
};

pub use self::{
    export::Export,
    layout::{
        Kind,
        Layout, //
    },
    lookup::Place,
    name::{
        Name,
        VMLINUX, //
    },
    query::{
        glob_match,
        Position,
        Query,
        Tally, //
    },
    symbol::Symbol, //
};
