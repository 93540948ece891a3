// SPDX-License-Identifier: GPL-2.0

//! The `file_operations` of a live file.

use super::{
    super::LiveFile,
    OpenFile, //
};
use crate::context::Context;
use core::marker::PhantomData;
use kernel::{
    bindings,
    error::from_result,
    prelude::*,
    sync::{
        Arc,
        ArcBorrow, //
    },
    types::ForeignOwnable,
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};

/// The type of the function `open` of `file_operations`.
type Open = unsafe extern "C" fn(*mut bindings::inode, *mut bindings::file) -> c_int;

/// The functions of a live file, for C.
pub(crate) struct Operations<T>(PhantomData<T>);

impl<T: LiveFile> Operations<T> {
    /// The table of a file that `open` opens.
    ///
    /// `open` must return what [`Self::open`] does.
    pub(crate) const fn table(open: Open) -> bindings::file_operations {
        bindings::file_operations {
            // An open file holds a reference to the module, until `release` has returned.
            owner: (&raw const bindings::__this_module).cast_mut(),
            open: Some(open),
            read: Some(Self::read),
            write: Some(Self::write),
            llseek: Some(bindings::default_llseek),
            release: Some(Self::release),
            ..pin_init::zeroed()
        }
    }

    /// Opens a file, for the table's functions.
    ///
    /// # Safety
    ///
    /// `file` must be a file that is being opened and that has the operations of [`Self::table`].
    pub(crate) unsafe fn open(file: *mut bindings::file, context: ArcBorrow<'_, Context>) -> c_int {
        // SAFETY: `file` is being opened, so it has credentials, which stay as long as the file.
        let show = unsafe { context.policy.shown_to((*file).f_cred) };
        from_result(|| {
            let context: Arc<Context> = context.into();
            let open = OpenFile::<T>::new(context, show)?;
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
        // SAFETY: `open` stored there what `into_foreign()` returned. Only `release` takes it back,
        // and the caller promises that this does not happen meanwhile.
        unsafe { Pin::<KBox<OpenFile<T>>>::borrow((*file).private_data) }
    }

    /// # Safety
    ///
    /// Only the kernel may call this, for a `file` that `open` has opened, with a `position` that
    /// nobody else uses.
    unsafe extern "C" fn read(
        file: *mut bindings::file,
        buffer: *mut c_char,
        length: usize,
        position: *mut bindings::loff_t,
    ) -> isize {
        // SAFETY: `open` has opened the file, and the kernel does not release it while it is read.
        let open = unsafe { Self::get(file) };
        // SAFETY: The position is valid, and nobody else uses it until this returns.
        let position = unsafe { &mut *position };
        let buffer = UserSlice::new(UserPtr::from_ptr(buffer.cast()), length);
        from_result(|| Ok(open.read(buffer, position)? as isize))
    }

    /// # Safety
    ///
    /// Only the kernel may call this, for a `file` that `open` has opened, with a `position` that
    /// nobody else uses.
    unsafe extern "C" fn write(
        file: *mut bindings::file,
        buffer: *const c_char,
        length: usize,
        position: *mut bindings::loff_t,
    ) -> isize {
        // SAFETY: `open` has opened the file, and the kernel does not release it while it is
        // written to.
        let open = unsafe { Self::get(file) };
        let buffer = UserSlice::new(UserPtr::from_ptr(buffer.cast_mut().cast()), length);
        let written = open.write(buffer);
        // The answer, or the error, is read from its beginning.
        // SAFETY: The position is valid, and nobody else uses it until this returns.
        unsafe { *position = 0 };
        if written.is_err() {
            // The kernel leaves the position of the file alone when a write fails.
            // SAFETY: The file is valid, and its position is an aligned word. A thread that reads
            // at the same time begins at the old or at the new position.
            unsafe { (&raw mut (*file).f_pos).write_volatile(0) };
        }
        from_result(|| Ok(written? as isize))
    }

    /// # Safety
    ///
    /// Only the kernel may call this, once, for a `file` that `open` has opened and nobody uses any
    /// more.
    unsafe extern "C" fn release(_: *mut bindings::inode, file: *mut bindings::file) -> c_int {
        // SAFETY: `open` stored there what `into_foreign()` returned. It is taken back once, and
        // nobody uses it any more.
        drop(unsafe { Pin::<KBox<OpenFile<T>>>::from_foreign((*file).private_data) });
        0
    }
}
