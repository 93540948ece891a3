// SPDX-License-Identifier: GPL-2.0

//! What outlives the lock of the list of modules: a reference to a module, and a copy of its name.

use core::{
    ops::Deref,
    ptr::NonNull, //
};
use kernel::{
    bindings,
    prelude::*, //
};

/// A reference to a module, which cannot go while this lives: removing it fails with `EBUSY`.
///
/// # Invariants
///
/// The pointer is to a valid module, to which this holds a reference.
pub struct ModuleRef(NonNull<bindings::module>);

// SAFETY: References to a module are counted atomically, so that any thread may give back one.
unsafe impl Send for ModuleRef {}
// SAFETY: All that a shared `ModuleRef` gives is the pointer, which does not change.
unsafe impl Sync for ModuleRef {}

impl ModuleRef {
    /// Takes a reference to the module that this is compiled into, unless that is being removed.
    /// Any context.
    pub fn of_this_module() -> Option<Self> {
        // SAFETY: The module is this one, which is there while its code runs.
        unsafe { Self::take((&raw const bindings::__this_module).cast_mut()) }
    }

    /// Takes a reference, unless the module is being removed. Any context.
    ///
    /// # Safety
    ///
    /// `module` must point to a module that is not freed before this has returned.
    pub(super) unsafe fn take(module: *mut bindings::module) -> Option<Self> {
        // SAFETY: The module is there, as the caller promises.
        let taken = unsafe { bindings::try_module_get(module) };
        // INVARIANT: `try_module_get()` has taken the reference.
        NonNull::new(module).filter(|_| taken).map(Self)
    }

    /// The module.
    pub(in crate::kallsyms) fn as_ptr(&self) -> *mut bindings::module {
        self.0.as_ptr()
    }

    /// Its name.
    pub(in crate::kallsyms) fn name(&self) -> &CStr {
        // SAFETY: The module is there for as long as the reference. Its name is an array that ends
        // with a NUL, and does not change.
        unsafe { CStr::from_char_ptr((&raw const (*self.0.as_ptr()).name).cast()) }
    }
}

impl Clone for ModuleRef {
    fn clone(&self) -> Self {
        // SAFETY: The module is there, and stays, since this holds a reference to it.
        unsafe { bindings::__module_get(self.0.as_ptr()) };
        // INVARIANT: `__module_get()` has taken a reference like the one that is there.
        Self(self.0)
    }
}

impl Drop for ModuleRef {
    fn drop(&mut self) {
        // SAFETY: This holds a reference, which is given back only here, once. `module_put()` does
        // not sleep.
        unsafe { bindings::module_put(self.0.as_ptr()) };
    }
}

/// A copy of a module's name, for when the module may be gone, or where nothing can be allocated.
#[derive(Clone, Copy)]
pub struct ModuleName([u8; crate::bindings::MODULE_NAME_LEN]);

impl ModuleName {
    pub(super) const EMPTY: Self = Self([0; crate::bindings::MODULE_NAME_LEN]);

    /// Copies a name, as far as a module's name can be long.
    pub fn new(name: &CStr) -> Self {
        let mut copy = Self::EMPTY;
        let [rest @ .., _] = &mut copy.0;
        let bytes = name.to_bytes();
        let length = bytes.len().min(rest.len());
        rest[..length].copy_from_slice(&bytes[..length]);
        copy
    }
}

impl Deref for ModuleName {
    type Target = CStr;

    fn deref(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.0).unwrap_or_default()
    }
}
