// SPDX-License-Identifier: GPL-2.0

//! What compilers call C's integers. Clang calls them what people do; gcc does not.

use kernel::prelude::*;

/// What gcc calls an integer, and what Clang does.
const NAMES: [(&CStr, &CStr); 6] = [
    (c"short int", c"short"),
    (c"short unsigned int", c"unsigned short"),
    (c"long int", c"long"),
    (c"long unsigned int", c"unsigned long"),
    (c"long long int", c"long long"),
    (c"long long unsigned int", c"unsigned long long"),
];

/// An integer's usual name, whichever compiler has named it. Other names stay.
pub(crate) fn usual_name(name: &CStr) -> &CStr {
    let is = NAMES.iter().find(|(gcc, _)| *gcc == name);
    is.map_or(name, |(_, clang)| clang)
}

/// What the other compiler calls the integer of this name, if that is different.
pub(super) fn other(name: &CStr) -> Option<&'static CStr> {
    NAMES.iter().find_map(|(gcc, clang)| match name {
        name if name == *gcc => Some(*clang),
        name if name == *clang => Some(*gcc),
        _ => None,
    })
}
