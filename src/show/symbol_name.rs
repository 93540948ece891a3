// SPDX-License-Identifier: GPL-2.0

//! The names of symbols, for pointers to them.

use crate::{
    kallsyms::{
        Kallsyms,
        Kind, //
    },
    print::to_c_string, //
};
use kernel::{
    bindings,
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// The function that contains an address, and the offset in it: `int_sqrt+0x5`. An address in a
/// module counts as code only if the pointer's type says so (`is_function`).
#[inline(never)]
pub(super) fn of_code(
    kallsyms: &Kallsyms,
    address: usize,
    is_function: bool,
) -> Result<Option<CString>> {
    let is_code = matches!(
        kallsyms.layout().kind(address),
        Kind::Text | Kind::EntryText | Kind::NoinstrText
    );
    if !is_code && !is_function {
        return Ok(None);
    }
    at(kallsyms, address)
}

/// The symbol that contains an address, and the offset in it.
#[inline(never)]
pub(crate) fn at(kallsyms: &Kallsyms, address: usize) -> Result<Option<CString>> {
    // The name is only valid in the closure, where nothing can be allocated.
    let mut name = KVec::from_elem(0u8, bindings::KSYM_NAME_LEN as usize, GFP_KERNEL)?;
    let found = kallsyms.at(address, |place| {
        let bytes = place.name.to_bytes_with_nul();
        if let Some(to) = name.get_mut(..bytes.len()) {
            to.copy_from_slice(bytes);
        }
        place.offset
    });
    let (Some(offset), Ok(name)) = (found, CStr::from_bytes_until_nul(&name)) else {
        return Ok(None);
    };
    Ok(Some(if offset == 0 {
        to_c_string(fmt!("{name}"))?
    } else {
        to_c_string(fmt!("{name}+{offset:#x}"))?
    }))
}
