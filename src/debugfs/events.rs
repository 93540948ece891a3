// SPDX-License-Identifier: GPL-2.0

//! `events`: which modules come and go while the file is open, a line each.

use super::event_queue::Queue;
use crate::{
    context::Context,
    failure::Failure,
    kallsyms::Watch,
    log, //
};
use kernel::{
    bindings,
    error::from_result,
    fs::{
        file::flags::O_NONBLOCK,
        File, //
    },
    prelude::{
        fmt,
        *, //
    },
    sync::{
        poll::PollTable,
        Arc, //
    },
    types::ForeignOwnable,
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};

/// The file.
pub(super) struct EventsFile;

/// An open file.
struct Open {
    // Fields drop in this order: the watch goes before the queue that it writes to.
    #[allow(dead_code)]
    watch: Watch,
    queue: Arc<Queue>,
}

impl EventsFile {
    /// # Safety
    ///
    /// Only debugfs may call this, to open a `file` whose `inode` was made by
    /// [`Directory`](super::Directory).
    unsafe extern "C" fn open(inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
        from_result(|| {
            // SAFETY: The directory gave the inode what `Arc::into_foreign()` had returned. It is
            // not taken back before the file has been removed, which waits until this has returned.
            let context = unsafe { Arc::<Context>::borrow((*inode).i_private) };
            let queue = Arc::pin_init(Queue::new(), GFP_KERNEL_ACCOUNT)?;
            let told = queue.clone();
            let watch = context
                .kallsyms
                .watch(GFP_KERNEL_ACCOUNT, move |module, change| {
                    told.add(module, change);
                })
                .map_err(|error| log::failure(Failure::new(error.to_errno(), fmt!("{error}"))))?;
            let open = KBox::new(Open { watch, queue }, GFP_KERNEL_ACCOUNT)?;
            // SAFETY: The file is being opened, and nobody else uses it. It has no position after
            // this, and always succeeds.
            unsafe { bindings::stream_open(inode, file) };
            // SAFETY: The file is being opened, and nobody else uses it.
            unsafe { (*file).private_data = open.into_foreign() };
            Ok(0)
        })
    }

    /// What has happened.
    ///
    /// # Safety
    ///
    /// `file` must have been opened by `open`, and not be released while what is returned is used.
    unsafe fn get<'a>(file: *mut bindings::file) -> &'a Queue {
        // SAFETY: `open` put there what `into_foreign()` had returned. Only `release` takes it
        // back, which the caller excludes.
        let open: &'a Open = unsafe { KBox::<Open>::borrow((*file).private_data) };
        &open.queue
    }

    /// # Safety
    ///
    /// Only debugfs may call this, for a `file` that `open` has opened.
    unsafe extern "C" fn read(
        file: *mut bindings::file,
        buffer: *mut c_char,
        length: usize,
        _: *mut bindings::loff_t,
    ) -> isize {
        // SAFETY: `open` has opened it; a file is not released while it is read.
        let queue = unsafe { Self::get(file) };
        // SAFETY: The reader has a reference to the file until this returns. The file has no
        // position to lock.
        let now = unsafe { File::from_raw_file(file) }.flags() & O_NONBLOCK != 0;
        let buffer = UserSlice::new(UserPtr::from_ptr(buffer.cast()), length);
        from_result(|| Ok(queue.read(buffer, now)? as isize))
    }

    /// # Safety
    ///
    /// Only debugfs may call this, for a `file` that `open` has opened, with a `table` that is
    /// valid or null.
    unsafe extern "C" fn poll(
        file: *mut bindings::file,
        table: *mut bindings::poll_table,
    ) -> bindings::__poll_t {
        // SAFETY: `open` has opened it; a file is not released while it is polled.
        let queue = unsafe { Self::get(file) };
        // SAFETY: The caller passes a valid table, or none, until this returns.
        let table = unsafe { PollTable::from_raw(table) };
        // SAFETY: The caller has a reference to the file until this returns. The file has no
        // position to lock.
        table.register_wait(unsafe { File::from_raw_file(file) }, &queue.filled);
        if queue.is_empty() {
            0
        } else {
            bindings::POLLIN | bindings::POLLRDNORM
        }
    }

    /// # Safety
    ///
    /// Only debugfs may call this, once, for a `file` that `open` has opened and nobody uses any
    /// more.
    unsafe extern "C" fn release(_: *mut bindings::inode, file: *mut bindings::file) -> c_int {
        // SAFETY: `open` put there what `into_foreign()` had returned, it is taken back once, and
        // nobody uses it.
        drop(unsafe { KBox::<Open>::from_foreign((*file).private_data) });
        0
    }
}

impl EventsFile {
    /// The file's name.
    pub(super) const NAME: &'static CStr = c"events";
    /// The file's mode.
    pub(super) const MODE: u16 = 0o400;
    /// The file's functions, which take its inode's private data for an `Arc<Context>`.
    pub(super) const TABLE: &'static bindings::file_operations = &bindings::file_operations {
        // An open file holds a reference to the module, until `release` has returned.
        owner: (&raw const bindings::__this_module).cast_mut(),
        open: Some(Self::open),
        read: Some(Self::read),
        poll: Some(Self::poll),
        release: Some(Self::release),
        ..pin_init::zeroed()
    };
}
