// SPDX-License-Identifier: GPL-2.0

//! What has been found out about names of the kernel itself, which does not change any more.

use super::duplicates::Duplicates;
use crate::kallsyms::Shape;
use kernel::{
    alloc::AllocError,
    prelude::*,
    str::CString,
    sync::Mutex, //
};

/// The most constants that are kept.
const MAX_CONSTANTS: usize = 64;

/// What has been found out, for all who evaluate.
pub(crate) type KnownNames = Mutex<Names>;

/// See [`KnownNames`].
#[derive(Default)]
pub(crate) struct Names {
    /// The names that several types have.
    pub(super) duplicates: Option<Duplicates>,
    /// Constants of enumerations.
    constants: KVec<(CString, u64, Shape)>,
}

impl Names {
    /// The value of a constant, and its type's shape, if it has been looked for.
    pub(super) fn constant(&self, name: &CStr) -> Option<(u64, Shape)> {
        let mut known = self.constants.iter();
        let (_, value, shape) = known.find(|(known, ..)| **known == *name)?;
        Some((*value, *shape))
    }

    /// Keeps a constant that has been found.
    pub(super) fn keep(&mut self, name: &CStr, value: u64, shape: Shape) -> Result<(), AllocError> {
        if self.constants.len() == MAX_CONSTANTS {
            self.constants.clear();
        }
        let constant = (CString::try_from(name)?, value, shape);
        self.constants.push(constant, GFP_KERNEL)
    }
}
