// SPDX-License-Identifier: GPL-2.0

//! The first address: where `kallsyms_lookup_name()` is, which tells all others.

use crate::bindings;
use kernel::prelude::*;

const NAME: &CStr = c"kallsyms_lookup_name";

/// Finds the entry of `kallsyms_lookup_name()` with a kprobe that is registered but never armed: it
/// resolves the name, and touches no text.
///
/// A kprobe's address may lie behind the entry (on x86 behind the landing pad), so the entry is asked
/// for by name. Sleeps.
pub(super) fn kprobe() -> Option<usize> {
    let mut probe = bindings::kprobe {
        symbol_name: NAME.as_char_ptr(),
        flags: bindings::KPROBE_FLAG_DISABLED,
        ..Default::default()
    };
    // SAFETY: The probe has a name and no handlers; it stays where it is until it is unregistered.
    if unsafe { bindings::register_kprobe(&mut probe) } != 0 {
        return None;
    }
    let address = probe.addr as usize;
    // SAFETY: It was registered above.
    unsafe { bindings::unregister_kprobe(&mut probe) };
    offset(address).map(|offset| address - offset)
}

/// How far `address` lies inside `kallsyms_lookup_name()`, if it does.
///
/// `sprint_symbol()` is exported; it writes `name+0xoffset/0xsize`, and ` [module]` for a module.
fn offset(address: usize) -> Option<usize> {
    let mut buffer = [0u8; bindings::KSYM_SYMBOL_LEN];
    // SAFETY: The buffer is as long as the longest text (`KSYM_SYMBOL_LEN` is made for it).
    unsafe { bindings::sprint_symbol(buffer.as_mut_ptr().cast(), address) };
    let text = CStr::from_bytes_until_nul(&buffer).ok()?.to_str().ok()?;
    let (name, place) = text.split_once("+0x")?;
    let (offset, size) = place.split_once('/')?;
    if name.as_bytes() != NAME.to_bytes() || size.contains('[') {
        return None;
    }
    usize::from_str_radix(offset, 16).ok()
}
