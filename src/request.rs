// SPDX-License-Identifier: GPL-2.0

//! What the user asks for, as plain data: made once of the parameters' text.

use crate::params::Params;

/// What to do.
pub(crate) enum Request<'a> {
    /// Say what is there.
    Summary,
    /// Call the function of this name.
    Call {
        /// As the user wrote it.
        name: &'a [u8],
    },
}

impl<'a> Request<'a> {
    /// Reads the parameters.
    pub(crate) fn new(params: &'a Params<'_>) -> Self {
        match params.sym_name() {
            Some(name) => Self::Call { name },
            None => Self::Summary,
        }
    }
}
