// SPDX-License-Identifier: GPL-2.0

//! Fuzzes the parser of programs.

#![no_main]

#[allow(dead_code)]
#[path = "../host/properties.rs"]
mod properties;
#[allow(dead_code, unused_imports)]
#[path = "../../src/text/mod.rs"]
mod text;

/// What libFuzzer calls with each text.
///
/// # Safety
///
/// There are `size` bytes at `data`, which nobody changes before this returns.
#[no_mangle]
pub unsafe extern "C" fn LLVMFuzzerTestOneInput(data: *const u8, size: usize) -> i32 {
    if size != 0 {
        // SAFETY: By the contract of this function; where there are bytes, `data` is not null.
        properties::program(unsafe { core::slice::from_raw_parts(data, size) });
    }
    0
}
