// SPDX-License-Identifier: GPL-2.0

//! Constants by name.

use super::types::Types;
use crate::{
    module_bindings,
    print::to_c_string,
    text::{
        IntegerType,
        Literal,
        Number,
        NumberType, //
    }, //
};
use kernel::{
    alloc::AllocError,
    prelude::{
        fmt,
        *, //
    }, //
};

/// The constant of this name: a macro of the kernel's headers, or one that any of the kernel's enumerations has.
#[inline(never)]
pub(crate) fn find(types: &Types<'_>, name: &str) -> Result<Option<Literal<'static>>, AllocError> {
    let text = to_c_string(fmt!("{name}"))?;
    if let Some(number) = of_macro(&text) {
        return Ok(Some(literal(number)));
    }
    let found = types.all().find_map(|btf| btf.constant(&text));
    Ok(found.map(|(value, signed)| integer(signed && (value as i64) < 0, value)))
}

/// The value of a macro, with its type.
fn of_macro(name: &CStr) -> Option<Number> {
    let first = (&raw const module_bindings::rust_kallsyms_constants).cast();
    // SAFETY: `constants.c` defines an array of constants, and how many they are; neither changes.
    let all: &[module_bindings::rust_kallsyms_constant] = unsafe {
        core::slice::from_raw_parts(
            first,
            module_bindings::rust_kallsyms_constant_count as usize,
        )
    };
    let is_it = |constant: &&module_bindings::rust_kallsyms_constant| {
        // SAFETY: The name of each of the constants is a static string.
        let known = unsafe { CStr::from_char_ptr(constant.name) };
        *known == *name
    };
    let found = all.iter().find(is_it)?;
    let ty = NumberType {
        long: found.is_long,
        unsigned: found.is_unsigned,
    };
    Some(Number::new(found.value, ty))
}

/// A number, which has the first of C's types that it fits in.
fn integer(negative: bool, bits: u64) -> Literal<'static> {
    let magnitude = if negative { bits.wrapping_neg() } else { bits };
    let ty = match magnitude {
        0..=0x7fff_ffff => IntegerType::Int,
        0x8000_0000 if negative => IntegerType::Int,
        0..=0xffff_ffff if !negative => IntegerType::Unsigned,
        0x8000_0000..=0x7fff_ffff_ffff_ffff => IntegerType::Long,
        _ => IntegerType::UnsignedLong,
    };
    Literal::Integer {
        negative,
        magnitude,
        ty,
    }
}

/// A number as it would be written.
pub(crate) fn literal(number: Number) -> Literal<'static> {
    let ty = match (number.ty().long, number.ty().unsigned) {
        (false, false) => IntegerType::Int,
        (false, true) => IntegerType::Unsigned,
        (true, false) => IntegerType::Long,
        (true, true) => IntegerType::UnsignedLong,
    };
    Literal::Integer {
        negative: number.is_negative(),
        magnitude: number.magnitude(),
        ty,
    }
}
