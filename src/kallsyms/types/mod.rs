// SPDX-License-Identifier: GPL-2.0

//! The kernel's own types: what its functions take and return, and how that travels.

mod abi;
mod btf;
mod member;
mod print;
mod prototype;
mod same;
mod shape;
mod source;
mod ty;

pub(super) use self::btf::{
    btf_get_module_btf,
    ftrace_location_range,
    Functions, //
};

pub use self::{
    abi::{
        Taken,
        Travel, //
    },
    btf::{
        Btf,
        HeldBtf, //
    },
    member::Member,
    prototype::{
        Parameter,
        Prototype, //
    },
    shape::{
        FunctionShape,
        Shape,
        Shaped,
        ValueShape, //
    },
    ty::{
        Type,
        TypeKind, //
    }, //
};

/// How many steps a type can be made of: typedefs of pointers to arrays of …
const MAX_DEPTH: usize = 32;
