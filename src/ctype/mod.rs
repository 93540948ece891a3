// SPDX-License-Identifier: GPL-2.0

//! C types over several BTFs: what `eval`, `call` and `show` reason with.

pub(crate) mod bits;
pub(crate) mod decimal;
pub(crate) mod named;
pub(crate) mod same_prototype;
pub(crate) mod ty;
pub(crate) mod types;
mod unions;
pub(crate) mod value_kind;
