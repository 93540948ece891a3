// SPDX-License-Identifier: GPL-2.0

//! The kernel's own types: what its functions take and return, and how that travels.

mod abi;
mod btf;
mod kfunc;
mod print;
mod prototype;
mod same;
mod shape;
mod ty;
mod walk;

pub use self::{
    abi::{
        Taken,
        Travel, //
    },
    btf::{
        Btf,
        HeldBtf, //
    },
    kfunc::Kfuncs,
    prototype::{
        Parameter,
        Prototype, //
    },
    shape::{
        FunctionShape,
        Shape,
        Shaped, //
    },
    ty::{
        Member,
        Type,
        TypeKind, //
    },
};

pub(super) use self::btf::{
    btf_get_module_btf,
    ftrace_location,
    Functions, //
};

/// How many steps a type can be made of: typedefs of pointers to arrays of …
const MAX_DEPTH: usize = 32;
