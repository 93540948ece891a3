// SPDX-License-Identifier: GPL-2.0

//! Reads memory that may not be there.

use kernel::{
    bindings,
    prelude::*, //
};

/// Copies memory of the kernel's from `address` on to `to`. `EFAULT` if it cannot be read, or is no
/// memory of the kernel's. Any context.
///
/// Wraps `copy_from_kernel_nofault()`.
pub(crate) fn read(address: usize, to: &mut [u8]) -> Result {
    // SAFETY: `to` is valid for writes, as many bytes as it has; the function takes any address to
    // read from.
    let failed = unsafe {
        bindings::copy_from_kernel_nofault(
            to.as_mut_ptr().cast(),
            address as *const c_void,
            to.len(),
        )
    };
    match failed {
        0 => Ok(()),
        _ => Err(EFAULT),
    }
}
