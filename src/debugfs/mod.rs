// SPDX-License-Identifier: GPL-2.0

//! Live files: what the parameters do, without loading the module again, and without the log's limits.
//!
//! `/sys/kernel/debug/rust_kallsyms/` has
//!
//! - `symbols`: the listing. Each open file has a choice of its own, which is written to it.
//! - `call`: write an expression, read its value.
//! - `modules`: how many symbols of which kind each module has.
//! - `events`: which modules come and go while it is open.
//! - `lookup`: write a name or an address, read the symbols that it can mean; or a type, read what it consists of.
//! - `functions`: search functions by what they take and return.

mod answer;
mod call;
mod events;
mod file;
mod functions;
mod lookup;
mod modules;
mod symbols;
mod window;

use self::{
    call::CallFile,
    events::EventsFile,
    functions::FunctionsFile,
    lookup::LookupFile,
    modules::ModulesFile,
    symbols::SymbolsFile, //
};
use crate::context::Context;
use kernel::{
    bindings,
    prelude::*,
    sync::Arc,
    types::ForeignOwnable, //
};

/// The directory, until this is dropped.
///
/// # Invariants
///
/// - `directory` is what `debugfs_create_dir()` returned.
/// - `context` came from `Arc::into_foreign()`. The files in the directory borrow it; whoever takes it back has
///   removed them.
pub(crate) struct Files {
    directory: *mut bindings::dentry,
    context: *mut c_void,
}

// SAFETY: Any thread may remove the directory, and drop an `Arc<Context>`.
unsafe impl Send for Files {}
// SAFETY: A shared `Files` gives access to nothing.
unsafe impl Sync for Files {}

impl Files {
    /// Makes the directory and the files. A kernel without debugfs has none.
    pub(crate) fn new(context: Arc<Context>) -> Self {
        // SAFETY: The name is NUL-terminated; a null parent is the root.
        let directory = unsafe {
            bindings::debugfs_create_dir(c"rust_kallsyms".as_char_ptr(), core::ptr::null_mut())
        };
        let context = context.into_foreign();
        // SAFETY: `directory` is what `debugfs_create_dir()` has returned. `context` comes from `into_foreign`, and
        // is taken back only when `drop` has removed the directory, and the files with it.
        unsafe {
            file::create::<SymbolsFile>(directory, context);
            file::create::<CallFile>(directory, context);
            file::create::<ModulesFile>(directory, context);
            file::create::<LookupFile>(directory, context);
            file::create::<EventsFile>(directory, context);
            file::create::<FunctionsFile>(directory, context);
        }
        // INVARIANT: `directory` is what `debugfs_create_dir()` has returned, and `context` what `into_foreign` has.
        Self { directory, context }
    }
}

impl Drop for Files {
    /// Waits for those who are in a function of a file.
    fn drop(&mut self) {
        // SAFETY: `directory` is what `debugfs_create_dir()` returned, which may be an error.
        unsafe { bindings::debugfs_remove(self.directory) };
        // SAFETY: `context` came from `into_foreign`, and is taken back once. `debugfs_remove()` has waited for those
        // who opened a file, and nobody opens one any more, so nobody borrows it.
        drop(unsafe { Arc::<Context>::from_foreign(self.context) });
    }
}
