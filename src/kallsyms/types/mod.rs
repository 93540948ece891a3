// SPDX-License-Identifier: GPL-2.0

//! The kernel's own types: what its functions take and return, and how that travels.

mod btf;
mod shape;

pub use self::{
    btf::{
        Btf,
        Parameter,
        Prototype,
        Type,
        TypeKind, //
    },
    shape::{
        FunctionShape,
        Shape,
        Shaped, //
    },
};

pub(super) use self::btf::{
    btf_get_module_btf,
    ftrace_location,
    Functions, //
};
