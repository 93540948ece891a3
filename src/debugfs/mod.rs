// SPDX-License-Identifier: GPL-2.0

//! `/sys/kernel/debug/rust_kallsyms/`: the live files, and `events`.

mod event_queue;
mod events;

use self::events::EventsFile;
use crate::{
    context::Context,
    files::{
        CallFile,
        CallsFile,
        FunctionsFile,
        LiveFile,
        LookupFile,
        ModulesFile,
        Operations,
        SymbolsFile, //
    }, //
};
use core::marker::PhantomData;
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
/// - `context` came from `Arc::into_foreign()`. The files in the directory borrow it; before it is
///   taken back, they are removed.
pub(crate) struct Directory {
    directory: *mut bindings::dentry,
    context: *mut c_void,
}

// SAFETY: Any thread may remove the directory, and drop an `Arc<Context>`.
unsafe impl Send for Directory {}
// SAFETY: A shared `Directory` gives access to nothing.
unsafe impl Sync for Directory {}

impl Directory {
    /// Makes the directory and the files. A kernel without debugfs has none.
    pub(crate) fn new(context: Arc<Context>) -> Self {
        // SAFETY: The name is NUL-terminated; a null parent is the root.
        let directory = unsafe {
            bindings::debugfs_create_dir(c"rust_kallsyms".as_char_ptr(), core::ptr::null_mut())
        };
        // INVARIANT: `directory` is what `debugfs_create_dir()` has returned, and `context` what
        // `into_foreign` has.
        let this = Self {
            directory,
            context: context.into_foreign(),
        };
        this.add_file::<SymbolsFile>();
        this.add_file::<CallFile>();
        this.add_file::<CallsFile>();
        this.add_file::<ModulesFile>();
        this.add_file::<LookupFile>();
        this.add_file::<FunctionsFile>();
        // SAFETY: The table's functions take the inode's private data for an `Arc<Context>`.
        unsafe { this.add(EventsFile::NAME, EventsFile::MODE, EventsFile::TABLE) };
        this
    }

    /// Makes a live file.
    fn add_file<T: LiveFile>(&self) {
        // SAFETY: The table's functions take the inode's private data for an `Arc<Context>`.
        unsafe { self.add(T::NAME, T::MODE, DebugfsFile::<T>::TABLE) };
    }

    /// Makes a file.
    ///
    /// # Safety
    ///
    /// The functions of the table must take the inode's private data for what
    /// [`Arc::<Context>::into_foreign`] has returned, which they may borrow.
    unsafe fn add(
        &self,
        name: &'static CStr,
        mode: u16,
        table: &'static bindings::file_operations,
    ) {
        // SAFETY: The name is NUL-terminated and static, and so is the table. `directory` is one of
        // debugfs, or an error. `context` came from `into_foreign()`, as the caller promises that
        // the table demands, and is taken back when `drop` has removed the directory, and the files
        // with it.
        unsafe {
            bindings::debugfs_create_file_full(
                name.as_char_ptr(),
                mode,
                self.directory,
                self.context,
                core::ptr::null(),
                table,
            )
        };
    }
}

impl Drop for Directory {
    /// Waits for functions of the files to return.
    fn drop(&mut self) {
        // SAFETY: `directory` is what `debugfs_create_dir()` returned, which may be an error.
        unsafe { bindings::debugfs_remove(self.directory) };
        // SAFETY: `context` came from `into_foreign`, and is taken back once. `debugfs_remove()`
        // has waited until no file was being opened, and none can be opened any more, so that
        // nothing borrows it.
        drop(unsafe { Arc::<Context>::from_foreign(self.context) });
    }
}

/// A live file in the directory.
struct DebugfsFile<T>(PhantomData<T>);

impl<T: LiveFile> DebugfsFile<T> {
    /// The file's functions, which take its inode's private data for an `Arc<Context>`.
    const TABLE: &'static bindings::file_operations = &Operations::<T>::table(Self::open);

    /// # Safety
    ///
    /// Only debugfs may call this, to open a `file` whose `inode` was made by [`Directory`].
    unsafe extern "C" fn open(inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
        // SAFETY: The directory gave the inode what `Arc::into_foreign()` had returned. It is not
        // taken back before the file has been removed, which waits until this has returned.
        let context = unsafe { Arc::<Context>::borrow((*inode).i_private) };
        // SAFETY: The file is being opened, and has the operations of `TABLE`.
        unsafe { Operations::<T>::open(file, context) }
    }
}
