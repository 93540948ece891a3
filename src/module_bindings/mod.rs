// SPDX-License-Identifier: GPL-2.0

//! Bindings that the module needs and its library does not: whoever vendors the library goes without.
//!
//! `bindings/bindings.mk` generates them by the same rule as the library's own, of which
//! [`crate::bindings`] is the room.

#![allow(
    clippy::all,
    dead_code,
    improper_ctypes,
    missing_docs,
    non_camel_case_types,
    non_upper_case_globals,
    unreachable_pub
)]

use kernel::{
    bindings::*,
    ffi, //
};

include!(concat!(
    env!("KALLSYMS_BINDINGS"),
    "/../src/module_bindings/bindings_generated.rs"
));
