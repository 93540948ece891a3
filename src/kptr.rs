// SPDX-License-Identifier: GPL-2.0

//! Decides who may see the kernel's addresses: only readers who can read them in `/proc/kallsyms`.
//!
//! An address is hidden where a value is shown, and nowhere else: a pointer is hashed as `%p` does,
//! and a number, or a word of eight bytes, that lies in the kernel's address ranges is shown as
//! `?`. Nothing keeps anybody from computing with addresses: calls take `CAP_SYS_MODULE`, with
//! which one can load any module.

use crate::{
    bindings,
    kallsyms::{
        Kallsyms,
        Kind, //
    },
    module_bindings, //
};
use kernel::{
    fmt,
    prelude::*, //
};

/// An address, which prints as it is or in the kernel's hashed form.
pub(crate) struct Address {
    address: usize,
    show: bool,
}

impl Address {
    /// `show` says whether the reader may see it.
    pub(crate) fn new(address: usize, show: bool) -> Self {
        Self { address, show }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = if self.show { c"%px" } else { c"%p" };
        let mut buffer = [0u8; 24];
        // SAFETY: The buffer has the length that is said; the format takes one pointer.
        unsafe {
            bindings::scnprintf(
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                format.as_char_ptr(),
                self.address as *const c_void,
            )
        };
        let text = CStr::from_bytes_until_nul(&buffer).unwrap_or_default();
        f.write_str("0x")?;
        f.write_str(text.to_str().unwrap_or_default())
    }
}

/// Whether a number lies where the kernel's half of the address space has memory. The last 8 MiB,
/// where errors and small negative numbers are, have none.
pub(crate) fn may_be_address(value: u64) -> bool {
    (0xff00_0000_0000_0000..0xffff_ffff_ff80_0000).contains(&value)
}

/// Whether these words are hidden from a reader, since one of them may be an address. `show` says
/// whether the reader may see addresses.
pub(crate) fn hides(show: bool, words: &[u8]) -> bool {
    !show
        && words.chunks_exact(8).any(|word| {
            let word = <[u8; 8]>::try_from(word);
            word.is_ok_and(|word| may_be_address(u64::from_le_bytes(word)))
        })
}

crate::import! {
    fn kallsyms_show_value(cred: *const bindings::cred) -> bool = module_bindings::kallsyms_show_value;
}

/// The rule that says which readers may see addresses.
pub(crate) struct Policy {
    show_value: Option<kallsyms_show_value>,
}

impl Policy {
    /// Sleeps.
    pub(crate) fn new(kallsyms: &Kallsyms) -> Self {
        Self {
            show_value: kallsyms_show_value::resolve(kallsyms).ok(),
        }
    }

    /// Whether somebody with these credentials may see addresses.
    ///
    /// Wraps `kallsyms_show_value()`.
    ///
    /// # Safety
    ///
    /// The credentials must be valid.
    pub(crate) unsafe fn shown_to(&self, cred: *const bindings::cred) -> bool {
        // SAFETY: The caller promises that the credentials, which are all that the function takes,
        // are valid.
        let show = |show_value: &kallsyms_show_value| unsafe { show_value.call(cred) };
        self.show_value.as_ref().is_some_and(show)
    }

    /// Whether everybody who may read the kernel's log could have read an address in
    /// `/proc/kallsyms`.
    ///
    /// With `dmesg_restrict` the log takes `CAP_SYSLOG`, without it nothing. `/proc/kallsyms` takes
    /// `CAP_SYSLOG`, but nothing if `kptr_restrict` is 0 and profiling is open to all, and is
    /// closed to all if `kptr_restrict` is 2: see `kallsyms_show_value()`.
    pub(crate) fn shown_in_log(&self, kallsyms: &Kallsyms) -> bool {
        match read(kallsyms, c"kptr_restrict") {
            Some(0)
                if read(kallsyms, c"sysctl_perf_event_paranoid")
                    .is_some_and(|level| level <= 1) =>
            {
                true
            }
            Some(0 | 1) => read(kallsyms, c"dmesg_restrict").is_some_and(|restrict| restrict != 0),
            _ => false,
        }
    }
}

/// The headers' types of what is read below.
const _: fn() -> [*const c_int; 3] = || {
    [
        &raw const bindings::kptr_restrict,
        &raw const bindings::dmesg_restrict,
        &raw const module_bindings::sysctl_perf_event_paranoid,
    ]
};

/// The value of a variable of the kernel's: an `int`, as the headers say.
fn read(kallsyms: &Kallsyms, name: &CStr) -> Option<c_int> {
    let address = kallsyms.lookup_name(name)?;
    if !matches!(
        kallsyms.layout().kind(address),
        Kind::Data | Kind::Bss | Kind::Rodata
    ) {
        return None;
    }
    // SAFETY: It is a variable of `vmlinux`, of that type by the declarations above, and is read as
    // a whole.
    Some(unsafe { (address as *const c_int).read_volatile() })
}
