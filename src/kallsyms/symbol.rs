// SPDX-License-Identifier: GPL-2.0

//! Symbols, and what kind of thing an address of the kernel is.

use core::ops::Range;
use kernel::{
    fmt,
    prelude::*, //
};

/// What a symbol names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A function.
    Text,
    /// Code that the hardware enters the kernel through.
    EntryText,
    /// Code that must not be instrumented, called where the kernel is not yet, or no longer, itself.
    NoinstrText,
    /// Code that ran at boot, or when its module was loaded, and was freed.
    InitText,
    /// Data that is never written.
    Rodata,
    /// Data with an initial value.
    Data,
    /// Data that began as zeroes.
    Bss,
    /// Data of the boot, freed like its code.
    InitData,
    /// An offset into every CPU's own data.
    Percpu,
    /// Anything else, such as an absolute number.
    Other,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::EntryText => "entry text",
            Self::NoinstrText => "noinstr text",
            Self::InitText => "init text",
            Self::Rodata => "rodata",
            Self::Data => "data",
            Self::Bss => "bss",
            Self::InitData => "init data",
            Self::Percpu => "percpu data",
            Self::Other => "neither text nor data",
        })
    }
}

/// One symbol of the running kernel, for as long as the walk stands at it.
#[derive(Clone, Copy)]
pub struct Symbol<'a> {
    pub(super) name: &'a CStr,
    pub(super) address: usize,
    pub(super) layout: &'a Layout,
}

impl<'a> Symbol<'a> {
    /// The name: at most `KSYM_NAME_LEN - 1` bytes, in no particular encoding.
    pub fn name(&self) -> &'a CStr {
        self.name
    }

    /// The address; of a [`Kind::Percpu`] symbol, the offset into each CPU's data.
    ///
    /// Show it only to who could read it in `/proc/kallsyms`.
    pub fn address(&self) -> usize {
        self.address
    }

    /// What it names.
    pub fn kind(&self) -> Kind {
        self.layout.kind(self.address)
    }
}

/// Where the sections of `vmlinux` lie: the symbols its linker script puts around them.
///
/// The narrower ranges come first. An architecture may lack some.
const SECTIONS: [(&CStr, &CStr, Kind); 9] = [
    (c"__entry_text_start", c"__entry_text_end", Kind::EntryText),
    (
        c"__noinstr_text_start",
        c"__noinstr_text_end",
        Kind::NoinstrText,
    ),
    (c"_stext", c"_etext", Kind::Text),
    (c"_sinittext", c"_einittext", Kind::InitText),
    (c"__per_cpu_start", c"__per_cpu_end", Kind::Percpu),
    (c"__start_rodata", c"__end_rodata", Kind::Rodata),
    (c"_sdata", c"_edata", Kind::Data),
    (c"__init_begin", c"__init_end", Kind::InitData),
    (c"__bss_start", c"__bss_stop", Kind::Bss),
];

/// The sections of the running `vmlinux`.
///
/// C header: [`include/asm-generic/sections.h`](srctree/include/asm-generic/sections.h)
pub struct Layout([Range<usize>; SECTIONS.len()]);

impl Layout {
    /// Asks `lookup` for the address, if any, of each symbol at a section's border.
    pub(super) fn new(lookup: impl Fn(&CStr) -> Option<usize>) -> Self {
        Self(
            SECTIONS.map(|(start, end, _)| match (lookup(start), lookup(end)) {
                (Some(start), Some(end)) => start..end,
                _ => 0..0,
            }),
        )
    }

    /// What an address of `vmlinux` is.
    pub fn kind(&self, address: usize) -> Kind {
        let section = self.0.iter().position(|range| range.contains(&address));
        section.map_or(Kind::Other, |section| SECTIONS[section].2)
    }
}
