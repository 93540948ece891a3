// SPDX-License-Identifier: GPL-2.0

//! Where a call that still runs is.

use crate::answer::{
    demangled,
    Running, //
};
use std::fs;

/// The places on the stack of the call's thread, the innermost first; none if this process may not
/// see them.
pub fn places(running: &Running) -> Vec<String> {
    let thread = format!("/proc/{}", running.pid);
    // In another PID namespace the number is somebody else's.
    let name = fs::read_to_string(format!("{thread}/comm")).unwrap_or_default();
    if name.trim_end() != "rust_kallsyms" {
        return Vec::new();
    }
    let stack = fs::read_to_string(format!("{thread}/stack")).unwrap_or_default();
    stack.lines().filter_map(place).collect()
}

/// The place in a line of `/proc/PID/stack`, with what its name means if it is a name of Rust code.
pub fn place(line: &str) -> Option<String> {
    let (_, place) = line.split_once("] ")?;
    let end = place.find('+').unwrap_or(place.len());
    let (name, rest) = place.split_at(end);
    match demangled(name) {
        Some(demangled) => Some(format!("{demangled}{rest}")),
        None => Some(place.to_owned()),
    }
}
