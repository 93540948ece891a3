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
    /// This type of a module; the reference keeps its BTF. Types of this name in other modules are
    /// the same.
    Found(HeldBtf, u32),
    /// There are different types of this name.
    Several(Several),
}

/// Different types of one name.
pub(crate) struct Several {
    /// The files or modules that have them.
    pub(crate) whose: CString,
    /// How to choose one.
    pub(crate) choice: &'static str,
}

impl Several {
    /// Files of the kernel itself, or of a module, have different types.
    pub(super) fn of_files(of: &CStr) -> Result<Self, AllocError> {
        Ok(Self {
            whose: to_c_string(fmt!("several files of {of}"))?,
            choice: "a pointer to one has the right type without a cast",
        })
    }
}

/// Looks for a type in the BTF of all loaded modules, or of the module `of`. May sleep.
#[inline(never)]
pub(super) fn find(
    kallsyms: &Kallsyms,
    of: Option<&str>,
    wanted: &Base<'_>,
) -> Result<Search, AllocError> {
    let mut found: Option<(HeldBtf, u32, CString)> = None;
    let walked = kallsyms.for_each_btf_from(
        &mut Position::new(),
        |module| is_asked(module, of),
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

/// Whether to search a module: only the `wanted` one, or all but the kernel itself.
fn is_asked(module: &CStr, wanted: Option<&str>) -> bool {
    match wanted {
        Some(wanted) => module.to_bytes() == wanted.as_bytes(),
        None => *module != *VMLINUX,
    }
}

/// Whether the module that has this type has different ones of the same name: files of its source
/// may each have a structure of that name.
pub(super) fn has_others(ty: Type<'_>) -> bool {
    let mut later = (ty.id() + 1..ty.btf().count()).map(|id| ty.btf().ty(id));
    later.any(|other| {
        other.name_offset() == ty.name_offset() && other.is_kind_of(ty) && !same_layout(other, ty)
    })
}

/// Looks at one module. Returns the different types, if there are any by now.
fn step(
    kallsyms: &Kallsyms,
    wanted: &Base<'_>,
    module: &CStr,
    btf: &crate::kallsyms::Btf<'_>,
    found: &mut Option<(HeldBtf, u32, CString)>,
) -> Result<Option<Several>, AllocError> {
    let Some(ty) = base::find(wanted, btf)?.filter(|ty| !btf.is_of_base(ty.id())) else {
        return Ok(None);
    };
    if has_others(ty) {
        return Ok(Some(Several::of_files(module)?));
    }
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
    Ok(Some(Several {
        whose: to_c_string(fmt!("{} and {module}", &**first))?,
        choice: "module:name is a module's own",
    }))
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

/// The value and the shape of a constant of an enumeration in any loaded module, or in the module
/// `of`; and whether others of this name differ. May sleep.
#[inline(never)]
pub(super) fn constant(
    kallsyms: &Kallsyms,
    of: Option<&str>,
    name: &CStr,
) -> Option<(u64, crate::kallsyms::Shape, bool)> {
    let mut found = None;
    let mut differ = false;
    let _ = kallsyms.for_each_btf_from(
        &mut Position::new(),
        |module| is_asked(module, of),
        |_, btf, _| {
            let mut first = 0;
            while let Some((value, ty)) = btf.constant(name, first) {
                match found {
                    None => found = Some((value, ty.shape())),
                    Some((known, _)) => differ |= known != value,
                }
                first = ty.id() + 1;
            }
            ControlFlow::<()>::Continue(())
        },
    );
    found.map(|(value, shape)| (value, shape, differ))
}
