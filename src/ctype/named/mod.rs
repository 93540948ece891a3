// SPDX-License-Identifier: GPL-2.0

//! Finds what names stand for: types and constants of the kernel itself and of its modules.

pub(crate) mod base;
pub(crate) mod constants;
mod duplicates;
pub(crate) mod known;
mod module_types;
mod written;

pub(crate) use self::written::Resolved;
