// SPDX-License-Identifier: GPL-2.0

//! C types over several BTFs: what `eval`, `call` and `show` reason with.

pub(crate) mod constants;
pub(crate) mod same_prototype;
pub(crate) mod types;
