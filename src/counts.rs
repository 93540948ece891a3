// SPDX-License-Identifier: GPL-2.0

//! Counting symbols.

use crate::kallsyms::{
    Kallsyms,
    Kind,
    Module, //
};
use core::ops::ControlFlow;
use kernel::{
    fmt,
    prelude::fmt, //
};

/// How many symbols there are of each kind.
#[derive(Default)]
pub(crate) struct Counts([usize; Kind::ALL.len()]);

impl Counts {
    /// Of the kernel itself.
    pub(crate) fn of_vmlinux(kallsyms: &Kallsyms) -> Self {
        let mut counts = Self::default();
        let ControlFlow::Continue(()) = kallsyms.for_each(|symbol| {
            counts.add(symbol.kind());
            ControlFlow::<core::convert::Infallible>::Continue(())
        });
        counts
    }

    /// Of a module.
    pub(crate) fn of_module(module: &Module) -> Self {
        let mut counts = Self::default();
        let ControlFlow::Continue(()) = module.for_each(|symbol| {
            counts.add(symbol.kind());
            ControlFlow::<core::convert::Infallible>::Continue(())
        });
        counts
    }

    /// Counts a symbol.
    fn add(&mut self, kind: Kind) {
        // A kind's number is its index.
        self.0[kind as usize] += 1;
    }

    /// How many of this kind.
    pub(crate) fn of(&self, kind: Kind) -> usize {
        self.0[kind as usize]
    }

    /// How many of all kinds.
    pub(crate) fn total(&self) -> usize {
        self.0.iter().sum()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_fmt(fmt!("{}", self.total()))?;
        for count in self.0 {
            f.write_fmt(fmt!(" {count}"))?;
        }
        Ok(())
    }
}
