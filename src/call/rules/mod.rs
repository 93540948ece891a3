// SPDX-License-Identifier: GPL-2.0

//! What refuses a call whatever its arguments are.

pub(crate) mod hazards;
pub(crate) mod known_parameters;
pub(crate) mod never_returns;
