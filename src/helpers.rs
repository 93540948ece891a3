// SPDX-License-Identifier: GPL-2.0

//! Bindings for `helpers.h`: what the module itself needs of the kernel's macros and inline functions.

#![allow(missing_docs, unreachable_pub)]

use kernel::{
    bindings::bool_,
    ffi, //
};

include!(concat!(
    env!("KALLSYMS_BINDINGS"),
    "/../src/helpers_generated.rs"
));
