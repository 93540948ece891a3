// SPDX-License-Identifier: GPL-2.0

//! Constants by name.

use super::module_types;
use crate::{
    ctype::{
        bits::is_signed,
        decimal::Decimal,
        types::Types, //
    },
    failure::Failure,
    kallsyms::{
        Btf,
        Shape,
        Type,
        VMLINUX, //
    },
    module_bindings,
    print::to_c_string,
    text::{
        IntegerType,
        Literal,
        Number,
        NumberType, //
    }, //
};
use core::ops::ControlFlow;
use kernel::prelude::{
    fmt,
    *, //
};

/// The constant with this name: a macro of the kernel's headers, or one of an enumeration of the
/// kernel or of a loaded module. Fails if there are several with different values. May sleep.
#[inline(never)]
pub(crate) fn find(types: &Types<'_>, name: &str) -> Result<Option<Literal<'static>>, Failure> {
    let text = to_c_string(fmt!("{name}"))?;
    if let Some(number) = of_macro(&text) {
        return Ok(Some(literal(number)));
    }
    let Some(btf) = types.of_vmlinux() else {
        return Ok(None);
    };
    match of_vmlinux(types, btf, &text)? {
        Some(found) => Ok(Some(found)),
        None => of_modules(types, None, &text),
    }
}

/// The constant with this name in this module. Fails if there are several with different values.
/// May sleep.
#[inline(never)]
pub(crate) fn find_in(
    types: &Types<'_>,
    module: &str,
    name: &str,
) -> Result<Option<Literal<'static>>, Failure> {
    let text = to_c_string(fmt!("{name}"))?;
    if module.as_bytes() != VMLINUX.to_bytes() {
        return of_modules(types, Some(module), &text);
    }
    match types.of_vmlinux() {
        Some(btf) => of_vmlinux(types, btf, &text),
        None => Ok(None),
    }
}

/// The constant with this name in all loaded modules, or in the module `of`.
fn of_modules(
    types: &Types<'_>,
    of: Option<&str>,
    name: &CStr,
) -> Result<Option<Literal<'static>>, Failure> {
    match module_types::constant(types.kallsyms(), of, name) {
        None => Ok(None),
        Some((value, shape, false)) => Ok(Some(integer(value, shape))),
        Some(_) => Err(Failure::new(
            EINVAL,
            fmt!("{name}: modules have constants of this name with different values; module:{name} is a module's own"),
        )),
    }
}

/// The constant of this name that the kernel itself has. Fails if it has several with different
/// values.
fn of_vmlinux(
    types: &Types<'_>,
    btf: &Btf<'_>,
    name: &CStr,
) -> Result<Option<Literal<'static>>, Failure> {
    if let Some((value, shape)) = types.names.lock().constant(name) {
        return Ok(Some(integer(value, shape)));
    }
    let Some((value, ty)) = btf.constant(name, 0) else {
        return Ok(None);
    };
    let mut first = ty.id() + 1;
    while let Some((other, another)) = btf.constant(name, first) {
        if other != value {
            let values = (
                Decimal::of_u64(value, is_signed(ty.shape())),
                Decimal::of_u64(other, is_signed(another.shape())),
            );
            return Err(Failure::new(
                EINVAL,
                fmt!(
                    "{name}: the kernel has several constants of this name, such as {} and {}; write the number",
                    values.0,
                    values.1
                ),
            ));
        }
        first = another.id() + 1;
    }
    types.names.lock().keep(name, value, ty.shape())?;
    Ok(Some(integer(value, ty.shape())))
}

/// The value and the type of a macro.
fn of_macro(name: &CStr) -> Option<Number> {
    let first = (&raw const module_bindings::rust_kallsyms_constants).cast();
    // SAFETY: `constants.c` defines this array, which has `rust_kallsyms_constant_count` elements,
    // and neither changes.
    let all: &[module_bindings::rust_kallsyms_constant] = unsafe {
        core::slice::from_raw_parts(
            first,
            module_bindings::rust_kallsyms_constant_count as usize,
        )
    };
    let is_it = |constant: &&module_bindings::rust_kallsyms_constant| {
        // SAFETY: The name of each of the constants is a static string.
        let begins = unsafe { constant.name.cast::<u8>().read() };
        // There are many of them: most differ in the first byte, and need not be measured.
        Some(&begins) == name.to_bytes_with_nul().first()
            // SAFETY: As above.
            && *unsafe { CStr::from_char_ptr(constant.name) } == *name
    };
    let found = all.iter().find(is_it)?;
    let ty = NumberType {
        long: found.is_long,
        unsigned: found.is_unsigned,
    };
    Some(Number::new(found.value, ty))
}

/// A constant of an enumeration of this shape: as in GNU C, an `int` if it fits, and of the
/// enumeration's type otherwise.
fn integer(value: u64, shape: Shape) -> Literal<'static> {
    let is_long = matches!(shape, Shape::Enum { size: 8, .. });
    let ty = match value as i64 {
        number if is_signed(shape) && i32::try_from(number).is_ok() => IntegerType::Int,
        0..=0x7fff_ffff => IntegerType::Int,
        _ if is_long && is_signed(shape) => IntegerType::Long,
        _ if is_long => IntegerType::UnsignedLong,
        _ => IntegerType::Unsigned,
    };
    let negative = is_signed(shape) && (value as i64) < 0;
    Literal::Integer {
        negative,
        magnitude: if negative {
            value.wrapping_neg()
        } else {
            value
        },
        ty,
    }
}

/// A number as a literal.
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

/// The name of an enumeration's constant that has this value (sign-extended if the enumeration is
/// signed).
pub(crate) fn name_of<'a>(ty: Type<'a>, value: u64) -> Option<&'a CStr> {
    let found = ty.for_each_constant(|name, constant| {
        if constant == value {
            ControlFlow::Break(name)
        } else {
            ControlFlow::Continue(())
        }
    });
    found.break_value()
}

/// The value of an enumeration's constant (sign-extended if the enumeration is signed).
pub(crate) fn value_of(ty: Type<'_>, name: &str) -> Option<u64> {
    let found = ty.for_each_constant(|constant, value| {
        if constant.to_bytes() == name.as_bytes() {
            ControlFlow::Break(value)
        } else {
            ControlFlow::Continue(())
        }
    });
    found.break_value()
}
