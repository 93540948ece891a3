// SPDX-License-Identifier: GPL-2.0

//! Bindings that the module needs and its library does not: whoever vendors the library goes
//! without.
//!
//! `bindings/bindings.mk` generates them by the same rule as the library's own, which are in
//! [`crate::bindings`].

#![allow(
    clippy::all,
    clippy::cast_lossless,
    clippy::ptr_as_ptr,
    clippy::ref_as_ptr,
    clippy::undocumented_unsafe_blocks,
    dead_code,
    improper_ctypes,
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    unknown_lints,
    unnecessary_transmutes,
    unreachable_pub,
    unsafe_op_in_unsafe_fn,
    unused_imports
)]

use kernel::{
    bindings::*,
    ffi, //
};
use pin_init::MaybeZeroable;

include!(concat!(
    env!("KALLSYMS_BINDINGS"),
    "/../src/module_bindings/bindings_generated.rs"
));
