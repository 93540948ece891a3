// SPDX-License-Identifier: GPL-2.0

//! Where a call that still runs is.

use crate::answer::Running;
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
    let places = stack.lines().filter_map(|line| line.split_once("] "));
    places.map(|(_, place)| demangled(place)).collect()
}

/// A place, with what its name means if it is a name of Rust code.
fn demangled(place: &str) -> String {
    let end = place.find('+').unwrap_or(place.len());
    let (name, rest) = place.split_at(end);
    match rustc_demangle::try_demangle(name) {
        Ok(demangled) => format!("{demangled:#}{rest}"),
        Err(_) => place.to_owned(),
    }
}
