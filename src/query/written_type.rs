// SPDX-License-Identifier: GPL-2.0

//! Types as the user writes them, before the kernel's are looked up.

use crate::{
    ctype::named::base,
    failure::{
        Failure,
        Written, //
    },
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
        Base, //
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
    /// The parameter or file in which it was written.
    source: &'static str,
    /// Where in it.
    column: usize,
}

impl NamedType {
    /// Parses a type.
    pub(crate) fn new(written: &Written<'_>) -> Result<Self, Failure> {
        let said = text::type_name(written.text).map_err(|error| written.error(error))?;
        Self::of(written, &said)
    }

    /// Keeps a type that has been parsed.
    pub(crate) fn of(written: &Written<'_>, said: &text::TypeName<'_>) -> Result<Self, Failure> {
        let (name, kind) = match (said.base, base::name(&said.base)) {
            (_, Some((name, kind))) => (name, Some(kind)),
            (Base::Void, _) => ("", None),
            _ => {
                return Err(written.failure(
                    EINVAL,
                    fmt!("floating point and pointers to functions are not supported; a typedef of one is"),
                ))
            }
        };
        Ok(Self {
            kind,
            name: to_c_string(fmt!("{name}"))?,
            pointers: said.pointers().len(),
            text: to_c_string(fmt!("{}", Pure(said)))?,
            source: written.source,
            column: written.column,
        })
    }

    /// No BTF has it.
    pub(crate) fn unknown(&self) -> Failure {
        Failure::at(
            ENOENT,
            self.source,
            self.column,
            fmt!("the kernel has no type `{}`", &*self.text),
        )
    }

    /// What its pointers lead to, if the BTF has it. A name that is not a typedef is a tag.
    pub(crate) fn target<'a>(&self, btf: &'a Btf<'a>) -> Option<Type<'a>> {
        let Some(kind) = &self.kind else {
            return Some(btf.ty(0));
        };
        let kinds = match kind {
            TypeKind::Typedef => &[
                TypeKind::Typedef,
                TypeKind::Struct,
                TypeKind::Union,
                TypeKind::Enum,
            ],
            kind => core::slice::from_ref(kind),
        };
        kinds.iter().find_map(|kind| btf.named(&self.name, *kind))
    }
}
