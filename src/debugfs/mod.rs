// SPDX-License-Identifier: GPL-2.0

//! Live files: what the parameters do, without loading the module again, and without the log's limits.
//!
//! `/sys/kernel/debug/rust_kallsyms/` has
//!
//! - `symbols`: the listing. Each open file has a choice of its own, which is written to it.
//! - `call`: write a call, read what it gave.
//! - `modules`: how many symbols of which kind each module has.
//! - `lookup`: write a name or an address, read the symbols that it can mean.

mod call;
mod file;
mod lookup;
mod modules;
mod symbols;

use crate::context::Context;
use kernel::{
    bindings,
    prelude::*, //
};

/// The directory, until this is dropped.
pub(crate) struct Files(*mut bindings::dentry);

// SAFETY: Any thread may remove it.
unsafe impl Send for Files {}
// SAFETY: A shared `Files` gives access to nothing.
unsafe impl Sync for Files {}

impl Files {
    /// Makes the directory and the files. A kernel without debugfs has none.
    ///
    /// # Safety
    ///
    /// The context must stay where it is until this is dropped.
    pub(crate) unsafe fn new(context: &Context) -> Self {
        // SAFETY: The name is NUL-terminated; the parent is the root.
        let directory = unsafe {
            bindings::debugfs_create_dir(c"rust_kallsyms".as_char_ptr(), core::ptr::null_mut())
        };
        // SAFETY: By the safety requirement; the files go with the directory.
        unsafe {
            file::create::<symbols::Symbols>(directory, context);
            file::create::<call::Call>(directory, context);
            file::create::<modules::Modules>(directory, context);
            file::create::<lookup::Lookup>(directory, context);
        }
        Self(directory)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // SAFETY: It was made by `debugfs_create_dir()`, and errors are accepted. This waits for who is in
        // one of the files' functions; and an open file keeps the module from being removed.
        unsafe { bindings::debugfs_remove(self.0) };
    }
}
