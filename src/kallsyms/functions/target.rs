// SPDX-License-Identifier: GPL-2.0

//! The entry of a function that may be called.

use super::super::symbols::ModuleRef;
use kernel::bindings;

/// The entry of a function that may be called, and stays where it is for as long as this lives.
///
/// # Invariants
///
/// `address` is the entry of a function of `vmlinux` that is never freed, or of the module that `pin`
/// holds.
pub struct Target {
    address: usize,
    pin: Option<ModuleRef>,
}

impl Target {
    /// A function of `vmlinux`, or of the module that `pin` holds.
    ///
    /// # Safety
    ///
    /// `address` must be the entry of such a function, which is not freed after boot.
    pub(in super::super) unsafe fn new(address: usize, pin: Option<ModuleRef>) -> Self {
        // INVARIANT: The caller promises that `address` is the entry of a function of `vmlinux` that is not
        // freed, or of the module that `pin` holds.
        Self { address, pin }
    }

    /// The entry's address.
    pub fn address(&self) -> usize {
        self.address
    }

    /// The module, if it is of one.
    pub(in super::super) fn module(&self) -> Option<*mut bindings::module> {
        self.pin.as_ref().map(ModuleRef::as_ptr)
    }
}
