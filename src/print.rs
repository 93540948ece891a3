// SPDX-License-Identifier: GPL-2.0

//! Printing into memory, also for code that does not know the kernel.

use kernel::{
    alloc::AllocError,
    fmt::{
        self,
        Write, //
    },
    prelude::{
        fmt,
        *, //
    },
    str::{
        BStr,
        CString,
        Formatter, //
    }, //
};

/// Prints a line into memory of its own.
#[inline(never)]
pub(crate) fn to_c_string(line: fmt::Arguments<'_>) -> Result<CString, AllocError> {
    // Most lines are short, so that they need not be printed twice to know how much memory they
    // take.
    let mut buffer = [0; 120];
    let [rest @ .., _] = &mut buffer;
    let mut short = Formatter::new(rest);
    let fits = short.write_fmt(line).is_ok();
    let length = short.bytes_written();
    match CStr::from_bytes_until_nul(&buffer) {
        Ok(text) if fits && text.to_bytes().len() == length => return CString::try_from(text),
        _ => {}
    }
    // A NUL inside would be an error too; nothing that is printed here has one.
    CString::try_from_fmt(line).map_err(|_| AllocError)
}

/// A text whose unprintable bytes are escaped.
pub(crate) struct Text<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Text<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match core::str::from_utf8(self.0) {
            Ok(text) if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) => f.write_str(text),
            // Byte by byte.
            _ => f.write_fmt(fmt!("{}", BStr::from_bytes(self.0))),
        }
    }
}

/// A value that prints by [`core::fmt`], because its code does not know the kernel.
pub(crate) struct Pure<T>(pub(crate) T);

impl<T: core::fmt::Display> fmt::Display for Pure<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        core::fmt::Display::fmt(&self.0, f)
    }
}
