// SPDX-License-Identifier: GPL-2.0

//! Types as the user names them, until one of the kernel's is found for each.

use crate::{
    failure::Failure,
    kallsyms::{
        Btf,
        Type,
        TypeKind, //
    },
    print::{
        to_c_string,
        Pure, //
    },
    text::{
        self,
        Base,
        Rank, //
    }, //
};
use kernel::{
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// A type that the user named: `struct pid *`, `u32`.
pub(crate) struct NamedType {
    /// What the pointers lead to: its name in the BTF, and its kind; [`None`] for `void`.
    kind: Option<TypeKind>,
    name: CString,
    /// How many pointers lead there.
    pub(crate) pointers: usize,
    /// All of it as C, for messages.
    pub(crate) text: CString,
}

impl NamedType {
    /// Takes apart what was written in `place`.
    pub(crate) fn new(place: &str, said: &text::TypeName<'_>) -> Result<Self, Failure> {
        let (name, kind) = match said.base {
            Base::Void => ("", None),
            Base::Bool => ("_Bool", Some(TypeKind::Int)),
            Base::Char { signed } => (character(signed), Some(TypeKind::Int)),
            Base::Integer { signed, rank } => (integer(signed, rank), Some(TypeKind::Int)),
            Base::Struct(tag) => (tag, Some(TypeKind::Struct)),
            Base::Union(tag) => (tag, Some(TypeKind::Union)),
            Base::Enum(tag) => (tag, Some(TypeKind::Enum)),
            Base::Named(name) => (name, Some(TypeKind::Typedef)),
            Base::Float(_) | Base::FunctionPointer(_) => {
                return Err(Failure::new(
                    EINVAL,
                    fmt!("{place}: floating point and pointers to functions are not supported; a typedef of one is"),
                ))
            }
        };
        Ok(Self {
            kind,
            name: to_c_string(fmt!("{name}"))?,
            pointers: said.pointers().len(),
            text: to_c_string(fmt!("{}", Pure(said)))?,
        })
    }

    /// What its pointers lead to, if the BTF has it.
    pub(crate) fn target<'a>(&self, btf: &'a Btf<'a>) -> Option<Type<'a>> {
        match self.kind {
            Some(kind) => btf.named(&self.name, kind),
            None => Some(btf.ty(0)),
        }
    }
}

/// What BTF calls the integers for characters.
fn character(signed: Option<bool>) -> &'static str {
    match signed {
        None => "char",
        Some(true) => "signed char",
        Some(false) => "unsigned char",
    }
}

/// What BTF calls the other integers.
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
