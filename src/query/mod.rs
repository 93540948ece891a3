// SPDX-License-Identifier: GPL-2.0

//! Answers that run no code: from the symbol tables and BTF.

pub(crate) mod function_marks;
pub(crate) mod function_search;
pub(crate) mod listing;
pub(crate) mod lookup;
mod patterns;
pub(crate) mod symbol_counts;
pub(crate) mod symbol_line;
mod type_layout;
mod written_type;
