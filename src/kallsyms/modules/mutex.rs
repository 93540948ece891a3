// SPDX-License-Identifier: GPL-2.0

//! The kernel's `module_mutex`, which protects its list of modules.
//!
//! C header: [`include/linux/mutex.h`](srctree/include/linux/mutex.h)

use crate::kallsyms::Error;
use core::ptr::NonNull;
use kernel::{
    bindings,
    prelude::*,
    types::NotThreadSafe, //
};

/// The bits of a mutex's owner that are flags (`MUTEX_FLAGS`, or `RT_MUTEX_HAS_WAITERS`): tasks are
/// aligned to more.
const FLAGS: usize = 7;

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
        // INVARIANT: The caller promises that it points to the variable.
        Self(mutex)
    }

    /// Whether this thread has locked it: here, in another module's copy of this library, or in the
    /// kernel itself.
    pub(in crate::kallsyms) fn is_ours(self) -> bool {
        let mutex = self.0.as_ptr();
        #[cfg(not(CONFIG_PREEMPT_RT))]
        // SAFETY: By the invariants of `ModuleMutex` this is a valid mutex. The owner is a word,
        // which is read as a whole. Other threads change it meanwhile, but none of them writes this
        // thread into it or takes it out.
        let owner = unsafe { (&raw const (*mutex).owner.counter).read_volatile() } as usize;
        #[cfg(CONFIG_PREEMPT_RT)]
        // SAFETY: As above.
        let owner = unsafe { (&raw const (*mutex).rtmutex.owner).read_volatile() } as usize;
        owner & !FLAGS == kernel::current!().as_ptr() as usize
    }

    /// Locks it until the value is dropped. May sleep.
    ///
    /// # Errors
    ///
    /// [`Error::Nested`]: this thread has it locked already, and would wait for itself.
    pub(in crate::kallsyms) fn lock(self) -> Result<Locked, Error> {
        if self.is_ours() {
            return Err(Error::Nested);
        }
        // SAFETY: By the invariants of `ModuleMutex` the pointer is to the kernel's `module_mutex`.
        // Locking it sleeps, which callers of this function may; this thread does not hold it, as
        // its owner has shown.
        unsafe { bindings::mutex_lock(self.0.as_ptr()) };
        // INVARIANT: The mutex was locked above.
        Ok(Locked {
            mutex: self,
            _not_send: NotThreadSafe,
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
    _not_send: NotThreadSafe,
}

impl Drop for Locked {
    fn drop(&mut self) {
        // SAFETY: `ModuleMutex::lock()` locked the mutex when it made this, on the same thread,
        // since a `Locked` cannot be sent to another. It is unlocked only here, once.
        unsafe { bindings::mutex_unlock(self.mutex.0.as_ptr()) };
    }
}
