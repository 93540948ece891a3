// SPDX-License-Identifier: GPL-2.0

//! In the kernel, a panic is a BUG. No panic is compiled into the parsers: not for an index, an
//! overflow or a slice.

use std::{
    env,
    fs, //
};

/// `tests/host/run` compiles the parsers as the kernel would (optimised, with overflow checks), and
/// names the object file: its symbols tell what it can call.
#[test]
fn no_panic_is_compiled_in() {
    let path = env::var_os("TEXT_OBJECT").expect("tests/host/run sets TEXT_OBJECT");
    let object = fs::read(path).unwrap();
    let has = |name: &str| {
        object
            .windows(name.len())
            .any(|bytes| bytes == name.as_bytes())
    };
    assert!(has("symbol_name"), "the parsers are not in it");
    for name in ["panic", "_fail", "_overflow"] {
        assert!(!has(name), "the parsers can call something named {name}");
    }
}
