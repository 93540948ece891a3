// SPDX-License-Identifier: GPL-2.0

//! Whether a function may be called through a pointer.
//!
//! With Indirect Branch Tracking (IBT) a pointer leads only to a function that begins with a
//! landing pad. At boot, the kernel removes the pad of every function whose address is not taken
//! anywhere, so only the code in memory can tell. With kCFI, the caller also compares a hash of the
//! prototype, which stands before the function; functions whose address is not taken have none.
//! With FineIBT, the landing pad is there, too.

use crate::kallsyms::nofault;

/// Whether the function at `address` may be called through a pointer.
pub(crate) fn is_reachable(address: usize) -> bool {
    let (mut before, mut entry) = ([0u8; 16], [0u8; 4]);
    // Before the first function of a module, there may be nothing.
    let _ = nofault::read(address.wrapping_sub(before.len()), &mut before);
    nofault::read(address, &mut entry).is_ok() && has_landing_pad(&before, entry)
}

/// As [`is_reachable`], by the bytes before the function and its first ones.
#[cfg(CONFIG_X86_64)]
fn has_landing_pad(before: &[u8; 16], entry: [u8; 4]) -> bool {
    /// `endbr64`
    const ENDBR: [u8; 4] = [0xf3, 0x0f, 0x1e, 0xfa];
    /// `mov $hash, %eax`
    const HASH: u8 = 0xb8;

    let cfi = cfg!(CONFIG_CFI);
    let fine = cfi && before.starts_with(&ENDBR);
    let endbr = entry == ENDBR || !cfg!(CONFIG_X86_KERNEL_IBT);
    // See `arch/x86/include/asm/cfi.h`: eleven bytes of padding follow the hash, or none.
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
