// SPDX-License-Identifier: GPL-2.0

//! Names that modules have and the kernel itself lacks. All loaded modules are searched, so that it
//! does not matter which of them were used before.

use super::base;
use crate::{
    kallsyms::{
        HeldBtf,
        Kallsyms,
        Position,
        Type,
        VMLINUX, //
    },
    print::to_c_string,
    text::Base, //
};
use core::ops::ControlFlow;
use kernel::{
    alloc::AllocError,
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// What a search for a name has found.
pub(super) enum Search {
    /// No module has it.
    Nothing,
    /// This type of a module, kept by the reference. If other modules have one of this name, it is
    /// the same.
    Found(HeldBtf, u32),
    /// These modules have different types of this name.
    Several(CString),
}

/// Looks for a type in the BTF of all loaded modules. May sleep.
#[inline(never)]
pub(super) fn find(kallsyms: &Kallsyms, wanted: &Base<'_>) -> Result<Search, AllocError> {
    let mut found: Option<(HeldBtf, u32, CString)> = None;
    let walked = kallsyms.for_each_btf_from(
        &mut Position::new(),
        |module| *module != *VMLINUX,
        |module, btf, _| match step(kallsyms, wanted, module, btf, &mut found) {
            Ok(None) => ControlFlow::Continue(()),
            Ok(Some(several)) => ControlFlow::Break(Ok(several)),
            Err(error) => ControlFlow::Break(Err(error)),
        },
    );
    let several = match walked {
        Ok(ControlFlow::Break(several)) => Some(several),
        _ => None,
    };
    match (several, found) {
        (Some(several), found) => {
            if let Some((held, ..)) = found {
                kallsyms.release(held);
            }
            Ok(Search::Several(several?))
        }
        (None, Some((held, id, _))) => Ok(Search::Found(held, id)),
        (None, None) => Ok(Search::Nothing),
    }
}

/// Looks at one module. Returns the names of two that differ.
fn step(
    kallsyms: &Kallsyms,
    wanted: &Base<'_>,
    module: &CStr,
    btf: &crate::kallsyms::Btf<'_>,
    found: &mut Option<(HeldBtf, u32, CString)>,
) -> Result<Option<CString>, AllocError> {
    let Some(ty) = base::find(wanted, btf)?.filter(|ty| !btf.is_of_base(ty.id())) else {
        return Ok(None);
    };
    let Some((held, id, first)) = found else {
        *found = Some((btf.hold(), ty.id(), CString::try_from(module)?));
        return Ok(None);
    };
    let same = kallsyms
        .held(held)
        .is_some_and(|known| same_layout(known.ty(*id), ty));
    if same {
        return Ok(None);
    }
    Ok(Some(to_c_string(fmt!("{} and {module}", &**first))?))
}

/// Whether two types of one name are the same: of the same size, with the same members and
/// constants.
fn same_layout(a: Type<'_>, b: Type<'_>) -> bool {
    let mut members = a.members().zip(b.members());
    let same_members = a.members().len() == b.members().len()
        && members.all(|(a, b)| {
            a.name == b.name
                && a.bit_offset == b.bit_offset
                && a.bitfield_size == b.bitfield_size
                && a.ty.is_same(b.ty)
        });
    let constants = |ty: Type<'_>| {
        let mut sum = 0u64;
        let _ = ty.for_each_constant(|name, value| {
            let name = name.to_bytes().iter();
            sum = name.fold(sum.rotate_left(5) ^ value, |sum, byte| {
                sum.rotate_left(7) ^ u64::from(*byte)
            });
            ControlFlow::<()>::Continue(())
        });
        sum
    };
    a.size() == b.size() && same_members && a.shape() == b.shape() && constants(a) == constants(b)
}

/// The value of a constant from any enumeration of a loaded module, and whether another module has
/// a different one. May sleep.
#[inline(never)]
pub(super) fn constant(
    kallsyms: &Kallsyms,
    name: &CStr,
) -> Option<(u64, crate::kallsyms::Shape, bool)> {
    let mut found = None;
    let mut differ = false;
    let _ = kallsyms.for_each_btf_from(
        &mut Position::new(),
        |module| *module != *VMLINUX,
        |_, btf, _| {
            if let Some((value, ty)) = btf.constant(name, 0) {
                match found {
                    None => found = Some((value, ty.shape())),
                    Some((known, _)) => differ |= known != value,
                }
            }
            ControlFlow::<()>::Continue(())
        },
    );
    found.map(|(value, shape)| (value, shape, differ))
}
