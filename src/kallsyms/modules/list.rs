// SPDX-License-Identifier: GPL-2.0

//! The list of modules, locked.

use super::{
    mutex::Locked,
    Module,
    ModuleRef,
    NameIndex, //
};
use crate::kallsyms::{
    nofault,
    Error,
    Kallsyms,
    Name,
    Symbol, //
};
use core::{
    ops::ControlFlow,
    ptr::NonNull, //
};
use kernel::{
    bindings,
    prelude::*,
    sync::rcu, //
};

/// The list of modules, locked: none comes or goes while this lives.
///
/// The lock is `module_mutex`. While it is held you may sleep, and allocate memory; you must not
/// load or remove a module, or wait for somebody who does: that would never end. So would
/// calling into another module that has a copy of this library and locks the list:
/// [`Error::Nested`] is of the copy that has locked it.
///
/// Only [`Kallsyms::modules`] gives access to one, and only by reference: so the lock is released
/// at the end of the closure, whatever the closure forgets.
///
/// # Invariants
///
/// The thread that has this holds `module_mutex`. It cannot be given to another.
pub struct Modules<'a> {
    kallsyms: &'a Kallsyms,
    _locked: Locked,
}

/// How many modules are looked at by [`has_this_module`].
const MOST_MODULES: usize = 1 << 16;

/// Whether the module that this is compiled into is on the list at `head`. Any context.
///
/// This shows that it is a list of modules. Nothing is known of what it reads, so it reads nothing
/// that might not be there.
pub(in crate::kallsyms) fn has_this_module(head: NonNull<bindings::list_head>) -> bool {
    // SAFETY: `__this_module` is this module's own. Only the field's address is taken.
    let ours = unsafe { &raw const bindings::__this_module.list } as usize;
    let mut next = head.as_ptr() as usize;
    let guard = rcu::read_lock();
    let found = (0..MOST_MODULES).any(|_| {
        let mut bytes = [0; size_of::<usize>()];
        let read = nofault::read(next, &mut bytes);
        next = usize::from_ne_bytes(bytes);
        read.is_err() || next == ours || next == head.as_ptr() as usize
    });
    drop(guard);
    found && next == ours
}

impl Kallsyms {
    /// Locks the list of modules, calls `f` with it, and unlocks it again. May sleep; see
    /// [`Modules`] for what `f` must not do.
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
    /// let bytes = kallsyms.modules(|modules| {
    ///     modules.find(b"nf_tables", |module| module.text_size())
    /// })?;
    /// pr_info!("nf_tables has {} bytes of text\n", bytes.unwrap_or(0));
    /// # assert!(bytes > Some(1000));
    /// # Ok(())
    /// # }
    /// ```
    pub fn modules<R>(&self, f: impl FnOnce(&Modules<'_>) -> R) -> Result<R, Error> {
        self.lock_modules().map(|modules| f(&modules))
    }

    /// Locks the list of modules until the value is dropped. May sleep. Whoever calls this must
    /// drop it: see [`Self::modules`], which is for all others.
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
    /// Calls `f` for every module that has been set up far enough to have symbols, the one loaded
    /// last first, until it breaks.
    pub fn for_each<B, F>(&self, f: F) -> ControlFlow<B>
    where
        F: FnMut(&Module) -> ControlFlow<B>,
    {
        let head = self.kallsyms.module_list.as_ptr();
        // SAFETY: `Kallsyms::new()` found the pointer as the address of the head of the kernel's
        // list of modules. `self._locked` keeps `module_mutex` locked, which every change of the
        // list takes, until `self` is dropped.
        self.for_each_from(unsafe { (*head).next }, f)
    }

    /// As [`Self::for_each`], for the modules after one that is referenced, and so is on the list.
    pub(super) fn for_each_after<B>(
        &self,
        module: &ModuleRef,
        f: impl FnMut(&Module) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        // SAFETY: The kernel takes a module off its list when nobody has a reference any more.
        // `self._locked` keeps `module_mutex` locked, which every change of the list takes, until
        // `self` is dropped.
        self.for_each_from(unsafe { (*module.as_ptr()).list.next }, f)
    }

    /// As [`Self::for_each`], from the entry `next` of the list on, which can be its head.
    fn for_each_from<B>(
        &self,
        mut next: *mut bindings::list_head,
        mut f: impl FnMut(&Module) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let head = self.kallsyms.module_list.as_ptr();
        while next != head {
            // INVARIANT: The module is on the list, and `module_mutex` is held for longer than `f`
            // runs. SAFETY: Each entry of the list but its head is the `list` of a module, which is
            // not freed while the mutex is held. `Module` is `repr(transparent)`.
            let module: &Module =
                unsafe { &*kernel::container_of!(next, bindings::module, list).cast() };
            if module.state() != bindings::module_state_MODULE_STATE_UNFORMED {
                f(module)?;
            }
            // SAFETY: `next` is the `list` of `module`, which is still on the list: the mutex is
            // still held.
            next = unsafe { (*next).next };
        }
        ControlFlow::Continue(())
    }

    /// Calls `f` for every symbol of this name, until it breaks. Only the module that is named is
    /// looked at, by the index if there is one.
    #[inline(never)] // size
    pub(in crate::kallsyms) fn for_each_named<B>(
        &self,
        name: &Name<'_>,
        mut index: Option<&mut NameIndex>,
        f: &mut dyn FnMut(&Symbol<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        // A module may call itself `vmlinux`; its symbols are not the kernel's own.
        if name.is_of_vmlinux() {
            return ControlFlow::Continue(());
        }
        self.for_each(|module| match &mut index {
            _ if !name.has_module(module.name()) => ControlFlow::Continue(()),
            Some(index) => module.for_each_indexed(index, name.symbol(), f),
            None => module.for_each_named(name.symbol(), f),
        })
    }

    /// Calls `f` with the module of this name.
    pub fn find<R>(&self, name: &[u8], f: impl FnOnce(&Module) -> R) -> Option<R> {
        let mut f = Some(f);
        let found = self.for_each(|module| {
            if module.name().to_bytes() == name {
                ControlFlow::Break(f.take().map(|f| f(module)))
            } else {
                ControlFlow::Continue(())
            }
        });
        match found {
            ControlFlow::Break(result) => result,
            ControlFlow::Continue(()) => None,
        }
    }
}
