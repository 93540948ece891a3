// SPDX-License-Identifier: GPL-2.0

//! The kernel's modules and their symbols.
//!
//! The kernel's own `module_kallsyms_on_each_symbol()` does not tell its callback which module a symbol
//! is of; so these walks do as it does, under the lock that it takes.
//!
//! C header: [`include/linux/module.h`](srctree/include/linux/module.h)

use super::{
    super::{
        Error,
        Kallsyms, //
    },
    symbol::Origin,
    Kind,
    Symbol, //
};
use core::{
    ops::{
        ControlFlow,
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
pub(in super::super) struct ModuleRef(NonNull<bindings::module>);

// SAFETY: References to a module are counted atomically, so that any thread may give back one.
unsafe impl Send for ModuleRef {}
// SAFETY: All that a shared `ModuleRef` gives is the pointer, which does not change.
unsafe impl Sync for ModuleRef {}

impl ModuleRef {
    /// The module.
    pub(in super::super) fn as_ptr(&self) -> *mut bindings::module {
        self.0.as_ptr()
    }
}

impl Drop for ModuleRef {
    fn drop(&mut self) {
        // SAFETY: By the invariants of `ModuleRef`, this holds a reference, which is given back only here.
        // `module_put()` does not sleep.
        unsafe { bindings::module_put(self.0.as_ptr()) };
    }
}

/// A loaded module, for as long as the list of modules is locked.
///
/// # Invariants
///
/// A reference to this is a reference to a module on the kernel's list, while `module_mutex` is held: the
/// module is neither taken off the list nor freed.
#[repr(transparent)]
pub struct Module(Opaque<bindings::module>);

impl Module {
    /// The name.
    pub fn name(&self) -> &CStr {
        // SAFETY: By the invariants of `Module` it is valid. Its name is an array that ends with a NUL, and
        // does not change.
        unsafe { CStr::from_char_ptr((&raw const (*self.0.get()).name).cast()) }
    }

    /// Whether it has been loaded and is not being removed.
    pub fn is_live(&self) -> bool {
        // SAFETY: By the invariants of `Module` it is valid. Its state is a word, which the kernel writes and
        // this reads as a whole.
        unsafe {
            (&raw const (*self.0.get()).state).read_volatile()
                == bindings::module_state_MODULE_STATE_LIVE
        }
    }

    /// What an address of the module is; [`Kind::Other`] if it has no such address.
    pub fn kind(&self, address: usize) -> Kind {
        use bindings::*;

        let module = self.0.get();
        // SAFETY: By the invariants of `Module` it is valid. These fields are set before the module is given
        // its symbols, and do not change after.
        let (noinstr, percpu) = unsafe {
            (
                range((*module).noinstr_text_start, (*module).noinstr_text_size),
                range((*module).percpu.cast(), (*module).percpu_size),
            )
        };
        if noinstr.contains(&address) {
            return Kind::NoinstrText;
        }
        if percpu.contains(&address) {
            return Kind::Percpu;
        }
        let kinds = [
            (mod_mem_type_MOD_TEXT, Kind::Text),
            (mod_mem_type_MOD_DATA, Kind::Data),
            (mod_mem_type_MOD_RODATA, Kind::Rodata),
            (mod_mem_type_MOD_RO_AFTER_INIT, Kind::Rodata),
            (mod_mem_type_MOD_INIT_TEXT, Kind::InitText),
            (mod_mem_type_MOD_INIT_DATA, Kind::InitData),
            (mod_mem_type_MOD_INIT_RODATA, Kind::InitData),
        ];
        let found = kinds
            .into_iter()
            .find(|(memory, _)| self.memory(*memory).contains(&address));
        found.map_or(Kind::Other, |(_, kind)| kind)
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
        // SAFETY: By the invariants of `Module` it is valid, and `memory` is an index of the array. When a
        // module has been loaded the kernel frees the areas for that, and sets their sizes to 0: the load
        // of the size, a word, reads it from before or after. The areas themselves are not read.
        unsafe {
            let memory = &raw const (*self.0.get()).mem[memory as usize];
            range((*memory).base, (&raw const (*memory).size).read_volatile())
        }
    }

    /// Takes a reference, if the module is live.
    pub(super) fn pin(&self) -> Result<ModuleRef, Error> {
        // SAFETY: By the invariants of `Module` it is valid. `try_module_get()` does not sleep.
        if self.is_live() && unsafe { bindings::try_module_get(self.0.get()) } {
            // INVARIANT: `try_module_get()` has taken the reference.
            // SAFETY: The pointer is made from `self`, a reference, and so is not null.
            Ok(ModuleRef(unsafe { NonNull::new_unchecked(self.0.get()) }))
        } else {
            Err(Error::ModuleNotLive)
        }
    }

    /// Calls `f` for every symbol of the module, in no particular order, until it breaks.
    pub fn for_each<B, F>(&self, mut f: F) -> ControlFlow<B>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        // SAFETY: By the invariants of `Module` it is valid. `Modules::for_each()` skips modules that are not
        // formed, and the others have symbols. When a module has been loaded the kernel replaces them, under
        // `module_mutex`, which is held.
        let symbols = unsafe { &*(*self.0.get()).kallsyms };
        // The first one of an ELF symbol table is no symbol.
        for index in 1..symbols.num_symtab as usize {
            // SAFETY: The kernel made both tables with `num_symtab` entries, and `index` is less.
            let (symbol, letter) =
                unsafe { (&*symbols.symtab.add(index), *symbols.typetab.add(index)) };
            // SAFETY: The kernel has verified, when it loaded the module, that `st_name` lies in the string
            // table and that the table ends with a NUL.
            let name = unsafe { CStr::from_char_ptr(symbols.strtab.add(symbol.st_name as usize)) };
            if u32::from(symbol.st_shndx) == bindings::SHN_UNDEF || name.is_empty() {
                continue;
            }
            f(&Symbol {
                name,
                address: symbol.st_value as usize,
                origin: Origin::Module(self, letter, symbol.st_size as usize),
            })?;
        }
        ControlFlow::Continue(())
    }
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
/// remove a module, or wait for somebody who does: that would wait for ever.
///
/// Only [`Kallsyms::modules`] gives access to one, and only by reference: so the lock is released at the end of the
/// closure, whatever the closure forgets.
///
/// # Invariants
///
/// The thread that has this holds `module_mutex`. It cannot be given to another.
pub struct Modules<'a> {
    kallsyms: &'a Kallsyms,
    not_send: NotThreadSafe,
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
    pub(super) fn lock_modules(&self) -> Result<Modules<'_>, Error> {
        let current = kernel::current!().as_ptr();
        if WALKER.load(Ordering::Relaxed) == current {
            return Err(Error::Nested);
        }
        // SAFETY: By the invariants of `Kallsyms` the pointer is to the kernel's `module_mutex`. Locking it
        // sleeps, which callers of this function may; `WALKER` has shown that this thread does not hold it.
        unsafe { bindings::mutex_lock(self.module_mutex.as_ptr()) };
        WALKER.store(current, Ordering::Relaxed);
        // INVARIANT: The mutex was locked above.
        Ok(Modules {
            kallsyms: self,
            not_send: NotThreadSafe,
        })
    }
}

impl Drop for Modules<'_> {
    fn drop(&mut self) {
        WALKER.store(core::ptr::null_mut(), Ordering::Relaxed);
        // SAFETY: By the invariants of `Modules` this thread holds the mutex, and nobody else unlocks it.
        unsafe { bindings::mutex_unlock(self.kallsyms.module_mutex.as_ptr()) };
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
        // SAFETY: By the invariants of `Kallsyms` the pointer is to the head of the kernel's list of modules;
        // by those of `Modules` the mutex is held that every change of the list takes.
        let mut next = unsafe { (*head).next };
        while next != head {
            // INVARIANT: The module is on the list, and `module_mutex` is held for longer than `f` runs.
            // SAFETY: Each entry of the list but its head is the `list` of a module, which is not freed
            // while the mutex is held. `Module` is `repr(transparent)`.
            let module: &Module =
                unsafe { &*kernel::container_of!(next, bindings::module, list).cast() };
            // SAFETY: `module` is valid, as said; its state is a word, which is read as a whole.
            let state = unsafe { (&raw const (*module.0.get()).state).read_volatile() };
            if state != bindings::module_state_MODULE_STATE_UNFORMED {
                f(module)?;
            }
            // SAFETY: `next` is the `list` of `module`, which is still on the list: the mutex is still held.
            next = unsafe { (*next).next };
        }
        ControlFlow::Continue(())
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
