// SPDX-License-Identifier: GPL-2.0

//! What the terminal is like.

use std::mem::MaybeUninit;

pub fn is_terminal(fd: libc::c_int) -> bool {
    // SAFETY: Any number may be asked about.
    unsafe { libc::isatty(fd) == 1 }
}

/// How many columns and rows the terminal has that standard output is.
pub fn size() -> Option<(usize, usize)> {
    let mut size = MaybeUninit::<libc::winsize>::zeroed();
    // SAFETY: The kernel writes a `winsize` there, for all of whose members zero is a value, too.
    let size = unsafe {
        if libc::ioctl(libc::STDOUT_FILENO, libc::TIOCGWINSZ, size.as_mut_ptr()) != 0 {
            return None;
        }
        size.assume_init()
    };
    match (size.ws_col, size.ws_row) {
        (0, _) | (_, 0) => Some((80, 24)),
        (columns, rows) => Some((columns.into(), rows.into())),
    }
}
