// SPDX-License-Identifier: GPL-2.0

//! Whether a function may be called through a pointer.
//!
//! With Indirect Branch Tracking (IBT) a pointer leads only to a function that begins with a
//! landing pad. At boot the kernel takes the pads away from functions whose address nobody takes,
//! so that only the code as it is now can tell. With kCFI the caller also compares the hash of its
//! prototype that stands before a function; functions whose address nobody takes have none. FineIBT
//! has the landing pad there.

use crate::kallsyms::nofault;

/// Whether a function may be called by a pointer.
pub(crate) fn is_reachable(address: usize) -> bool {
    let (mut before, mut entry) = ([0u8; 16], [0u8; 4]);
    // Nothing need be before the first function of a module.
    let _ = nofault::read(address.wrapping_sub(before.len()), &mut before);
    nofault::read(address, &mut entry).is_ok() && has_landing_pad(&before, entry)
}

/// See [`is_reachable`]: by what is before the function, and its first bytes.
#[cfg(CONFIG_X86_64)]
fn has_landing_pad(before: &[u8; 16], entry: [u8; 4]) -> bool {
    /// `endbr64`
    const ENDBR: [u8; 4] = [0xf3, 0x0f, 0x1e, 0xfa];
    /// `mov $hash, %eax`
    const HASH: u8 = 0xb8;

    let cfi = cfg!(CONFIG_CFI);
    let fine = cfi && before.starts_with(&ENDBR);
    let endbr = entry == ENDBR || !cfg!(CONFIG_X86_KERNEL_IBT);
    // See `arch/x86/include/asm/cfi.h`: eleven bytes of padding follow it, or none.
    let at = if cfg!(CONFIG_CALL_PADDING) { 0 } else { 11 };
    let hash = before.get(at) == Some(&HASH) || !cfi;
    fine || endbr && hash
}

/// See [`is_reachable`].
#[cfg(CONFIG_ARM64)]
fn has_landing_pad(_before: &[u8; 16], entry: [u8; 4]) -> bool {
    // BTI c, BTI jc, PACIASP, PACIBSP.
    let landing = matches!(
        u32::from_le_bytes(entry),
        0xd503_245f | 0xd503_24df | 0xd503_233f | 0xd503_237f
    );
    landing || !cfg!(CONFIG_ARM64_BTI_KERNEL)
}

/// See [`is_reachable`].
#[cfg(not(any(CONFIG_X86_64, CONFIG_ARM64)))]
fn has_landing_pad(_before: &[u8; 16], _entry: [u8; 4]) -> bool {
    true
}
