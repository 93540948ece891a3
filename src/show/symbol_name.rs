// SPDX-License-Identifier: GPL-2.0

//! The names of functions, for pointers into code.

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

/// The function that an address lies in, with the distance from its beginning: `int_sqrt+0x5`. In a
/// module it is one only if the pointer's type says so (`is_function`).
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

/// The symbol that an address lies in, with the distance from its beginning.
#[inline(never)]
pub(crate) fn at(kallsyms: &Kallsyms, address: usize) -> Result<Option<CString>> {
    // Nothing can be allocated while the name is there.
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
