// SPDX-License-Identifier: GPL-2.0

//! What debugfs calls when a live file is opened, read, written and closed.

use crate::{
    context::Context,
    files::{
        LiveFile,
        OpenFile, //
    }, //
};
use core::marker::PhantomData;
use kernel::{
    bindings,
    error::from_result,
    prelude::*,
    sync::Arc,
    types::ForeignOwnable,
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};

/// The functions of a file, for C.
pub(super) struct Operations<T>(PhantomData<T>);

impl<T: LiveFile> Operations<T> {
    /// They take the inode's private data for an `Arc<Context>`.
    pub(super) const TABLE: &'static bindings::file_operations = &bindings::file_operations {
        // An open file holds a reference to the module, until `release` has returned.
        owner: (&raw const bindings::__this_module).cast_mut(),
        open: Some(Self::open),
        read: Some(Self::read),
        write: Some(Self::write),
        llseek: Some(bindings::default_llseek),
        release: Some(Self::release),
        ..pin_init::zeroed()
    };

    /// # Safety
    ///
    /// Only debugfs may call this, to open a `file` whose `inode` was made by [`Directory`](super::Directory).
    unsafe extern "C" fn open(inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
        // SAFETY: The directory gave the inode what `Arc::into_foreign()` had returned. It is not taken back before the file
        // has been removed, which waits until this has returned.
        let context = unsafe { Arc::<Context>::borrow((*inode).i_private) };
        // SAFETY: A file that is being opened has credentials, which stay as long as the file.
        let show = unsafe { context.policy.shown_to((*file).f_cred) };
        from_result(|| {
            let open = OpenFile::<T>::new(context.into(), show)?;
            // SAFETY: The file is being opened, and nobody else uses it.
            unsafe { (*file).private_data = open.into_foreign() };
            Ok(0)
        })
    }

    /// The open file.
    ///
    /// # Safety
    ///
    /// `file` must have been opened by `open`, and not be released while what is returned is used.
    unsafe fn get<'a>(file: *mut bindings::file) -> Pin<&'a OpenFile<T>> {
        // SAFETY: `open` put there what `into_foreign()` had returned. Only `release` takes it back, which the caller
        // excludes.
        unsafe { Pin::<KBox<OpenFile<T>>>::borrow((*file).private_data) }
    }

    /// # Safety
    ///
    /// Only debugfs may call this, for a `file` that `open` has opened, with a `position` that nobody else uses.
    unsafe extern "C" fn read(
        file: *mut bindings::file,
        buffer: *mut c_char,
        length: usize,
        position: *mut bindings::loff_t,
    ) -> isize {
        // SAFETY: `open` has opened it; a file is not released while it is read.
        let open = unsafe { Self::get(file) };
        // SAFETY: The position is valid, and nobody else uses it until this returns.
        let position = unsafe { &mut *position };
        let buffer = UserSlice::new(UserPtr::from_ptr(buffer.cast()), length);
        from_result(|| Ok(open.read(buffer, position)? as isize))
    }

    /// # Safety
    ///
    /// Only debugfs may call this, for a `file` that `open` has opened, with a `position` that nobody else uses.
    unsafe extern "C" fn write(
        file: *mut bindings::file,
        buffer: *const c_char,
        length: usize,
        position: *mut bindings::loff_t,
    ) -> isize {
        // SAFETY: `open` has opened it; a file is not released while it is written to.
        let open = unsafe { Self::get(file) };
        let buffer = UserSlice::new(UserPtr::from_ptr(buffer.cast_mut().cast()), length);
        let written = open.write(buffer);
        // The answer, or the error, is read from its beginning.
        // SAFETY: The position is valid, and nobody else uses it until this returns.
        unsafe { *position = 0 };
        if written.is_err() {
            // The caller of this keeps the position of the file when a write fails.
            // SAFETY: The file is valid, and its position an aligned word: a `pwrite()` that fails while another
            // thread reads is answered by one position or the other.
            unsafe { (&raw mut (*file).f_pos).write_volatile(0) };
        }
        from_result(|| Ok(written? as isize))
    }

    /// # Safety
    ///
    /// Only debugfs may call this, once, for a `file` that `open` has opened and nobody uses any more.
    unsafe extern "C" fn release(_: *mut bindings::inode, file: *mut bindings::file) -> c_int {
        // SAFETY: `open` put there what `into_foreign()` had returned, it is taken back once, and nobody uses it.
        drop(unsafe { Pin::<KBox<OpenFile<T>>>::from_foreign((*file).private_data) });
        0
    }
}
