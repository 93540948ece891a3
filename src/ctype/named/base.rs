// SPDX-License-Identifier: GPL-2.0

//! The base of a type in the user's text (the type without its pointers), and how BTF has it.

use crate::{
    kallsyms::{
        Btf,
        Shape,
        Type,
        TypeKind, //
    },
    print::to_c_string,
    text::{
        Base,
        Rank, //
    }, //
};
use kernel::{
    alloc::AllocError,
    prelude::{
        fmt,
        *, //
    }, //
};

/// The name and the kind that the base has in BTF; [`None`] for `void`, floating point, `typeof`
/// and pointers to functions.
pub(crate) fn name<'a>(base: &Base<'a>) -> Option<(&'a str, TypeKind)> {
    Some(match *base {
        Base::Bool => ("_Bool", TypeKind::Int),
        Base::Char { signed: None } => ("char", TypeKind::Int),
        Base::Char { signed: Some(true) } => ("signed char", TypeKind::Int),
        Base::Char {
            signed: Some(false),
        } => ("unsigned char", TypeKind::Int),
        Base::Integer { signed, rank } => (integer(signed, rank), TypeKind::Int),
        Base::Struct(tag) => (tag, TypeKind::Struct),
        Base::Union(tag) => (tag, TypeKind::Union),
        Base::Enum(tag) => (tag, TypeKind::Enum),
        Base::Named(name) => (name, TypeKind::Typedef),
        Base::Void | Base::Float(_) | Base::FunctionPointer(_) | Base::TypeOf(..) => return None,
    })
}

/// The name that BTF has for an integer.
fn integer(signed: bool, rank: Rank) -> &'static str {
    match (rank, signed) {
        (Rank::Short, true) => "short int",
        (Rank::Short, false) => "short unsigned int",
        (Rank::Int, true) => "int",
        (Rank::Int, false) => "unsigned int",
        (Rank::Long, true) => "long int",
        (Rank::Long, false) => "long unsigned int",
        (Rank::LongLong, true) => "long long int",
        (Rank::LongLong, false) => "long long unsigned int",
    }
}

/// The shape of one of C's own integers; [`None`] for other types.
pub(crate) fn shape(base: &Base<'_>) -> Option<Shape> {
    Some(match *base {
        Base::Bool => Shape::Bool,
        // The kernel is built with -funsigned-char.
        Base::Char { signed } => Shape::Integer {
            size: 1,
            signed: signed.unwrap_or(false),
        },
        Base::Integer { signed, rank } => Shape::Integer {
            size: rank.size(),
            signed,
        },
        _ => return None,
    })
}

/// Finds the base in a BTF.
pub(crate) fn find<'b>(base: &Base<'_>, btf: &'b Btf<'_>) -> Result<Option<Type<'b>>, AllocError> {
    match name(base) {
        Some((name, kind)) => Ok(btf.named(&to_c_string(fmt!("{name}"))?, kind)),
        None => Ok(None),
    }
}

/// Whether the base names this structure, union or enumeration by its tag.
pub(crate) fn is_tag_of(base: &Base<'_>, ty: Type<'_>) -> bool {
    let (tag, is_kind) = match *base {
        Base::Struct(tag) => (tag, ty.is_struct()),
        Base::Union(tag) => (tag, ty.is_union()),
        Base::Enum(tag) => (tag, ty.is_enum()),
        _ => return false,
    };
    is_kind && !ty.is_incomplete() && ty.strip().name().to_bytes() == tag.as_bytes()
}
