// SPDX-License-Identifier: GPL-2.0

//! Printing into memory, also what knows nothing of the kernel.

use kernel::{
    alloc::AllocError,
    fmt::{
        self,
        Write, //
    },
    prelude::*,
    str::{
        CString,
        Formatter, //
    }, //
};

/// Prints a line into memory of its own.
#[inline(never)]
pub(crate) fn to_c_string(line: fmt::Arguments<'_>) -> Result<CString, AllocError> {
    // Most lines are short, so that they need not be printed twice to know how much memory they take.
    let mut buffer = [0; 120];
    let [rest @ .., _] = &mut buffer;
    if Formatter::new(rest).write_fmt(line).is_ok() {
        if let Ok(text) = CStr::from_bytes_until_nul(&buffer) {
            return CString::try_from(text);
        }
    }
    // A NUL inside would be an error too; nothing that is printed here has one.
    CString::try_from_fmt(line).map_err(|_| AllocError)
}

/// What prints by [`core::fmt`], because it knows nothing of the kernel.
pub(crate) struct Pure<T>(pub(crate) T);

impl<T: core::fmt::Display> fmt::Display for Pure<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        core::fmt::Display::fmt(&self.0, f)
    }
}
