// SPDX-License-Identifier: GPL-2.0

//! Text of values, for the log and for files.

pub(crate) mod object;
pub(crate) mod value;
