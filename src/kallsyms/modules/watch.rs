// SPDX-License-Identifier: GPL-2.0

//! Watching modules come and go. C header:
//! [`include/linux/module.h`](srctree/include/linux/module.h); `kernel/module/main.c` sends the
//! notifications.

use super::{
    Module,
    ModuleMutex, //
};
use crate::kallsyms::{
    Error,
    Kallsyms, //
};
use core::{
    cell::UnsafeCell,
    ptr::{
        null_mut,
        NonNull, //
    }, //
};
use kernel::{
    alloc::Flags,
    bindings,
    prelude::*,
    sync::atomic::{
        Acquire,
        Atomic,
        Relaxed,
        Release, //
    },
    types::Opaque, //
};

/// What happens to a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It has its symbols, and none of its code has run. It may still fail to start, and goes then.
    Coming,
    /// It has started.
    Live,
    /// It has ended, or failed to start, and is about to be freed.
    Going,
}

/// What a watch calls.
type Closure = dyn FnMut(&Module, Change) + Send;

/// An entry in the kernel's list of notifiers.
struct Notifier {
    block: Opaque<bindings::notifier_block>,
    module_mutex: ModuleMutex,
    /// Whether the closure is not to be called any more.
    ended: Atomic<bool>,
    /// In [`ENDED`], the next one.
    next: Atomic<*mut Notifier>,
    /// Accessed only with `module_mutex` held, or when no notification can come any more.
    closure: UnsafeCell<KBox<Closure>>,
}

/// Watches that were dropped where they could not be taken off the kernel's list: the first of
/// them.
static ENDED: Atomic<*mut Notifier> = Atomic::new(null_mut());

impl Notifier {
    /// # Safety
    ///
    /// Only the kernel may call this, to tell `block`, the one of a [`Notifier`] that is on its
    /// list, about a `module` that is on the list of modules, formed and not freed before this has
    /// returned.
    unsafe extern "C" fn told(
        block: *mut bindings::notifier_block,
        state: c_ulong,
        module: *mut c_void,
    ) -> c_int {
        let change = match state as bindings::module_state {
            bindings::module_state_MODULE_STATE_COMING => Change::Coming,
            bindings::module_state_MODULE_STATE_LIVE => Change::Live,
            bindings::module_state_MODULE_STATE_GOING => Change::Going,
            _ => return bindings::NOTIFY_DONE as c_int,
        };
        // SAFETY: The state of this module, which is here until this has returned, is read as a
        // whole.
        let ours = unsafe { (&raw const bindings::__this_module.state).read_volatile() };
        if ours == bindings::module_state_MODULE_STATE_GOING {
            // The kernel does not patch this module's static calls any more, and closures may make
            // some.
            return bindings::NOTIFY_DONE as c_int;
        }
        // SAFETY: The block is in a `Notifier` that is on the list, by the safety requirements; it
        // is freed only when it is not, in `Self::free()`. All accesses are shared.
        let notifier =
            unsafe { &*kernel::container_of!(Opaque::cast_from(block), Notifier, block) };
        // The thread does not have the lock already: closures under it load no modules.
        let Ok(_locked) = notifier.module_mutex.lock() else {
            return bindings::NOTIFY_DONE as c_int;
        };
        if !notifier.ended.load(Relaxed) {
            // INVARIANT: `module_mutex` is held for longer than the reference lives.
            // SAFETY: The module is on the list and formed, by the safety requirements. `Module` is
            // `repr(transparent)`.
            let module: &Module = unsafe { &*module.cast() };
            // SAFETY: The closure is only accessed here, while `module_mutex` is held. This thread
            // has just taken it, and so did not hold it before: no other access is going on.
            // `Self::free()` first takes the notifier off the list, which waits until this has
            // returned.
            let closure = unsafe { &mut *notifier.closure.get() };
            closure(module, change);
        }
        bindings::NOTIFY_DONE as c_int
    }

    /// Takes a notifier off the kernel's list, and frees it. May sleep.
    ///
    /// # Safety
    ///
    /// [`Kallsyms::watch`] must have made it and put it on the list, nobody else may use it any
    /// more, and this thread must neither be told about a module nor hold `module_mutex`.
    unsafe fn free(notifier: NonNull<Self>) {
        // SAFETY: The notifier is on the list, as the caller promises, and it is valid. This waits
        // until nobody is told about a module; this thread is not, and it does not hold
        // `module_mutex`, which those who are wait for.
        unsafe { bindings::unregister_module_notifier(notifier.as_ref().block.get()) };
        // SAFETY: `KBox::into_raw()` returned it in `Kallsyms::watch()`. It is off the list, so the
        // kernel does not know it any more, and nobody else uses it, as the caller promises.
        drop(unsafe { KBox::from_raw(notifier.as_ptr()) });
        // SAFETY: `Kallsyms::watch()` took this reference for the notifier, and it is given back
        // once, here.
        unsafe { bindings::kobject_put(this_module()) };
    }

    /// Frees the watches that were dropped where that was not possible. May sleep.
    fn free_ended(module_mutex: ModuleMutex) {
        if module_mutex.is_ours() {
            return;
        }
        let mut first = ENDED.xchg(null_mut(), Acquire);
        while let Some(notifier) = NonNull::new(first) {
            // SAFETY: A notifier that is there is not used any more, and this thread alone has
            // taken it out of there: so it is valid until it is freed below.
            first = unsafe { notifier.as_ref().next.load(Relaxed) };
            // SAFETY: `Watch::drop()` put it there, the last one to use it, and `Kallsyms::watch()`
            // had put it on the kernel's list. This thread does not hold `module_mutex`, as was
            // tested above; it does while it is told.
            unsafe { Self::free(notifier) };
        }
    }
}

/// The kobject of the module that this is compiled into.
///
/// Before the kernel frees a module it waits until nobody has a reference to this
/// (`mod_kobject_put()`).
fn this_module() -> *mut bindings::kobject {
    // SAFETY: `__this_module` is this module's own, a part of it. Only the field's address is
    // taken.
    unsafe { &raw mut bindings::__this_module.mkobj.kobj }
}

/// Calls a closure for each module that comes or goes, until this is dropped: see
/// [`Kallsyms::watch`].
///
/// Dropping it waits until no closure runs. If a closure drops it, of a watch or of a walk over
/// modules, its own closure is not called any more; it is freed when the next watch starts or ends,
/// or when the [`Kallsyms`] is dropped. So keep the [`Kallsyms`] for as long as there can be such a
/// watch.
///
/// The kernel does not free the module whose watch this is before it is dropped. So drop it when
/// the module goes: if it is forgotten, removing the module never ends.
///
/// # Invariants
///
/// The pointer is to a `Notifier` that [`Kallsyms::watch`] has made and put on the kernel's list,
/// and that this owns.
pub struct Watch(NonNull<Notifier>);

// SAFETY: A notifier belongs to no thread: any may take it off the list, and its closure is `Send`.
unsafe impl Send for Watch {}
// SAFETY: A shared `Watch` gives access to nothing.
unsafe impl Sync for Watch {}

impl Drop for Watch {
    fn drop(&mut self) {
        // SAFETY: By the invariants of `Watch` the notifier is valid until it is freed below, or
        // later by `Notifier::free_ended()`. All accesses to it are shared.
        let notifier = unsafe { self.0.as_ref() };
        let module_mutex = notifier.module_mutex;
        if !module_mutex.is_ours() {
            Notifier::free_ended(module_mutex);
            // SAFETY: By the invariants of `Watch` the notifier is one that `Kallsyms::watch()` has
            // made and put on the list, and nobody else owns it. This thread does not hold
            // `module_mutex`, as was tested; it does while it is told about a module.
            return unsafe { Notifier::free(self.0) };
        }
        // The kernel's list cannot be changed by a thread that is told about a module.
        notifier.ended.store(true, Relaxed);
        let mut first = ENDED.load(Relaxed);
        loop {
            notifier.next.store(first, Relaxed);
            let next = self.0.as_ptr();
            match ENDED.cmpxchg(first, next, Release) {
                Ok(_) => return,
                Err(other) => first = other,
            }
        }
    }
}

impl Drop for Kallsyms {
    fn drop(&mut self) {
        // A closure that is ending its own watch has ended it then: the mutex is locked while it
        // runs.
        drop(self.module_mutex.lock());
        Notifier::free_ended(self.module_mutex);
    }
}

impl Kallsyms {
    /// Calls `f` for each module that comes, has started or goes from now on, until the [`Watch`]
    /// is dropped. May sleep.
    ///
    /// `f` runs in the process that loads or removes the module, with the list of modules locked:
    /// it may sleep and allocate memory, but see [`Modules`](crate::kallsyms::Modules) for what it
    /// must not do. It runs once at a time. It must not wait for a thread that starts or ends a
    /// watch, either: that thread waits for it. It is not called for modules that are there
    /// already, nor for modules that fail before they have symbols.
    ///
    /// [`Module::count`] says how many symbols the module brings, and, when it goes, takes. The
    /// module that watches is told of itself only [`Change::Live`], if it starts to watch when it
    /// starts; when it goes itself, it is told nothing any more, also if it has forgotten the
    /// watch.
    ///
    /// A watch that `f` ends itself is freed later (see [`Watch`]): so `f` must not own, in an
    /// [`Arc`](kernel::sync::Arc), the [`Kallsyms`] whose end is waited for, or the module cannot
    /// be removed.
    ///
    /// # Errors
    ///
    /// [`Error::NoMemory`]. [`Error::Nested`]: this thread has the list of modules locked.
    /// [`Error::ModuleNotLive`]: the module that has this code is about to be freed, or not far
    /// enough yet to run code.
    ///
    /// # Examples
    ///
    /// ```
    /// # use crate::kallsyms::{Change, Error, Kallsyms};
    /// # fn example(kallsyms: &Kallsyms) -> Result<(), Error> {
    /// let watch = kallsyms.watch(GFP_KERNEL, |module, change| match change {
    ///     Change::Coming => pr_info!("{} brings {} symbols\n", module.name(), module.count()),
    ///     Change::Live => {}
    ///     Change::Going => pr_info!("{} takes {} symbols\n", module.name(), module.count()),
    /// })?;
    /// // Keep it in what lives as long as the module; dropping it ends the watch.
    /// # drop(watch);
    /// # Ok(())
    /// # }
    /// ```
    pub fn watch<F>(&self, flags: Flags, f: F) -> Result<Watch, Error>
    where
        F: FnMut(&Module, Change) + Send + 'static,
    {
        if self.module_mutex.is_ours() {
            return Err(Error::Nested);
        }
        Notifier::free_ended(self.module_mutex);
        let closure: KBox<Closure> = KBox::new(f, flags)?;
        let notifier = KBox::new(
            Notifier {
                block: Opaque::new(bindings::notifier_block {
                    notifier_call: Some(Notifier::told),
                    ..Default::default()
                }),
                module_mutex: self.module_mutex,
                ended: Atomic::new(false),
                next: Atomic::new(null_mut()),
                closure: UnsafeCell::new(closure),
            },
            flags,
        )?;
        // SAFETY: The kobject is this module's own. If the kernel has not initialized it, or has
        // given up its own reference to it, it has none, and the function returns null.
        if unsafe { bindings::kobject_get_unless_zero(this_module()) }.is_null() {
            return Err(Error::ModuleNotLive);
        }
        let Some(notifier) = NonNull::new(KBox::into_raw(notifier)) else {
            return Err(Error::NoMemory);
        };
        // SAFETY:
        // - The block is in a notifier, which stays where it is until `Notifier::free()` takes
        //   it off the list;
        // - the code that it names stays as long: the kernel does not free this module before the
        //   reference to its kobject is given back, which `Notifier::free()` does afterwards;
        // - this thread is not told about a module, since it does not hold `module_mutex`. The
        //   function sleeps, which our caller may; it fails only for a block that is on the list
        //   already.
        unsafe { bindings::register_module_notifier(notifier.as_ref().block.get()) };
        // INVARIANT: The notifier was made and put on the list above.
        Ok(Watch(notifier))
    }
}
