// SPDX-License-Identifier: GPL-2.0

//! The symbols of a module.

use super::{
    module::kind_in,
    Module, //
};
use crate::kallsyms::{
    symbols::{
        ElfSymbol,
        Origin,
        RawName, //
    },
    Kind,
    Symbol, //
};
use core::{
    cell::UnsafeCell,
    ops::ControlFlow, //
};
use kernel::{
    alloc::AllocError,
    bindings,
    prelude::*, //
};

impl Module {
    /// Calls `f` for every symbol of the module, in no particular order, until it breaks.
    pub fn for_each<B, F>(&self, f: F) -> ControlFlow<B>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        self.for_each_since(&mut 0, f)
    }

    /// As [`Self::for_each`], from symbol number `next` on; `next` is then the number of the symbol
    /// that `f` broke at.
    #[inline]
    pub(in crate::kallsyms) fn for_each_since<B, F>(
        &self,
        next: &mut usize,
        mut f: F,
    ) -> ControlFlow<B>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        let table = self.table();
        for (number, symbol) in table.symbols.iter().enumerate().skip(*next) {
            let Some(name) = table.name(symbol) else {
                continue;
            };
            let Some(letter) = table.letters.get(number) else {
                break;
            };
            *next = number;
            f(&Symbol {
                address: symbol.address(),
                origin: Origin::Module(self, name, symbol.size(), letter),
            })?;
        }
        *next = table.symbols.len();
        ControlFlow::Continue(())
    }

    /// Calls `f` for every symbol of the module that has this name, until it breaks.
    #[inline(never)] // size
    pub(in crate::kallsyms) fn for_each_named<B>(
        &self,
        wanted: &CStr,
        f: &mut dyn FnMut(&Symbol<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let table = self.table();
        let first = wanted.to_bytes().first();
        for (number, symbol) in table.symbols.iter().enumerate() {
            // Most names differ in the first letter already.
            if Some(&table.first_letter(symbol)) == first {
                self.with_named(&table, number, wanted, f)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// As [`Self::for_each_named`], by the index, which becomes this module's if it can.
    #[inline(never)] // size
    pub(in crate::kallsyms) fn for_each_indexed<B>(
        &self,
        index: &mut NameIndex,
        wanted: &CStr,
        f: &mut dyn FnMut(&Symbol<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let table = self.table();
        if !index.is_of(&table) && index.fill(&table).is_err() {
            return self.for_each_named(wanted, f);
        }
        let mut next = index.heads.get(hash(wanted.to_bytes())).copied();
        while let Some(number) = next.filter(|number| *number != END) {
            self.with_named(&table, number as usize, wanted, f)?;
            next = index.others.get(number as usize).copied();
        }
        ControlFlow::Continue(())
    }

    /// Calls `f` for one of its symbols, if that has this name.
    fn with_named<B>(
        &self,
        table: &Table<'_>,
        number: usize,
        wanted: &CStr,
        f: &mut dyn FnMut(&Symbol<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let (Some(symbol), Some(letter)) = (table.symbols.get(number), table.letters.get(number))
        else {
            return ControlFlow::Continue(());
        };
        match table.name(symbol) {
            Some(name) if name.is(wanted) => f(&Symbol {
                address: symbol.address(),
                origin: Origin::Module(self, name, symbol.size(), letter),
            }),
            _ => ControlFlow::Continue(()),
        }
    }

    /// How many symbols it has from when it has been loaded until it is removed: without those that
    /// only its start needs.
    pub fn count(&self) -> usize {
        // SAFETY: `self` is a module on the kernel's list, and `module_mutex` is held, without
        // which it is not freed. The pointer is to its `core_kallsyms`.
        let table = unsafe { self.table_of(&raw const (*self.0.get()).core_kallsyms) };
        let named = |symbol: &&TableEntry| table.name(symbol).is_some();
        table.symbols.iter().filter(named).count()
    }

    /// How many symbols it has of each kind, in the order of [`Kind::ALL`].
    #[inline(never)] // frame
    pub fn count_kinds(&self) -> [usize; Kind::ALL.len()] {
        let areas = self.areas();
        let table = self.table();
        let mut counts = [0; Kind::ALL.len()];
        for symbol in table.symbols {
            if table.name(symbol).is_some() {
                counts[kind_in(&areas, symbol.address()) as usize] += 1;
            }
        }
        counts
    }

    /// The symbols that the kernel keeps for it.
    #[inline]
    fn table(&self) -> Table<'_> {
        // SAFETY: By the invariants of `Module` it is valid. `Modules::for_each()` skips modules
        // that are not formed, and the others have symbols. When a module has been loaded, the
        // kernel replaces them by `core_kallsyms` under `module_mutex`, which is held.
        unsafe { self.table_of((*self.0.get()).kallsyms) }
    }

    /// One of the kernel's two tables of the module's symbols.
    ///
    /// # Safety
    ///
    /// `symbols` must be the module's `kallsyms`, or point to its `core_kallsyms`.
    #[inline]
    unsafe fn table_of(&self, symbols: *const bindings::mod_kallsyms) -> Table<'_> {
        // SAFETY: The loader has filled both before the module was formed, and what `kallsyms`
        // points to stays until the module has been loaded or is removed: both take `module_mutex`,
        // which is held.
        let symbols = unsafe { &*symbols };
        let count = symbols.num_symtab as usize;
        // INVARIANT: The kernel has verified, when it loaded the module, that each `st_name` lies
        // in the string table and that the table ends with a NUL. (Of `core_kallsyms` it has
        // written both itself.)
        Table {
            // SAFETY: The kernel made the table with `num_symtab` entries, which stay until the
            // module has been loaded or is removed: both take `module_mutex`, which is held. What
            // may be written meanwhile is in a cell, from which a `TableEntry` does not differ in
            // memory. No module has a `count` of 0, but the pointer is to a table even then.
            symbols: unsafe { core::slice::from_raw_parts(symbols.symtab.cast(), count) }
                .get(1..)
                .unwrap_or_default(),
            // SAFETY: As many letters as symbols, which are made, replaced and freed together with
            // those.
            letters: unsafe { core::slice::from_raw_parts(symbols.typetab, count) }
                .get(1..)
                .unwrap_or_default(),
            names: symbols.strtab,
        }
    }
}

/// What the kernel keeps of a module's symbols, without the first entry, which in an ELF table is
/// no symbol.
///
/// # Invariants
///
/// `names` points to the string table of `symbols`: at the offset `st_name` of each symbol it has a
/// NUL-terminated string, which is valid and does not change for `'a`.
struct Table<'a> {
    symbols: &'a [TableEntry],
    letters: &'a [c_char],
    names: *const c_char,
}

impl<'a> Table<'a> {
    /// The first letter of the name of one of the symbols, or NUL.
    #[inline]
    fn first_letter(&self, symbol: &TableEntry) -> u8 {
        // SAFETY: By the invariants of `Table` there is a string in the string table for each of
        // its symbols, and it has a byte at least: its NUL.
        unsafe { *self.names.add(symbol.name()) }
    }

    /// The name of one of the symbols; `None` if it has none, or if it only says what the module
    /// needs of others.
    #[inline]
    fn name(&self, symbol: &TableEntry) -> Option<RawName<'a>> {
        if self.first_letter(symbol) == 0 || symbol.section() == bindings::SHN_UNDEF {
            return None;
        }
        // SAFETY: By the invariants of `Table` there is a string in the string table for each of
        // its symbols, which is NUL-terminated, valid and unchanged for `'a`.
        Some(unsafe { RawName::new(self.names.add(symbol.name())) })
    }
}

/// One of the symbols. Its address may be written while it is read: livepatch resolves the symbols
/// of a patch when a module comes that it patches, under a mutex of its own.
#[repr(transparent)]
struct TableEntry(UnsafeCell<ElfSymbol>);

impl TableEntry {
    fn address(&self) -> usize {
        // SAFETY: The entry is valid, as `self` is. Its address is one aligned word, which is read
        // once and whole.
        unsafe { (&raw const (*self.0.get()).st_value).read_volatile() as usize }
    }

    fn size(&self) -> usize {
        // SAFETY: The entry is valid, as `self` is, and nobody writes its size once it is there.
        unsafe { (*self.0.get()).st_size as usize }
    }

    /// Where the name is in the string table.
    fn name(&self) -> usize {
        // SAFETY: The entry is valid, as `self` is, and nobody writes this once it is there.
        unsafe { (*self.0.get()).st_name as usize }
    }

    /// The number of the section.
    fn section(&self) -> u32 {
        // SAFETY: The entry is valid, as `self` is, and nobody writes this once it is there.
        unsafe { (*self.0.get()).st_shndx.into() }
    }
}

/// How many lists the names of a [`NameIndex`] are divided among.
const LISTS: usize = 1 << 12;

/// The end of a list.
const END: u32 = u32::MAX;

/// An index of a module's symbols by name, for
/// [`Kallsyms::for_each_named_by`](crate::kallsyms::Kallsyms::for_each_named_by): lists of those
/// whose names have the same hash, in the order of the symbols.
#[derive(Default)]
pub struct NameIndex {
    /// Where the table is that it was made of. Nothing is read there.
    table: usize,
    /// For each list its first symbol.
    heads: KVVec<u32>,
    /// For each symbol the next one of its list.
    others: KVVec<u32>,
}

impl NameIndex {
    /// Makes it of this table.
    fn fill(&mut self, table: &Table<'_>) -> Result<(), AllocError> {
        *self = Self::default();
        self.heads.resize(LISTS, END, GFP_KERNEL_ACCOUNT)?;
        self.others
            .resize(table.symbols.len(), END, GFP_KERNEL_ACCOUNT)?;
        let symbols = table.symbols.iter().zip(&mut *self.others).enumerate();
        for (number, (symbol, next)) in symbols.rev() {
            let Some(name) = table.name(symbol) else {
                continue;
            };
            if let Some(head) = self.heads.get_mut(hash(name.get().to_bytes())) {
                *next = core::mem::replace(head, number as u32);
            }
        }
        self.table = table.symbols.as_ptr() as usize;
        Ok(())
    }

    /// Whether it was made of this table.
    fn is_of(&self, table: &Table<'_>) -> bool {
        self.table == table.symbols.as_ptr() as usize && self.others.len() == table.symbols.len()
    }
}

/// The list that a name is in.
fn hash(name: &[u8]) -> usize {
    let sum = name.iter().fold(0u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u32::from(*byte))
    });
    sum as usize % LISTS
}
