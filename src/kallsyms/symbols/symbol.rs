// SPDX-License-Identifier: GPL-2.0

//! A symbol, and where it comes from.

use super::{
    name::RawName,
    tables::Entry,
    Kind,
    Layout, //
};
use crate::kallsyms::{
    Kallsyms,
    Module, //
};
use kernel::prelude::*;

#[cfg(not(CONFIG_64BIT))]
pub(in crate::kallsyms) use kernel::bindings::elf32_sym as ElfSymbol;
#[cfg(CONFIG_64BIT)]
pub(in crate::kallsyms) use kernel::bindings::elf64_sym as ElfSymbol;

/// Where a symbol comes from.
#[derive(Clone, Copy)]
pub(in crate::kallsyms) enum Origin<'a> {
    /// The kernel itself, by one of its functions.
    Vmlinux(&'a Layout, RawName<'a>),
    /// The kernel itself, by its tables.
    Table(&'a Layout, Entry<'a>),
    /// A module, and what the kernel keeps for its symbol: the name, the size, and the letter.
    Module(&'a Module, RawName<'a>, usize, &'a c_char),
}

/// One symbol of the running kernel, for as long as a walk stands at it.
#[derive(Clone, Copy)]
pub struct Symbol<'a> {
    pub(in crate::kallsyms) address: usize,
    pub(in crate::kallsyms) origin: Origin<'a>,
}

impl<'a> Symbol<'a> {
    /// The name: of `vmlinux` at most `KSYM_NAME_LEN - 1` bytes, of a module any number, in no
    /// particular encoding.
    ///
    /// The kernel keeps names compressed, or without their length: finding out takes time, but only
    /// when this is called. [`Self::begins_with`] is quicker where that is the question.
    pub fn name(&self) -> &'a CStr {
        match &self.origin {
            Origin::Vmlinux(_, name) | Origin::Module(_, name, ..) => name.get(),
            Origin::Table(_, entry) => entry.name(),
        }
    }

    /// Whether the name begins with these bytes. None of them may be NUL.
    pub fn begins_with(&self, prefix: &[u8]) -> bool {
        match &self.origin {
            Origin::Vmlinux(_, name) | Origin::Module(_, name, ..) => name.begins_with(prefix),
            Origin::Table(_, entry) => entry.begins_with(prefix),
        }
    }

    /// The address, as `/proc/kallsyms` has it.
    ///
    /// Show it only to readers who are allowed to see it there.
    pub fn address(&self) -> usize {
        self.address
    }

    /// The module, or `None` for the kernel itself.
    pub fn module(&self) -> Option<&'a Module> {
        match self.origin {
            Origin::Vmlinux(..) | Origin::Table(..) => None,
            Origin::Module(module, ..) => Some(module),
        }
    }

    /// What it names.
    pub fn kind(&self) -> Kind {
        match self.origin {
            Origin::Vmlinux(layout, _) | Origin::Table(layout, _) => layout.kind(self.address),
            Origin::Module(module, ..) => module.kind(self.address),
        }
    }

    /// The letter that `/proc/kallsyms` has for it, in lower case: there, upper case is for what is
    /// global in `vmlinux`, or exported by a module.
    ///
    /// The kernel does not tell the letters of `vmlinux`; these are made from [`Self::kind`].
    pub fn letter(&self) -> u8 {
        match self.origin {
            Origin::Vmlinux(..) | Origin::Table(..) => self.kind().letter(),
            Origin::Module(.., letter) => letter.to_ascii_lowercase(),
        }
    }

    /// How many bytes it has, as far as that is known: of `vmlinux`, those from here to the next
    /// symbol; of a module, those that its symbol table says.
    ///
    /// Any context. Wraps `kallsyms_lookup_size_offset()`, for `vmlinux`, where the symbols' order
    /// does not tell.
    pub fn size(&self, kallsyms: &Kallsyms) -> Option<usize> {
        let size = match &self.origin {
            Origin::Vmlinux(..) => None,
            Origin::Table(layout, entry) => entry.size(layout, self.address),
            Origin::Module(_, _, size, _) => Some(*size),
        };
        size.or_else(|| kallsyms.extent(self.address).map(|(size, _)| size))
    }
}
