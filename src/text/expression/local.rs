// SPDX-License-Identifier: GPL-2.0

//! The locals of a program, and where their names mean them.

use crate::text::prototype::TypeName;

/// A local. Its number is its place among all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local<'a> {
    /// Its name.
    pub name: &'a str,
    /// How it was declared.
    pub declared: Declared<'a>,
    /// Where its name was first written, counted from 1.
    pub column: usize,
    /// Whether its name means it at the place that is read.
    visible: bool,
}

impl Local<'_> {
    /// What the memory for locals is filled with.
    pub const EMPTY: Self = Self {
        name: "",
        declared: Declared::Auto,
        column: 1,
        visible: false,
    };
}

/// How a local was declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declared<'a> {
    /// With a type.
    Type(TypeName<'a>),
    /// As an array of so many elements of a type.
    Array(TypeName<'a>, usize),
    /// By `auto`, with its first value's type.
    Auto,
    /// By its first assignment, also with that value's type.
    Assigned,
}

/// The memory for locals, and how much of it is used.
pub(in crate::text) struct Locals<'t, 'a> {
    all: &'t mut [Local<'a>],
    length: usize,
}

impl<'t, 'a> Locals<'t, 'a> {
    /// No locals, with memory for them.
    pub(in crate::text) const fn new(all: &'t mut [Local<'a>]) -> Self {
        Self { all, length: 0 }
    }

    /// All of them.
    pub(in crate::text) fn into_slice(self) -> &'t [Local<'a>] {
        let all: &'t [Local<'a>] = self.all;
        all.get(..self.length).unwrap_or_default()
    }

    /// How many there are.
    pub(in crate::text) const fn count(&self) -> usize {
        self.length
    }

    /// The name of a local.
    pub(in crate::text) fn name(&self, number: usize) -> &'a str {
        self.all.get(number).map_or("", |local| local.name)
    }

    /// The local that a name means here.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let mut number = self.length;
        loop {
            number = number.checked_sub(1)?;
            let local = self.all.get(number)?;
            if local.visible && local.name == name {
                return Some(number);
            }
        }
    }

    /// Adds a local; `None` when there is no place.
    pub(in crate::text) fn add(
        &mut self,
        name: &'a str,
        declared: Declared<'a>,
        column: usize,
        visible: bool,
    ) -> Option<usize> {
        let number = self.length;
        *self.all.get_mut(number)? = Local {
            name,
            declared,
            column,
            visible,
        };
        self.length = self.length.saturating_add(1);
        Some(number)
    }

    /// From here on the name of a local means it.
    pub(in crate::text) fn show(&mut self, number: usize) {
        if let Some(local) = self.all.get_mut(number) {
            local.visible = true;
        }
    }

    /// Ends a scope, which began when there were `count` locals. Those that were not declared stay.
    pub(in crate::text) fn leave(&mut self, count: usize) {
        for local in self.all.iter_mut().take(self.length).skip(count) {
            local.visible &= local.declared == Declared::Assigned;
        }
    }
}
