// SPDX-License-Identifier: GPL-2.0

//! The prototype of a C function: `int _printk(const char *fmt, ...)`.
//!
//! This knows enough of C to read one declaration from a header, and to print it in one canonical
//! form: as `bpftool btf dump … format c` does, with the short names of the integer types.
//!
//! Not supported: types defined on the spot, arrays of arrays, functions that return function
//! pointers (a typedef has a name for them), `typeof`, 128-bit integers, attributes with arguments.
//! The text of a function pointer is kept as it is written; `restrict`, sparse's address spaces and
//! the like are dropped.

mod declaration;
mod keyword;
mod parse;
mod type_name;

pub(super) use self::{
    keyword::{
        begins_type,
        is_name, //
    },
    parse::{
        after_module,
        base,
        pointers, //
    }, //
};

pub use self::{
    declaration::{
        Declaration,
        ParameterDeclaration,
        MAX_PARAMETERS, //
    },
    parse::{
        prototype,
        read_callback,
        read_prototype,
        type_name, //
    },
    type_name::{
        Base,
        Opaque,
        Qualifiers,
        Rank,
        TypeName,
        MAX_POINTERS, //
    }, //
};
