// SPDX-License-Identifier: GPL-2.0

//! The entry of a function that may be called.

use crate::kallsyms::{
    ModuleRef,
    VMLINUX, //
};
use kernel::{
    bindings,
    prelude::*, //
};

/// The entry of a function that may be called, and stays where it is for as long as this lives.
///
/// # Invariants
///
/// `address` is the entry of a function of `vmlinux` that is never freed, or of the module that
/// `pin` holds.
#[derive(Clone)]
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
    pub(in crate::kallsyms) unsafe fn new(address: usize, pin: Option<ModuleRef>) -> Self {
        // INVARIANT: The caller promises that `address` is the entry of a function of `vmlinux`
        // that is not freed, or of the module that `pin` holds.
        Self { address, pin }
    }

    /// The entry's address.
    pub fn address(&self) -> usize {
        self.address
    }

    /// Whether it is of the kernel itself, and so never freed.
    pub fn is_of_vmlinux(&self) -> bool {
        self.pin.is_none()
    }

    /// Whether the two are of the same module, or both of the kernel itself.
    pub fn is_of_same_module(&self, other: &Self) -> bool {
        self.module() == other.module()
    }

    /// The name of the module that has it; [`VMLINUX`] for the kernel itself.
    pub fn module_name(&self) -> &CStr {
        self.pin.as_ref().map_or(VMLINUX, ModuleRef::name)
    }

    /// The module, if it is of one.
    pub(in crate::kallsyms) fn module(&self) -> Option<*mut bindings::module> {
        self.pin.as_ref().map(ModuleRef::as_ptr)
    }
}
