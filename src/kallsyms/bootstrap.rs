// SPDX-License-Identifier: GPL-2.0

//! The first address: where `kallsyms_lookup_name()` is, which tells all others.
//!
//! Whatever names an address, `sprint_symbol()` (which is exported) has to confirm it.

use crate::bindings;
use kernel::prelude::*;

/// The function to find.
const NAME: &CStr = c"kallsyms_lookup_name";

/// How far from `sprint_symbol()` the scan looks.
const SCAN_DISTANCE: usize = 4 << 20;

/// How far it looks before a kprobe is tried. The two functions are of one source file, so that
/// they lie near each other unless the compiler or the linker has sorted functions.
const NEAR: usize = 64 << 10;

/// A way to find `kallsyms_lookup_name()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bootstrap {
    /// First by the scan, near `sprint_symbol()`; then by a kprobe, which takes many times longer;
    /// and if there are none, by the scan further away.
    Auto,
    /// A kprobe that is registered, which resolves the name, but never armed, so that it touches no
    /// text.
    Kprobe,
    /// This address, if it is the function's entry.
    Address(usize),
    /// Symbol by symbol, from the exported `sprint_symbol()` in both directions at once.
    Scan,
}

impl Bootstrap {
    /// The entry of `kallsyms_lookup_name()`. May sleep.
    #[inline(never)] // frame
    pub(super) fn find(self) -> Option<usize> {
        match self {
            Self::Auto => scan(NEAR).or_else(kprobe).or_else(|| scan(SCAN_DISTANCE)),
            Self::Kprobe => kprobe(),
            Self::Address(address) => confirm(address),
            Self::Scan => scan(SCAN_DISTANCE),
        }
    }
}

/// A kprobe's address may lie after the entry: on x86, after the landing pad.
fn kprobe() -> Option<usize> {
    let mut probe = bindings::kprobe {
        symbol_name: NAME.as_char_ptr(),
        flags: bindings::KPROBE_FLAG_DISABLED,
        ..Default::default()
    };
    // SAFETY: The probe has a NUL-terminated name and no handlers, and stays where it is until it
    // is unregistered below. Registering sleeps: it locks `kprobe_mutex`.
    if unsafe { bindings::register_kprobe(&mut probe) } != 0 {
        return None;
    }
    let address = probe.addr as usize;
    // SAFETY: The probe was registered above, and is unregistered only here. This sleeps as well,
    // until no CPU can be in the probe.
    unsafe { bindings::unregister_kprobe(&mut probe) };
    let place = Extent::of(address)?;
    confirm(address.checked_sub(place.offset)?)
}

/// The address, if it is the entry.
fn confirm(address: usize) -> Option<usize> {
    let place = Extent::of(address)?;
    (place.ours && place.offset == 0).then_some(address)
}

/// From symbol to symbol, one below and one above in turn, up to `distance` away.
#[inline(never)] // frame
fn scan(distance: usize) -> Option<usize> {
    let start = bindings::sprint_symbol as *const c_void as usize;
    let (low, high) = (
        start.saturating_sub(distance),
        start.saturating_add(distance),
    );
    let place = Extent::of(start)?;
    let mut below = place.before(start);
    let mut above = place.behind(start);
    while below > low || above < high {
        for address in [&mut below, &mut above] {
            if !(low..high).contains(address) {
                continue;
            }
            let here = *address;
            // Where there is no symbol, the scan goes no further in this direction.
            let Some(place) = Extent::of(here) else {
                *address = if here < start { 0 } else { usize::MAX };
                continue;
            };
            if place.ours {
                return confirm(here.checked_sub(place.offset)?);
            }
            *address = if here < start {
                place.before(here)
            } else {
                place.behind(here)
            };
        }
    }
    None
}

/// Where in which symbol an address lies.
struct Extent {
    ours: bool,
    offset: usize,
    size: usize,
}

impl Extent {
    /// The last address before the symbol in which `address` lies.
    fn before(&self, address: usize) -> usize {
        address.saturating_sub(self.offset).saturating_sub(1)
    }

    /// The first address after it.
    fn behind(&self, address: usize) -> usize {
        let start = address.saturating_sub(self.offset);
        start.saturating_add(self.size.max(1))
    }

    /// Asks `sprint_symbol()`, which writes `name+0xoffset/0xsize`, and ` [module]` for a module;
    /// or the bare address if it knows no symbol.
    fn of(address: usize) -> Option<Self> {
        let mut buffer = [0u8; bindings::KSYM_SYMBOL_LEN];
        // SAFETY: The buffer has `KSYM_SYMBOL_LEN` bytes, which the kernel defines as the most that
        // the function writes. It takes any address, and can be called from any context.
        unsafe { bindings::sprint_symbol(buffer.as_mut_ptr().cast(), address) };
        let text = CStr::from_bytes_until_nul(&buffer).ok()?.to_str().ok()?;
        let (name, place) = text.split_once("+0x")?;
        let (offset, size) = place.split_once("/0x")?;
        Some(Self {
            ours: name.as_bytes() == NAME.to_bytes(),
            offset: usize::from_str_radix(offset, 16).ok()?,
            // What follows the size of a module's symbol is not a number: it is not ours to scan.
            size: usize::from_str_radix(size, 16).ok()?,
        })
    }
}
