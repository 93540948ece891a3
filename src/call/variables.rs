// SPDX-License-Identifier: GPL-2.0

//! The types of the kernel's variables.
//!
//! BTF has the types of per-CPU variables only. For other variables that the kernel's headers
//! declare, `variables.c` has the types, and the compiler has compared these with the headers.

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

/// By how many bytes a variable's symbol can be larger than its type, as
/// [`kernel_data::MAX_SPARE`]. On arm64, data without a symbol may follow the variable.
const MAX_SPARE: usize = if cfg!(CONFIG_ARM64) {
    4095
} else {
    kernel_data::MAX_SPARE
};

/// What is known about a variable.
pub(crate) struct KnownVariable {
    /// Its type; for an array, the type of an element.
    ty: Ty,
    /// For an array, how many elements it has; 0 if that is not known.
    count: Option<usize>,
}

/// A variable whose address is known.
pub(crate) struct FoundVariable {
    /// A pointer to it; for an array, to its first element.
    pub(crate) pointer: Ty,
    pub(crate) address: usize,
    /// How many elements it has, if it is an array.
    pub(crate) count: Option<usize>,
}

/// What is known about a variable of the kernel itself.
fn known(types: &Types<'_>, name: &CStr) -> Result<Option<KnownVariable>, Failure> {
    match types.variable(name) {
        Some(ty) => Ok(Some(KnownVariable { ty, count: None })),
        None => declared(types, name),
    }
}

/// What is known about a variable that the kernel's headers declare.
pub(crate) fn declared(types: &Types<'_>, name: &CStr) -> Result<Option<KnownVariable>, Failure> {
    let first = (&raw const module_bindings::rust_kallsyms_variables).cast();
    // SAFETY: `variables.c` defines this array, which has `rust_kallsyms_variable_count` elements,
    // and neither changes.
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
            let ty = types.resolve_in_vmlinux(&written)?;
            let count = match variable.count {
                0 => None,
                u32::MAX => Some(0),
                count => Some(count as usize),
            };
            return Ok(ty.map(|ty| KnownVariable {
                ty: ty.with_doubt(None),
                count,
            }));
        }
    }
    Ok(None)
}

/// A variable of the kernel itself; [`None`] if its type is not known.
///
/// It must be the only symbol of this name, and have room for the type.
pub(crate) fn pointer_to(
    kallsyms: &Kallsyms,
    types: &Types<'_>,
    name: &NameText<'_>,
    complaint: &Complaint<'_>,
) -> Result<Option<FoundVariable>, Failure> {
    if kernel_data::module_of(name).is_some() {
        return Ok(None);
    }
    let text = to_c_string(fmt!("{}", name.symbol))?;
    let Some(KnownVariable { ty, count }) = known(types, &text)? else {
        return Ok(None);
    };
    let element = types.size(ty);
    let size = element * count.unwrap_or(1).max(1);
    let found = kernel_data::data(kallsyms, name, true, size, complaint)?;
    let is_larger = count != Some(0) && found.size > size + MAX_SPARE;
    if !found.is_only || element == 0 || is_larger {
        return Ok(None);
    }
    let mut pointer = ty.pointer();
    pointer.constant |= found.is_constant();
    Ok(Some(FoundVariable {
        pointer,
        address: found.address,
        count: count.map(|count| match count {
            0 => found.size / element,
            count => count,
        }),
    }))
}
