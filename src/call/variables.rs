// SPDX-License-Identifier: GPL-2.0

//! The types of the kernel's variables.
//!
//! BTF has the types of per-CPU variables only. The other variables here are declared in the
//! kernel's headers, and the compiler has compared their types with these (`variables.c`).

use super::{
    arguments::Complaint,
    kernel_data, //
};
use crate::{
    ctype::{
        ty::Ty,
        types::Types, //
    },
    failure::Failure,
    kallsyms::Kallsyms,
    module_bindings,
    print::to_c_string,
    text::{
        self,
        NameText, //
    }, //
};
use kernel::prelude::{
    fmt,
    *, //
};

/// The type of a variable of the kernel itself, if it is known.
pub(crate) fn type_of(types: &Types<'_>, name: &CStr) -> Result<Option<Ty>, Failure> {
    match types.variable(name) {
        Some(ty) => Ok(Some(ty)),
        None => declared(types, name),
    }
}

/// The type of a variable that the kernel's headers declare.
pub(crate) fn declared(types: &Types<'_>, name: &CStr) -> Result<Option<Ty>, Failure> {
    let first = (&raw const module_bindings::rust_kallsyms_variables).cast();
    // SAFETY: `variables.c` defines an array of variables, and how many they are; neither changes.
    let all: &[module_bindings::rust_kallsyms_variable] = unsafe {
        core::slice::from_raw_parts(
            first,
            module_bindings::rust_kallsyms_variable_count as usize,
        )
    };
    for variable in all {
        // SAFETY: The name and the type of each variable are static strings.
        let (known, ty) = unsafe {
            (
                CStr::from_char_ptr(variable.name),
                CStr::from_char_ptr(variable.type_),
            )
        };
        if *known == *name {
            let written = text::type_name(ty.to_bytes());
            let written = written.map_err(|error| Failure::parse("variables.c", error))?;
            return Ok(types
                .said_of_vmlinux(&written)?
                .map(|ty| ty.with_doubt(None)));
        }
    }
    Ok(None)
}

/// A pointer to a variable of the kernel itself, with its type and address; [`None`] if its type is
/// not known.
///
/// It must be the only symbol of this name, and have room for the type.
pub(crate) fn pointer_to(
    kallsyms: &Kallsyms,
    types: &Types<'_>,
    name: &NameText<'_>,
    complaint: &Complaint<'_>,
) -> Result<Option<(Ty, usize)>, Failure> {
    if kernel_data::module_of(name).is_some() {
        return Ok(None);
    }
    let text = to_c_string(fmt!("{}", name.symbol))?;
    let Some(ty) = type_of(types, &text)? else {
        return Ok(None);
    };
    let size = types.size(ty);
    let found = kernel_data::data(kallsyms, name, true, size, complaint)?;
    if !found.is_only || found.size > size + kernel_data::MAX_SPARE {
        return Ok(None);
    }
    let mut pointer = ty.pointer();
    pointer.constant |= found.is_constant();
    Ok(Some((pointer, found.address)))
}
