// SPDX-License-Identifier: GPL-2.0

//! Symbols, and what kind of thing an address of the kernel is.

use super::{
    super::{
        Kallsyms,
        Module, //
    },
    tables::Entry, //
};
use core::{
    marker::PhantomData,
    ops::Range, //
};
use kernel::{
    fmt,
    prelude::*, //
};

#[cfg(not(CONFIG_64BIT))]
pub(in crate::kallsyms) use kernel::bindings::elf32_sym as ElfSymbol;
#[cfg(CONFIG_64BIT)]
pub(in crate::kallsyms) use kernel::bindings::elf64_sym as ElfSymbol;

/// What a symbol names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A function.
    Text,
    /// Code that the hardware enters the kernel through.
    EntryText,
    /// Code that must not be instrumented, called where the kernel is not yet, or no longer, itself.
    NoinstrText,
    /// Code of the boot, or of a module's loading; then freed.
    InitText,
    /// Data that is not written, or not after it was set up.
    Rodata,
    /// Data with an initial value.
    Data,
    /// Data that began as zeroes. (A module's is [`Kind::Data`]: the kernel does not tell them apart.)
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

/// A name of the kernel's, whose length is not known before somebody asks for it.
///
/// # Invariants
///
/// It points to a NUL-terminated string, which is valid and does not change for `'a`.
#[derive(Clone, Copy)]
pub(in crate::kallsyms) struct RawName<'a>(*const c_char, PhantomData<&'a CStr>);

impl<'a> RawName<'a> {
    /// The string at `pointer`.
    ///
    /// # Safety
    ///
    /// It must be NUL-terminated, be valid and not change for `'a`.
    #[inline]
    pub(in crate::kallsyms) unsafe fn new(pointer: *const c_char) -> Self {
        // INVARIANT: The caller promises it.
        Self(pointer, PhantomData)
    }

    /// The string, with its length.
    #[inline]
    pub(in crate::kallsyms) fn get(self) -> &'a CStr {
        // SAFETY: By the invariants of `RawName` the string is NUL-terminated, valid and unchanged for `'a`.
        unsafe { CStr::from_char_ptr(self.0) }
    }

    /// Whether it begins with these bytes, of which none may be NUL. Reads no more of it than that takes.
    #[inline]
    pub(in crate::kallsyms) fn begins_with(self, prefix: &[u8]) -> bool {
        prefix.iter().enumerate().all(|(place, byte)| {
            // SAFETY: By the invariants of `RawName` the string is valid up to its NUL, and none of the bytes before
            // this one was that: each was equal to one of `prefix`, where there is none.
            *byte != 0 && unsafe { *self.0.add(place) } == *byte
        })
    }

    /// Whether it is this string.
    #[inline]
    pub(in crate::kallsyms) fn is(self, name: &CStr) -> bool {
        let bytes = name.to_bytes();
        self.begins_with(bytes) && {
            // SAFETY: The string begins with `bytes`, of which none is NUL: so by the invariants of `RawName` it is
            // valid up to what is behind them.
            unsafe { *self.0.add(bytes.len()) == 0 }
        }
    }
}

impl<'a> From<&'a CStr> for RawName<'a> {
    fn from(name: &'a CStr) -> Self {
        // INVARIANT: A `CStr` is NUL-terminated, valid and unchanged for as long as it is borrowed.
        Self(name.as_char_ptr(), PhantomData)
    }
}

/// Where a symbol comes from.
#[derive(Clone, Copy)]
pub(in crate::kallsyms) enum Origin<'a> {
    /// The kernel itself, by one of its functions.
    Vmlinux(&'a Layout, RawName<'a>),
    /// The kernel itself, by its tables.
    Table(&'a Layout, Entry<'a>),
    /// A module, and what the kernel keeps for its symbol: the name, the symbol, and the letter.
    Module(&'a Module, RawName<'a>, &'a ElfSymbol, &'a c_char),
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
    /// The kernel keeps names compressed, or without their length: finding out takes time, but only when this is
    /// called. [`Self::begins_with`] is quicker where that is the question.
    pub fn name(&self) -> &'a CStr {
        match &self.origin {
            Origin::Vmlinux(_, name) | Origin::Module(_, name, ..) => name.get(),
            Origin::Table(_, entry) => entry.name(),
        }
    }

    /// Whether the name begins with these bytes, of which none is NUL.
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

    /// The module, or [`None`] for the kernel itself.
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

    /// How many bytes it has, as far as that is known: of `vmlinux`, those from here to the next symbol;
    /// of a module, those that its symbol table says.
    ///
    /// Any context. Wraps `kallsyms_lookup_size_offset()`, for `vmlinux`, where the symbols' order does not tell.
    pub fn size(&self, kallsyms: &Kallsyms) -> Option<usize> {
        let size = match &self.origin {
            Origin::Vmlinux(..) => None,
            Origin::Table(layout, entry) => entry.size(layout, self.address),
            Origin::Module(_, _, symbol, _) => Some(symbol.st_size as usize),
        };
        size.or_else(|| kallsyms.extent(self.address).map(|(size, _)| size))
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
    pub(in crate::kallsyms) fn new(lookup: impl Fn(&CStr) -> Option<usize>) -> Self {
        Self(SECTIONS.map(|(start, end, _)| {
            let range = lookup(start).zip(lookup(end));
            range.map_or(0..0, |(start, end)| start..end)
        }))
    }

    /// How many bytes the section of this kind has; 0 if there is none.
    pub fn size(&self, kind: Kind) -> usize {
        let section = SECTIONS.iter().position(|(.., this)| *this == kind);
        section.map_or(0, |section| self.0[section].len())
    }

    /// The lowest address behind `address` at which a section begins or ends, if there is one: from `address` up to
    /// there, all is of one kind.
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
