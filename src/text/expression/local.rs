// SPDX-License-Identifier: GPL-2.0

//! The locals of a program, and their scopes.

use crate::text::prototype::TypeName;

/// A local. Its number is its index among all locals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local<'a> {
    /// Its name.
    pub name: &'a str,
    /// How it was declared.
    pub declared: Declared<'a>,
    /// Where its name was first written, counted from 1.
    pub column: usize,
    /// Whether it is in scope at the place that is being read.
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
    /// As an array: the type of its elements, and how many there are.
    Array(TypeName<'a>, usize),
    /// By `auto`: it has its first value's type.
    Auto,
    /// By its first assignment: it has that value's type.
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

    /// The local that has this name and is in scope.
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

    /// Adds a local; `None` if there is no memory for it.
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

    /// Brings a local into scope.
    pub(in crate::text) fn show(&mut self, number: usize) {
        if let Some(local) = self.all.get_mut(number) {
            local.visible = true;
        }
    }

    /// Ends a scope that began when there were `count` locals. Locals that were not declared stay
    /// in scope.
    pub(in crate::text) fn leave(&mut self, count: usize) {
        for local in self.all.iter_mut().take(self.length).skip(count) {
            local.visible &= local.declared == Declared::Assigned;
        }
    }
}
