// SPDX-License-Identifier: GPL-2.0

//! The values of earlier expressions: `$1`, `$2` and `$`.

use crate::{
    ctype::{
        ty::Ty,
        types::HeldTypes, //
    },
    kallsyms::Kallsyms, //
};
use kernel::{
    alloc::AllocError,
    prelude::*,
    sync::Arc, //
};

/// How many values are kept.
const MAX_VALUES: usize = 1000;

/// An earlier value, for the history. Its type is one that all evaluations know (`Types::lasting`):
/// a module may go, but not its types.
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
pub(crate) struct History {
    values: KVec<Past>,
    /// The modules' types that the values have.
    types: Option<Arc<HeldTypes>>,
}

impl History {
    /// Nothing.
    pub(crate) const EMPTY: Self = Self {
        values: KVec::new(),
        types: None,
    };

    /// How many values there are.
    pub(crate) fn count(&self) -> usize {
        self.values.len()
    }

    /// Where an evaluation holds the types of its value. [`None`]: no more values are kept.
    pub(crate) fn room(&self) -> Option<&HeldTypes> {
        self.types().filter(|_| self.count() < MAX_VALUES)
    }

    /// The modules' types that the values have.
    pub(crate) fn types(&self) -> Option<&HeldTypes> {
        self.types.as_deref()
    }

    /// The value of this number, from 1 on, or the last one.
    pub(crate) fn get(&self, number: Option<usize>) -> Option<Earlier> {
        let number = number.unwrap_or(self.count());
        Some(self.values.get(number.checked_sub(1)?)?.0)
    }

    /// Adds a value.
    pub(crate) fn add(&mut self, past: Past) -> Result<(), AllocError> {
        match self.count() {
            MAX_VALUES.. => Ok(()),
            _ => Ok(self.values.push(past, GFP_KERNEL)?),
        }
    }

    /// A copy, for an evaluation, which shares the types.
    pub(crate) fn copy(&mut self, kallsyms: &Arc<Kallsyms>) -> Result<Self> {
        let mut values = KVec::with_capacity(self.count(), GFP_KERNEL)?;
        values.extend_from_slice(&self.values, GFP_KERNEL)?;
        let types = match &self.types {
            Some(types) => types.clone(),
            None => HeldTypes::new(kallsyms)?,
        };
        self.types = Some(types.clone());
        Ok(Self {
            values,
            types: Some(types),
        })
    }
}
