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

/// An earlier value. All evaluations know its type (`Types::lasting`), which outlives its module.
#[derive(Clone, Copy)]
pub(crate) enum EarlierValue {
    /// The expression had no value.
    Nothing,
    /// A number or a pointer.
    Scalar(Ty, u64),
    /// What is in memory at an address.
    Object(Ty, usize),
    /// A structure that a function returned by value, or a part of one, in two words.
    Structure(Ty, [usize; 2]),
}

/// The values that were computed since a file was opened.
#[derive(Default)]
pub(crate) struct History {
    values: KVec<EarlierValue>,
    /// The types of modules that the values have.
    types: Option<Arc<HeldTypes>>,
}

impl History {
    /// An empty history.
    pub(crate) const EMPTY: Self = Self {
        values: KVec::new(),
        types: None,
    };

    /// How many values there are.
    pub(crate) fn count(&self) -> usize {
        self.values.len()
    }

    /// Where an evaluation holds the types of its value; [`None`] if no more values are kept.
    pub(crate) fn room(&self) -> Option<&HeldTypes> {
        self.types().filter(|_| self.count() < MAX_VALUES)
    }

    /// The types of modules that the values have.
    pub(crate) fn types(&self) -> Option<&HeldTypes> {
        self.types.as_deref()
    }

    /// The value with this number (1 is the first), or the last one.
    pub(crate) fn get(&self, number: Option<usize>) -> Option<EarlierValue> {
        let number = number.unwrap_or(self.count());
        self.values.get(number.checked_sub(1)?).copied()
    }

    /// Adds a value.
    pub(crate) fn add(&mut self, value: EarlierValue) -> Result<(), AllocError> {
        match self.count() {
            MAX_VALUES.. => Ok(()),
            _ => Ok(self.values.push(value, GFP_KERNEL)?),
        }
    }

    /// A copy for an evaluation. It shares the types.
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
