// SPDX-License-Identifier: GPL-2.0

//! What is known about functions' parameters beyond their types.
//!
//! A type does not say whether a pointer may be NULL, or how far a function writes through it.
//! Unless the call is unsafe, NULL and writable strings are only passed to parameters that are
//! known to take them. `docs/reference.md` has the same lists.

use crate::kallsyms::glob_match;
use kernel::prelude::*;

/// Functions (a glob), and the number of the parameter; 1 is the first, 0 means all.
type Known = (&'static CStr, usize);

/// Parameters that take NULL. BTF itself has this for kfuncs.
#[rustfmt::skip]
const NULL: [Known; 30] = [
    (c"__task_pid_nr_ns", 3), (c"bpf_fentry_test[1-7]", 0), (c"bpf_fentry_test1[01]", 0),
    (c"bpf_fentry_test_ppvoid", 1), (c"debugfs_remove", 1), (c"dput", 1), (c"filp_close", 2), (c"free_percpu", 1),
    (c"in4_pton", 5), (c"in6_pton", 5), (c"iput", 1), (c"kernel_read", 4), (c"kernel_write", 4), (c"kfree", 1),
    (c"kfree_const", 1), (c"kfree_sensitive", 1), (c"kobject_put", 1), (c"kstrtobool", 1), (c"kvfree", 1),
    (c"kvfree_sensitive", 1), (c"memparse", 2), (c"mntput", 1), (c"module_put", 1), (c"put_device", 1), (c"put_pid", 1),
    (c"rust_helper_IS_ERR", 1), (c"scnprintf", 1), (c"simple_strto*", 2), (c"snprintf", 1), (c"vfree", 1),
];

/// Parameters that are strings to which the function writes, but not beyond their NUL.
#[rustfmt::skip]
const WITHIN: [Known; 5] = [
    (c"skip_spaces", 1), (c"strim", 1), (c"strreplace", 1), (c"string_lower", 1), (c"string_upper", 1),
];

/// Functions that write several bytes for each one that their size counts, and how many.
const MORE: [(&CStr, usize); 1] = [(c"bin2hex", 2)];

/// Whether the parameter `number`, counted from 1, of `function` takes NULL.
pub(crate) fn takes_null(function: &CStr, number: usize, parameter: &CStr) -> bool {
    parameter.to_bytes().ends_with(b"__nullable") || is_among(&NULL, function, number)
}

/// Whether this parameter is a string to which the function writes, but not beyond its NUL.
pub(crate) fn stays_within(function: &CStr, number: usize) -> bool {
    is_among(&WITHIN, function, number)
}

/// How many bytes the function is known to write for each byte or element that its size counts.
pub(crate) fn writes_per_unit(function: &CStr) -> usize {
    let known = MORE.iter().find(|(name, _)| **name == *function);
    known.map_or(1, |(_, bytes)| *bytes)
}

fn is_among(known: &[Known], function: &CStr, number: usize) -> bool {
    known
        .iter()
        .any(|(glob, which)| (*which == 0 || *which == number) && glob_match(glob, function))
}

/// Whether a negative number that the function returns can be an error. In a function that compares
/// it is not, nor in an `s64` or a `ktime_t`, which are times and other amounts.
pub(crate) fn returns_errors(function: &CStr, returned: Option<&CStr>) -> bool {
    let compares = glob_match(c"*cmp*", function) || glob_match(c"*compare*", function);
    let is_amount = returned.is_some_and(|name| *name == *c"s64" || *name == *c"ktime_t");
    !(compares || is_amount)
}

/// Whether the sizes that the function is told are numbers of bits.
pub(crate) fn counts_bits(function: &CStr) -> bool {
    glob_match(c"*find_*bit*", function) || glob_match(c"*bitmap_*", function)
}

/// Functions that take the arguments that their format asks for, as printf() does, and only read
/// them. Others treat variable arguments differently; `sscanf()` writes through them, and
/// `sprintf()` writes as much as the format makes.
const PRINTF_LIKE: [&CStr; 6] = [
    c"_printk",
    c"_printk_deferred",
    c"snprintf",
    c"scnprintf",
    c"kasprintf",
    c"devm_kasprintf",
];

/// Whether the kernel's own function with this name formats as printf() does.
pub(crate) fn formats(name: &CStr) -> bool {
    PRINTF_LIKE.contains(&name)
}
