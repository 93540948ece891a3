// SPDX-License-Identifier: GPL-2.0

//! [`kernel::bindings`], and bindings for what that lacks, generated from the target kernel's own
//! headers.
//!
//! See `bindings_helper.h` for the headers and `bindgen_parameters` for what is taken of them.

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
    unsafe_op_in_unsafe_fn
)]

use core::mem::{
    offset_of,
    size_of, //
};
pub use kernel::bindings::*;
use kernel::ffi;
use pin_init::MaybeZeroable;

include!(concat!(env!("KALLSYMS_BINDINGS"), "/bindings_generated.rs"));

/// Stops the compilation where bindgen, whose C compiler is libclang, and the kernel's own C
/// compiler understand the headers differently.
macro_rules! same {
    ($bindgen:expr, $compiler:literal) => {
        const _: () = assert!(
            $bindgen == $compiler,
            concat!(
                "bindgen and the kernel's C compiler disagree about the headers: ",
                stringify!($bindgen),
                " is not ",
                stringify!($compiler),
                ", which the C compiler has; see bindings/bindings.mk",
            )
        );
    };
}

include!(concat!(env!("KALLSYMS_BINDINGS"), "/layouts.rs"));
