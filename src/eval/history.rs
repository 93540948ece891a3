// SPDX-License-Identifier: GPL-2.0

//! The values of earlier expressions: `$1`, `$2` and `$`.

use crate::ctype::types::Ty;
use kernel::{
    alloc::AllocError,
    prelude::*, //
};

/// How many values are kept.
const MAX_VALUES: usize = 1000;

/// An earlier value, for the history. Its type is one that all evaluations know (`Types::lasting`): a module may go,
/// but not its types.
#[derive(Clone, Copy)]
pub(crate) struct Past(pub(crate) Earlier);

/// What an earlier value was.
#[derive(Clone, Copy)]
pub(crate) enum Earlier {
    /// There was none.
    Nothing,
    /// A number or a pointer.
    Scalar(Ty, u64),
    /// What is in memory at an address.
    Object(Ty, usize),
    /// A structure that a function returned by value, or a part of one, in two words.
    Structure(Ty, [usize; 2]),
}

/// What was computed since a file was opened.
#[derive(Default)]
pub(crate) struct History(KVec<Past>);

impl History {
    /// Nothing.
    pub(crate) const EMPTY: Self = Self(KVec::new());

    /// How many values there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The value of this number, from 1 on, or the last one.
    pub(crate) fn get(&self, number: Option<usize>) -> Option<Earlier> {
        let number = number.unwrap_or(self.0.len());
        Some(self.0.get(number.checked_sub(1)?)?.0)
    }

    /// Adds a value.
    pub(crate) fn add(&mut self, past: Past) -> Result<(), AllocError> {
        match self.0.len() {
            MAX_VALUES.. => Ok(()),
            _ => Ok(self.0.push(past, GFP_KERNEL)?),
        }
    }

    /// A copy, for an evaluation.
    pub(crate) fn copy(&self) -> Result<Self, AllocError> {
        let mut values = KVec::with_capacity(self.0.len(), GFP_KERNEL)?;
        values.extend_from_slice(&self.0, GFP_KERNEL)?;
        Ok(Self(values))
    }
}
