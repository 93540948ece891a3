// SPDX-License-Identifier: GPL-2.0

//! Counting symbols.

use crate::kallsyms::{
    Kallsyms,
    Kind,
    Module, //
};
use kernel::{
    fmt,
    prelude::fmt, //
};

/// How many symbols there are of each kind.
pub(crate) struct Counts([usize; Kind::ALL.len()]);

impl Counts {
    /// Of the kernel itself.
    pub(crate) fn of_vmlinux(kallsyms: &Kallsyms) -> Self {
        Self(kallsyms.count_kinds())
    }

    /// Of a module.
    pub(crate) fn of_module(module: &Module) -> Self {
        Self(module.count_kinds())
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
