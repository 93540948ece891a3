// SPDX-License-Identifier: GPL-2.0

//! The kernel's modules and their symbols.
//!
//! The kernel's own `module_kallsyms_on_each_symbol()` does not tell its callback which module a symbol
//! is of; so these walks do as it does, under the lock that it takes.
//!
//! C header: [`include/linux/module.h`](srctree/include/linux/module.h)

use super::{
    super::{
        symbols::{
            ElfSymbol,
            Origin,
            RawName, //
        },
        Error,
        Kallsyms,
        Kind,
        Name,
        Symbol, //
    }, //
};
use core::{
    convert::Infallible,
    ops::{
        ControlFlow,
        Deref,
        Range, //
    },
    ptr::NonNull,
    sync::atomic::{
        AtomicPtr,
        Ordering, //
    }, //
};
use kernel::{
    bindings,
    prelude::*,
    types::{
        NotThreadSafe,
        Opaque, //
    }, //
};

/// A reference to a module, which cannot go while this lives: removing it fails with `EBUSY`.
///
/// # Invariants
///
/// The pointer is to a valid module, to which this holds a reference that `try_module_get()` took.
pub(in crate::kallsyms) struct ModuleRef(NonNull<bindings::module>);

// SAFETY: References to a module are counted atomically, so that any thread may give back one.
unsafe impl Send for ModuleRef {}
// SAFETY: All that a shared `ModuleRef` gives is the pointer, which does not change.
unsafe impl Sync for ModuleRef {}

impl ModuleRef {
    /// The module.
    pub(in crate::kallsyms) fn as_ptr(&self) -> *mut bindings::module {
        self.0.as_ptr()
    }

    /// Its name.
    pub(in crate::kallsyms) fn name(&self) -> &CStr {
        // SAFETY: The module is there for as long as the reference. Its name is an array that ends with a NUL, and does
        // not change.
        unsafe { CStr::from_char_ptr((&raw const (*self.0.as_ptr()).name).cast()) }
    }
}

impl Drop for ModuleRef {
    fn drop(&mut self) {
        // SAFETY: `try_module_get()` took the reference when this was made (`Module::pin()`), and it is given back
        // only here, once. `module_put()` does not sleep.
        unsafe { bindings::module_put(self.0.as_ptr()) };
    }
}

/// A loaded module, for as long as the list of modules is locked.
///
/// # Invariants
///
/// A reference to this is a reference to a module on the kernel's list that is formed, while `module_mutex` is held:
/// the module is neither taken off the list nor freed.
#[repr(transparent)]
pub struct Module(Opaque<bindings::module>);

impl Module {
    /// The name.
    pub fn name(&self) -> &CStr {
        self.raw_name().get()
    }

    /// The kernel's own.
    pub(in crate::kallsyms) fn as_ptr(&self) -> *mut bindings::module {
        self.0.get()
    }

    /// Whether it has been loaded and is not being removed.
    pub fn is_live(&self) -> bool {
        // SAFETY: `self` is a module on the kernel's list, and `module_mutex` is held, without which it is not
        // freed. Its state is a word, which the kernel writes and
        // this reads as a whole.
        unsafe {
            (&raw const (*self.0.get()).state).read_volatile()
                == bindings::module_state_MODULE_STATE_LIVE
        }
    }

    /// What an address of the module is; [`Kind::Other`] if it has no such address.
    pub fn kind(&self, address: usize) -> Kind {
        kind_in(&self.areas(), address)
    }

    /// The areas of its memory.
    #[inline]
    fn areas(&self) -> Areas {
        use bindings::*;

        let module = self.0.get();
        // SAFETY: `self` is a module on the kernel's list, and `module_mutex` is held, without which it is not
        // freed. These fields are set before the module is given
        // its symbols, and do not change after.
        let (noinstr, percpu) = unsafe {
            (
                range((*module).noinstr_text_start, (*module).noinstr_text_size),
                range((*module).percpu.cast(), (*module).percpu_size),
            )
        };
        [
            (noinstr, Kind::NoinstrText),
            (percpu, Kind::Percpu),
            (self.memory(mod_mem_type_MOD_TEXT), Kind::Text),
            (self.memory(mod_mem_type_MOD_DATA), Kind::Data),
            (self.memory(mod_mem_type_MOD_RODATA), Kind::Rodata),
            (self.memory(mod_mem_type_MOD_RO_AFTER_INIT), Kind::Rodata),
            (self.memory(mod_mem_type_MOD_INIT_TEXT), Kind::InitText),
            (self.memory(mod_mem_type_MOD_INIT_DATA), Kind::InitData),
            (self.memory(mod_mem_type_MOD_INIT_RODATA), Kind::InitData),
        ]
    }

    /// How many bytes its functions take.
    pub fn text_size(&self) -> usize {
        self.memory(bindings::mod_mem_type_MOD_TEXT).len()
    }

    /// How many bytes its data takes, written to or not.
    pub fn data_size(&self) -> usize {
        use bindings::*;

        let data = [
            mod_mem_type_MOD_DATA,
            mod_mem_type_MOD_RODATA,
            mod_mem_type_MOD_RO_AFTER_INIT,
        ];
        data.into_iter()
            .map(|memory| self.memory(memory).len())
            .sum()
    }

    /// One of its areas of memory.
    fn memory(&self, memory: bindings::mod_mem_type) -> Range<usize> {
        // SAFETY: `self` is a module on the kernel's list, and `module_mutex` is held, without which it is not
        // freed. `memory` is an index of the array: bindgen made both from one enumeration. When a
        // module has been loaded the kernel frees the areas for that, and sets their sizes to 0: the load
        // of the size, a word, reads it from before or after. The areas themselves are not read.
        unsafe {
            let memory = &raw const (*self.0.get()).mem[memory as usize];
            range((*memory).base, (&raw const (*memory).size).read_volatile())
        }
    }

    /// Takes a reference, if the module is live.
    pub(in crate::kallsyms) fn pin(&self) -> Result<ModuleRef, Error> {
        // SAFETY: `self` is a module on the kernel's list, and `module_mutex` is held, without which it is not
        // freed. `try_module_get()` does not sleep.
        if self.is_live() && unsafe { bindings::try_module_get(self.0.get()) } {
            // INVARIANT: `try_module_get()` has taken the reference.
            // SAFETY: The pointer is made from `self`, a reference, and so is not null.
            Ok(ModuleRef(unsafe { NonNull::new_unchecked(self.0.get()) }))
        } else {
            Err(Error::ModuleNotLive)
        }
    }

    /// Whether it has this name.
    pub fn is_named(&self, name: &CStr) -> bool {
        self.raw_name().is(name)
    }

    /// The name, without its length.
    fn raw_name(&self) -> RawName<'_> {
        // SAFETY: By the invariants of `Module` it is valid. Its name is an array that ends with a NUL, and
        // does not change.
        unsafe { RawName::new((&raw const (*self.0.get()).name).cast()) }
    }

    /// Calls `f` for every symbol of the module, in no particular order, until it breaks.
    pub fn for_each<B, F>(&self, f: F) -> ControlFlow<B>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        self.for_each_since(&mut 0, f)
    }

    /// As [`Self::for_each`], from symbol number `next` on; `next` is then the number of the symbol that `f` broke at.
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
                address: symbol.st_value as usize,
                origin: Origin::Module(self, name, symbol, letter),
            })?;
        }
        *next = table.symbols.len();
        ControlFlow::Continue(())
    }

    /// Calls `f` for every symbol of the module that has this name, until it breaks.
    #[inline(never)]
    pub(in crate::kallsyms) fn for_each_named<B>(
        &self,
        wanted: &CStr,
        f: &mut dyn FnMut(&Symbol<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let table = self.table();
        for (symbol, letter) in table.symbols.iter().zip(table.letters) {
            // The names differ soon, so they are compared first.
            match table.name(symbol) {
                Some(name) if name.is(wanted) => f(&Symbol {
                    address: symbol.st_value as usize,
                    origin: Origin::Module(self, name, symbol, letter),
                })?,
                _ => {}
            }
        }
        ControlFlow::Continue(())
    }

    /// How many symbols it has from when it has been loaded until it is removed: without those that only its start
    /// needs.
    pub fn count(&self) -> usize {
        // SAFETY: `self` is a module on the kernel's list, and `module_mutex` is held, without which it is not
        // freed. The pointer is to its `core_kallsyms`.
        let table = unsafe { self.table_of(&raw const (*self.0.get()).core_kallsyms) };
        let named = |symbol: &&ElfSymbol| table.name(symbol).is_some();
        table.symbols.iter().filter(named).count()
    }

    /// How many symbols it has of each kind, in the order of [`Kind::ALL`].
    #[inline(never)]
    pub fn count_kinds(&self) -> [usize; Kind::ALL.len()] {
        let areas = self.areas();
        let table = self.table();
        let mut counts = [0; Kind::ALL.len()];
        for symbol in table.symbols {
            if table.name(symbol).is_some() {
                counts[kind_in(&areas, symbol.st_value as usize) as usize] += 1;
            }
        }
        counts
    }

    /// The symbols that the kernel keeps for it.
    #[inline]
    fn table(&self) -> Table<'_> {
        // SAFETY: By the invariants of `Module` it is valid. `Modules::for_each()` skips modules that are not
        // formed, and the others have symbols. When a module has been loaded the kernel replaces them by those of
        // `core_kallsyms`, under `module_mutex`, which is held.
        unsafe { self.table_of((*self.0.get()).kallsyms) }
    }

    /// One of the kernel's two tables of the module's symbols.
    ///
    /// # Safety
    ///
    /// `symbols` must be the module's `kallsyms`, or point to its `core_kallsyms`.
    #[inline]
    unsafe fn table_of(&self, symbols: *const bindings::mod_kallsyms) -> Table<'_> {
        // SAFETY: The loader has filled both before the module was formed, and what `kallsyms` points to stays until
        // the module has been loaded or is removed: both take `module_mutex`, which is held.
        let symbols = unsafe { &*symbols };
        let count = symbols.num_symtab as usize;
        // INVARIANT: The kernel has verified, when it loaded the module, that each `st_name` lies in the string
        // table and that the table ends with a NUL. (Of `core_kallsyms` it has written both itself.)
        Table {
            // SAFETY: The kernel made the table with `num_symtab` entries, which stay until the module has been loaded
            // or is removed: both take `module_mutex`, which is held. A `count` of 0 is that of no module, but the
            // pointer is one to a table even then.
            symbols: unsafe { core::slice::from_raw_parts(symbols.symtab, count) }
                .get(1..)
                .unwrap_or_default(),
            // SAFETY: As many letters as symbols, which are made, replaced and freed together with those.
            letters: unsafe { core::slice::from_raw_parts(symbols.typetab, count) }
                .get(1..)
                .unwrap_or_default(),
            names: symbols.strtab,
        }
    }
}

/// What the kernel keeps of a module's symbols, without the first entry, which in an ELF table is no symbol.
///
/// # Invariants
///
/// `names` points to the string table of `symbols`: behind `names` by the `st_name` of each there is a NUL-terminated
/// string, which is valid and does not change for `'a`.
struct Table<'a> {
    symbols: &'a [ElfSymbol],
    letters: &'a [c_char],
    names: *const c_char,
}

impl<'a> Table<'a> {
    /// The name of one of the symbols; [`None`] if it has none, or if it only says what the module needs of others.
    #[inline]
    fn name(&self, symbol: &ElfSymbol) -> Option<RawName<'a>> {
        // SAFETY: By the invariants of `Table` there is a string in the string table for each of its symbols.
        let first = unsafe { self.names.add(symbol.st_name as usize) };
        // SAFETY: The string is valid, and has a byte at least: its NUL.
        let named = unsafe { *first != 0 };
        if !named || u32::from(symbol.st_shndx) == bindings::SHN_UNDEF {
            return None;
        }
        // SAFETY: By the invariants of `Table` the string is NUL-terminated, valid and unchanged for `'a`.
        Some(unsafe { RawName::new(first) })
    }
}

/// Areas of a module's memory: of each the addresses, and what they are. The first that has an address counts.
type Areas = [(Range<usize>, Kind); 9];

/// What an address is, by the areas of a module.
fn kind_in(areas: &Areas, address: usize) -> Kind {
    let area = areas.iter().find(|(range, _)| range.contains(&address));
    area.map_or(Kind::Other, |(_, kind)| *kind)
}

/// The range of addresses from `start` on.
fn range(start: *mut c_void, size: c_uint) -> Range<usize> {
    let start = start as usize;
    start..start.saturating_add(size as usize)
}

/// Who walks over the modules at the moment; null if nobody does.
static WALKER: AtomicPtr<bindings::task_struct> = AtomicPtr::new(core::ptr::null_mut());

/// The list of modules, locked: none comes or goes while this lives.
///
/// The lock is `module_mutex`. While it is held you may sleep, and allocate memory; you must not load or
/// remove a module, or wait for somebody who does: that would wait for ever. So would calling into another module that
/// has a copy of this library and locks the list: [`Error::Nested`] is of the copy that has locked it.
///
/// Only [`Kallsyms::modules`] gives access to one, and only by reference: so the lock is released at the end of the
/// closure, whatever the closure forgets.
///
/// # Invariants
///
/// The thread that has this holds `module_mutex`. It cannot be given to another.
pub struct Modules<'a> {
    kallsyms: &'a Kallsyms,
    _locked: Locked,
}

/// The kernel's `module_mutex`.
///
/// # Invariants
///
/// The pointer is to that variable, which is never freed.
#[derive(Clone, Copy)]
pub(in crate::kallsyms) struct ModuleMutex(NonNull<bindings::mutex>);

// SAFETY: The pointer is to the kernel's `module_mutex`, which all threads use.
unsafe impl Send for ModuleMutex {}
// SAFETY: All threads may lock the kernel's `module_mutex`, which is all that this is for.
unsafe impl Sync for ModuleMutex {}

impl ModuleMutex {
    /// # Safety
    ///
    /// `mutex` must point to the kernel's variable `module_mutex`.
    pub(in crate::kallsyms) unsafe fn new(mutex: NonNull<bindings::mutex>) -> Self {
        // INVARIANT: The caller vouches for it.
        Self(mutex)
    }

    /// Whether this thread has locked it here.
    pub(in crate::kallsyms) fn is_locked_by_us() -> bool {
        WALKER.load(Ordering::Relaxed) == kernel::current!().as_ptr()
    }

    /// Locks it until the value is dropped. Sleeps.
    ///
    /// # Errors
    ///
    /// [`Error::Nested`]: this thread has it locked already, and would wait for itself.
    pub(in crate::kallsyms) fn lock(self) -> Result<Locked, Error> {
        if Self::is_locked_by_us() {
            return Err(Error::Nested);
        }
        // SAFETY: By the invariants of `ModuleMutex` the pointer is to the kernel's `module_mutex`. Locking it sleeps,
        // which callers of this function may; `WALKER` has shown that this thread does not hold it.
        unsafe { bindings::mutex_lock(self.0.as_ptr()) };
        WALKER.store(kernel::current!().as_ptr(), Ordering::Relaxed);
        // INVARIANT: The mutex was locked above.
        Ok(Locked {
            mutex: self,
            not_send: NotThreadSafe,
        })
    }
}

/// `module_mutex`, locked until this is dropped.
///
/// # Invariants
///
/// The thread that has this holds `module_mutex`. It cannot be given to another.
pub(in crate::kallsyms) struct Locked {
    mutex: ModuleMutex,
    #[allow(dead_code)]
    not_send: NotThreadSafe,
}

impl Drop for Locked {
    fn drop(&mut self) {
        WALKER.store(core::ptr::null_mut(), Ordering::Relaxed);
        // SAFETY: `ModuleMutex::lock()` locked the mutex when it made this, on the same thread, since a `Locked`
        // cannot be sent to another. It is unlocked only here, once.
        unsafe { bindings::mutex_unlock(self.mutex.0.as_ptr()) };
    }
}

impl Kallsyms {
    /// Locks the list of modules, calls `f` with it, and unlocks it again. Sleeps; see [`Modules`] for what `f` must
    /// not do.
    ///
    /// # Errors
    ///
    /// [`Error::Nested`]: this thread has it locked already, and would wait for itself.
    ///
    /// # Examples
    ///
    /// ```
    /// # use crate::kallsyms::{Error, Kallsyms};
    /// # fn example(kallsyms: &Kallsyms) -> Result<(), Error> {
    /// let bytes = kallsyms.modules(|modules| modules.find(b"nf_tables", |module| module.text_size()))?;
    /// pr_info!("nf_tables has {} bytes of text\n", bytes.unwrap_or(0));
    /// # assert!(bytes > Some(1000));
    /// # Ok(())
    /// # }
    /// ```
    pub fn modules<R>(&self, f: impl FnOnce(&Modules<'_>) -> R) -> Result<R, Error> {
        self.lock_modules().map(|modules| f(&modules))
    }

    /// Locks the list of modules until the value is dropped. Sleeps. Whoever calls this must drop it: see
    /// [`Self::modules`], which is for all others.
    ///
    /// # Errors
    ///
    /// [`Error::Nested`]: this thread has it locked already, and would wait for itself.
    pub(in crate::kallsyms) fn lock_modules(&self) -> Result<Modules<'_>, Error> {
        // INVARIANT: The mutex is locked for as long as the value has `_locked`.
        Ok(Modules {
            kallsyms: self,
            _locked: self.module_mutex.lock()?,
        })
    }
}

impl Modules<'_> {
    /// Calls `f` for every module that has been set up far enough to have symbols, the one loaded last
    /// first, until it breaks.
    pub fn for_each<B, F>(&self, mut f: F) -> ControlFlow<B>
    where
        F: FnMut(&Module) -> ControlFlow<B>,
    {
        let head = self.kallsyms.module_list.as_ptr();
        // SAFETY: `Kallsyms::new()` found the pointer as the address of the head of the kernel's list of modules.
        // `self._locked` keeps `module_mutex` locked, which every change of the list takes, until `self` is dropped.
        let mut next = unsafe { (*head).next };
        while next != head {
            // INVARIANT: The module is on the list, and `module_mutex` is held for longer than `f` runs.
            // SAFETY: Each entry of the list but its head is the `list` of a module, which is not freed
            // while the mutex is held. `Module` is `repr(transparent)`.
            let module: &Module =
                unsafe { &*kernel::container_of!(next, bindings::module, list).cast() };
            // SAFETY: `module` is on the list and not freed while the mutex is held. Its state is a word, which is read
            // as a whole.
            let state = unsafe { (&raw const (*module.0.get()).state).read_volatile() };
            if state != bindings::module_state_MODULE_STATE_UNFORMED {
                f(module)?;
            }
            // SAFETY: `next` is the `list` of `module`, which is still on the list: the mutex is still held.
            next = unsafe { (*next).next };
        }
        ControlFlow::Continue(())
    }

    /// As [`Self::for_each`], from where `spot` says. `f` gets the number of the module's symbol to begin with, and may
    /// change it to that of the one to begin with next time, in case it breaks.
    pub(in crate::kallsyms) fn for_each_since<B>(
        &self,
        spot: &mut Spot,
        mut f: impl FnMut(&Module, &mut usize) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let mut count = 0;
        let mut same = None;
        let name = spot.name();
        let ControlFlow::Continue(()) = self.for_each(|module| {
            if !name.is_empty() && module.raw_name().is(name) {
                same = Some(count);
            }
            count += 1;
            ControlFlow::<Infallible>::Continue(())
        });
        // A module that was removed and loaded again is before those that have been walked over.
        let same = same.filter(|index| count - index <= spot.left);
        let mut index = 0;
        self.for_each(|module| {
            let left = count - index;
            let skipped = match same {
                Some(same) => index < same,
                None => left >= spot.left,
            };
            let goes_on = same == Some(index);
            index += 1;
            if skipped {
                return ControlFlow::Continue(());
            }
            if !goes_on {
                *spot = Spot::at(module);
            }
            spot.left = left;
            f(module, &mut spot.symbol)
        })
    }

    /// Calls `f` for every symbol of this name, until it breaks. Only the module that is named is looked at.
    #[inline(never)]
    pub(in crate::kallsyms) fn for_each_named<B>(
        &self,
        name: &Name<'_>,
        f: &mut dyn FnMut(&Symbol<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        // What is said to be the kernel's own is not that of a module which calls itself so.
        if name.is_of_vmlinux() {
            return ControlFlow::Continue(());
        }
        self.for_each(|module| match name.has_module(module.name()) {
            true => module.for_each_named(name.symbol(), f),
            false => ControlFlow::Continue(()),
        })
    }

    /// Calls `f` with the module of this name.
    pub fn find<R>(&self, name: &[u8], f: impl FnOnce(&Module) -> R) -> Option<R> {
        let mut f = Some(f);
        let found = self.for_each(|module| match module.name().to_bytes() == name {
            true => ControlFlow::Break(f.take().map(|f| f(module))),
            false => ControlFlow::Continue(()),
        });
        match found {
            ControlFlow::Break(result) => result,
            ControlFlow::Continue(()) => None,
        }
    }
}

/// Where among the modules a walk stands while their list is not locked, so that they come and go.
#[derive(Clone, Copy)]
pub(in crate::kallsyms) struct Spot {
    /// The name of the module; empty before the first one.
    name: ModuleName,
    /// The number of its symbol that comes next.
    symbol: usize,
    /// How many modules are left, this one included. Modules are loaded before the first one of the list: so that this
    /// finds the next module if this one has been removed, and a walk ends however many are loaded meanwhile.
    left: usize,
}

impl Spot {
    /// Before the first symbol of the first module.
    pub(in crate::kallsyms) const FIRST: Self = Self {
        name: ModuleName::EMPTY,
        symbol: 0,
        left: usize::MAX,
    };

    /// Before the first symbol of a module.
    fn at(module: &Module) -> Self {
        Self {
            name: ModuleName::new(module.name()),
            ..Self::FIRST
        }
    }

    /// The number of its symbol that comes next.
    pub(in crate::kallsyms) fn symbol(&mut self) -> &mut usize {
        &mut self.symbol
    }

    /// The name of the module.
    fn name(&self) -> &CStr {
        &self.name
    }
}

/// A copy of a module's name, for when the module may be gone, or where nothing can be allocated.
#[derive(Clone, Copy)]
pub struct ModuleName([u8; crate::bindings::MODULE_NAME_LEN]);

impl ModuleName {
    const EMPTY: Self = Self([0; crate::bindings::MODULE_NAME_LEN]);

    /// Copies a name, as far as a module's name can be long.
    pub fn new(name: &CStr) -> Self {
        let mut copy = Self::EMPTY;
        let [rest @ .., _] = &mut copy.0;
        for (to, from) in rest.iter_mut().zip(name.to_bytes()) {
            *to = *from;
        }
        copy
    }
}

impl Deref for ModuleName {
    type Target = CStr;

    fn deref(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.0).unwrap_or_default()
    }
}
