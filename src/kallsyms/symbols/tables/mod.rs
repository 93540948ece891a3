// SPDX-License-Identifier: GPL-2.0

//! The kernel's compressed tables of names and addresses.

mod search;
mod walk;

pub(in crate::kallsyms) use self::search::Index;
pub(super) use self::walk::Entry;
