// SPDX-License-Identifier: GPL-2.0

//! Types and prototypes, written as C declares them.

use super::{
    Parameter,
    Prototype,
    Type,
    MAX_DEPTH, //
};
use crate::bindings;
use kernel::{
    fmt,
    prelude::{
        fmt,
        *, //
    },
    str::BStr, //
};

/// How many types can be within each other. Each takes some of the stack, and a function's
/// parameters are written while its own type is.
const LEVELS: usize = 14;

impl fmt::Display for Prototype<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        declare(f, self.returns(), LEVELS / 2, &|f, after_pointer| {
            name(f, self.name(), after_pointer)?;
            parameters(f, self.ty(), LEVELS)
        })
    }
}

impl fmt::Display for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        declare(f, *self, LEVELS, &|_, _| Ok(()))
    }
}

impl fmt::Display for Parameter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        declare(f, self.ty, LEVELS, &|f, after_pointer| {
            name(f, self.name, after_pointer)
        })
    }
}

/// What is declared: writes itself after the type; the flag says whether that ended with a `*`.
type Declarator<'a> = &'a dyn Fn(&mut fmt::Formatter<'_>, bool) -> fmt::Result;

/// Writes a C declaration. C reads from the inside out: what a pointer points to stands first, and
/// what is declared, in the middle.
fn declare(
    f: &mut fmt::Formatter<'_>,
    ty: Type<'_>,
    depth: usize,
    declarator: Declarator<'_>,
) -> fmt::Result {
    let Some(depth) = depth.checked_sub(1) else {
        return f.write_str("...");
    };
    let (qualifiers, ty) = qualifiers(ty);
    match ty.kind() {
        bindings::BTF_KIND_PTR => {
            let target = ty.target();
            let grouped = matches!(
                target.kind(),
                bindings::BTF_KIND_FUNC_PROTO | bindings::BTF_KIND_ARRAY
            );
            declare(f, target, depth, &|f, after_pointer| {
                f.write_str(match (grouped, after_pointer) {
                    (true, true) => "(*",
                    (true, false) => " (*",
                    (false, true) => "*",
                    (false, false) => " *",
                })?;
                qualifiers.write(f, " ", "")?;
                declarator(f, qualifiers.is_empty())?;
                f.write_str(if grouped { ")" } else { "" })
            })
        }
        bindings::BTF_KIND_FUNC_PROTO => declare(f, ty.target(), depth, &|f, after_pointer| {
            declarator(f, after_pointer)?;
            parameters(f, ty, depth / 2)
        }),
        bindings::BTF_KIND_ARRAY => {
            let (element, count) = ty.array().unwrap_or((ty.btf().ty(0), 0));
            declare(f, element, depth, &|f, after_pointer| {
                declarator(f, after_pointer)?;
                f.write_fmt(fmt!("[{count}]"))
            })
        }
        _ => {
            qualifiers.write(f, "", " ")?;
            base(f, ty)?;
            declarator(f, false)
        }
    }
}

/// Qualifiers of a type.
#[derive(Clone, Copy, Default)]
struct Qualifiers {
    constant: bool,
    volatile: bool,
    restrict: bool,
}

impl Qualifiers {
    fn is_empty(self) -> bool {
        !(self.constant || self.volatile || self.restrict)
    }

    fn write(self, f: &mut fmt::Formatter<'_>, before: &str, after: &str) -> fmt::Result {
        let all = [
            (self.constant, "const"),
            (self.volatile, "volatile"),
            (self.restrict, "restrict"),
        ];
        for (_, word) in all.into_iter().filter(|(there, _)| *there) {
            f.write_str(before)?;
            f.write_str(word)?;
            f.write_str(after)?;
        }
        Ok(())
    }
}

/// Takes the qualifiers off a type; tags are not C.
fn qualifiers(mut ty: Type<'_>) -> (Qualifiers, Type<'_>) {
    let mut qualifiers = Qualifiers::default();
    for _ in 0..MAX_DEPTH {
        match ty.kind() {
            bindings::BTF_KIND_CONST => qualifiers.constant = true,
            bindings::BTF_KIND_VOLATILE => qualifiers.volatile = true,
            bindings::BTF_KIND_RESTRICT => qualifiers.restrict = true,
            bindings::BTF_KIND_TYPE_TAG => {}
            _ => break,
        }
        ty = ty.target();
    }
    (qualifiers, ty)
}

/// Writes the name of a type that is not made of others.
fn base(f: &mut fmt::Formatter<'_>, ty: Type<'_>) -> fmt::Result {
    let keyword = match ty.kind() {
        bindings::BTF_KIND_UNKN => "void",
        bindings::BTF_KIND_STRUCT => "struct ",
        bindings::BTF_KIND_UNION => "union ",
        bindings::BTF_KIND_ENUM | bindings::BTF_KIND_ENUM64 => "enum ",
        bindings::BTF_KIND_FWD => {
            if ty.flag() {
                "union "
            } else {
                "struct "
            }
        }
        _ => "",
    };
    f.write_str(keyword)?;
    match ty.usual_name().to_bytes() {
        b"_Bool" => f.write_str("bool"),
        b"" if !keyword.is_empty() && ty.id() != 0 => f.write_str("{...}"),
        name => write(f, name),
    }
}

/// Writes a name of the BTF. The verifier of BTF lets no bytes through but ASCII; what is not is
/// escaped.
fn write(f: &mut fmt::Formatter<'_>, name: &[u8]) -> fmt::Result {
    match core::str::from_utf8(name) {
        Ok(name) => f.write_str(name),
        Err(_) => f.write_fmt(fmt!("{}", BStr::from_bytes(name))),
    }
}

/// Writes a name, and what has to stand before it.
fn name(f: &mut fmt::Formatter<'_>, name: &CStr, after_pointer: bool) -> fmt::Result {
    let space = if name.is_empty() || after_pointer {
        ""
    } else {
        " "
    };
    f.write_str(space)?;
    write(f, name.to_bytes())
}

/// Writes the parameters of a function type.
fn parameters(f: &mut fmt::Formatter<'_>, ty: Type<'_>, depth: usize) -> fmt::Result {
    let all = ty.parameters();
    f.write_str("(")?;
    if all.is_empty() {
        f.write_str("void")?;
    }
    for (index, parameter) in all.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { ", " })?;
        match parameter.type_ {
            0 => f.write_str("...")?,
            id => declare(f, ty.btf().ty(id), depth, &|f, after_pointer| {
                name(f, ty.btf().string(parameter.name_off), after_pointer)
            })?,
        }
    }
    f.write_str(")")
}
