// SPDX-License-Identifier: GPL-2.0

//! Prototypes that are not supported, so that their functions cannot be called.

use crate::{
    ctype::value_kind::{
        by_value,
        ValueKind, //
    },
    kallsyms::Prototype, //
};

/// How many arguments a function can take.
pub(crate) const MAX_ARGUMENTS: usize = 12;

/// The part of a prototype that is not supported.
pub(crate) fn unsupported(prototype: &Prototype<'_>) -> Option<&'static str> {
    if prototype.parameters().len() > MAX_ARGUMENTS {
        return Some("it takes more than 12 arguments");
    }
    let is_unsupported = |ty| by_value(ty) == ValueKind::Unsupported;
    let btf = prototype.returns().btf();
    let mut parameters = prototype.parameter_ids().map(|id| btf.ty(id));
    if parameters.any(is_unsupported) {
        return Some("it takes a value that does not travel in registers");
    }
    is_unsupported(prototype.returns())
        .then_some("it returns a value that does not travel in registers")
}
