// SPDX-License-Identifier: GPL-2.0

//! Bindings for `helpers.h`: what the module itself needs of the kernel's macros and inline functions.

#![allow(
    clippy::all,
    clippy::undocumented_unsafe_blocks,
    missing_docs,
    non_camel_case_types,
    non_upper_case_globals,
    unreachable_pub
)]

use kernel::{
    bindings::{
        bool_,
        u64_, //
    },
    ffi, //
};
use pin_init::MaybeZeroable;

include!(concat!(
    env!("KALLSYMS_BINDINGS"),
    "/../src/helpers_generated.rs"
));
