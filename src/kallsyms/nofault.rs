// SPDX-License-Identifier: GPL-2.0

//! Reads memory that may not be there.

use kernel::{
    bindings,
    prelude::*, //
};

/// Copies memory of the kernel's that begins at `address`. Any context.
///
/// The memory may change meanwhile: what is read is some of the old and some of the new. Do not
/// read the registers of devices, which can change when they are read.
///
/// Wraps `copy_from_kernel_nofault()`.
///
/// # Errors
///
/// `EFAULT`: some of it is not there, or is not the kernel's.
///
/// # Examples
///
/// ```
/// # use crate::kallsyms::{nofault, Kallsyms};
/// # fn example(kallsyms: &Kallsyms) -> Option<()> {
/// let mut banner = [0; 14];
/// nofault::read(kallsyms.lookup_name(c"linux_banner")?, &mut banner).ok()?;
/// assert_eq!(&banner, b"Linux version ");
/// assert!(nofault::read(0, &mut banner).is_err());
/// # Some(())
/// # }
/// ```
pub fn read(address: usize, to: &mut [u8]) -> Result {
    // On arm64 without PAN the kernel's function reads the memory of processes, too.
    if cfg!(CONFIG_64BIT) && (address as isize) >= 0 {
        return Err(EFAULT);
    }
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
