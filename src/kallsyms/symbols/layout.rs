// SPDX-License-Identifier: GPL-2.0

//! What kind of thing an address of the kernel is: by the section that it lies in.

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
    /// Code that must not be instrumented, called where the kernel is not yet, or no longer,
    /// itself.
    NoinstrText,
    /// Code of the boot, or of a module's loading; then freed.
    InitText,
    /// Data that is not written, or not after it was set up.
    Rodata,
    /// Data with an initial value.
    Data,
    /// Data that began as zeroes. (A module's is [`Kind::Data`]: the kernel does not tell them
    /// apart.)
    Bss,
    /// Data of the boot, or of a module's loading; then freed.
    InitData,
    /// A place in every CPU's own data.
    Percpu,
    /// Anything else, such as an absolute number.
    Other,
}

impl Kind {
    /// All kinds, in the order of their declaration.
    pub const ALL: [Self; 10] = [
        Self::Text,
        Self::EntryText,
        Self::NoinstrText,
        Self::InitText,
        Self::Rodata,
        Self::Data,
        Self::Bss,
        Self::InitData,
        Self::Percpu,
        Self::Other,
    ];

    /// The one word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::EntryText => "entry",
            Self::NoinstrText => "noinstr",
            Self::InitText => "inittext",
            Self::Rodata => "rodata",
            Self::Data => "data",
            Self::Bss => "bss",
            Self::InitData => "initdata",
            Self::Percpu => "percpu",
            Self::Other => "other",
        }
    }

    /// The letter that nm(1) has for it, in lower case.
    pub const fn letter(self) -> u8 {
        match self {
            Self::Text | Self::EntryText | Self::NoinstrText | Self::InitText => b't',
            Self::Rodata => b'r',
            Self::Data | Self::InitData | Self::Percpu => b'd',
            Self::Bss => b'b',
            Self::Other => b'a',
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where the sections of `vmlinux` lie: the symbols its linker script puts around them.
///
/// The narrower ranges come first. An architecture may lack some.
#[rustfmt::skip]
const SECTIONS: [(&CStr, &CStr, Kind); 9] = [
    (c"__entry_text_start",   c"__entry_text_end",   Kind::EntryText),
    (c"__noinstr_text_start", c"__noinstr_text_end", Kind::NoinstrText),
    (c"_stext",               c"_etext",             Kind::Text),
    (c"_sinittext",           c"_einittext",         Kind::InitText),
    (c"__per_cpu_start",      c"__per_cpu_end",      Kind::Percpu),
    (c"__start_rodata",       c"__end_rodata",       Kind::Rodata),
    (c"_sdata",               c"_edata",             Kind::Data),
    (c"__init_begin",         c"__init_end",         Kind::InitData),
    (c"__bss_start",          c"__bss_stop",         Kind::Bss),
];

/// The sections of the running `vmlinux`.
///
/// C header: [`include/asm-generic/sections.h`](srctree/include/asm-generic/sections.h)
pub struct Layout([Range<usize>; SECTIONS.len()]);

impl Layout {
    /// Asks `lookup` for the address, if any, of each symbol at a section's border.
    #[inline(never)] // frame
    pub(in crate::kallsyms) fn new(lookup: impl Fn(&CStr) -> Option<usize>) -> Self {
        Self(SECTIONS.map(|(start, end, _)| {
            let range = lookup(start).zip(lookup(end));
            range.map_or(0..0, |(start, end)| start..end)
        }))
    }

    /// Where the section of this kind is; empty if there is none.
    pub fn section(&self, kind: Kind) -> Range<usize> {
        let section = SECTIONS.iter().position(|(.., this)| *this == kind);
        section.map_or(0..0, |section| self.0[section].clone())
    }

    /// How many bytes the section of this kind has; 0 if there is none.
    pub fn size(&self, kind: Kind) -> usize {
        self.section(kind).len()
    }

    /// The next address after `address` at which a section begins or ends, if there is one: all
    /// before it is of one kind.
    pub(in crate::kallsyms) fn next_border(&self, address: usize) -> Option<usize> {
        let borders = self.0.iter().flat_map(|range| [range.start, range.end]);
        borders.filter(|border| *border > address).min()
    }

    /// What an address of `vmlinux` is.
    pub fn kind(&self, address: usize) -> Kind {
        let section = self.0.iter().position(|range| range.contains(&address));
        section.map_or(Kind::Other, |section| SECTIONS[section].2)
    }
}
