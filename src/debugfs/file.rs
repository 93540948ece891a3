// SPDX-License-Identifier: GPL-2.0

//! A file whose text is made while it is read.

use super::{
    answer::Answer,
    window::Window, //
};
use crate::{
    call::History,
    context::Context,
    failure::Failure,
    log,
    params::request::Request, //
};
use core::marker::PhantomData;
use kernel::{
    bindings,
    error::from_result,
    new_mutex,
    prelude::*,
    sync::{
        Arc,
        Mutex, //
    },
    types::ForeignOwnable,
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};

/// How much can be written at once.
const MAX_WRITE: usize = 4096;

/// A file of the directory.
pub(super) trait LiveFile: Sized {
    /// The file's name.
    const NAME: &'static CStr;
    /// The file's mode.
    const MODE: u16;

    /// The file's functions, which take its inode's private data for an `Arc<Context>`.
    const TABLE: &'static bindings::file_operations = Operations::<Self>::TABLE;

    /// What can be read before anything is written.
    fn opened(_context: &Context) -> Result<Answer, Failure> {
        Ok(Answer::Nothing)
    }

    /// What `text`, which was written all at once, asks for.
    fn request(_context: &Context, _text: &[u8]) -> Result<Request, Failure> {
        Err(Failure::from(EPERM))
    }

    /// What is done when an open file is closed. Sleeps.
    fn closed(_context: &Context) {}
}

/// An open file.
#[pin_data]
struct Open {
    context: Arc<Context>,
    /// Whether whoever opened it may see addresses.
    show: bool,
    /// The values of the expressions that were written to it.
    #[pin]
    history: Mutex<History>,
    #[pin]
    text: Mutex<Text>,
}

/// What is read from an open file.
struct Text {
    answer: Answer,
    window: Window,
}

/// The functions of a file, for C.
struct Operations<T>(PhantomData<T>);

impl<T: LiveFile> Operations<T> {
    const TABLE: &'static bindings::file_operations = &bindings::file_operations {
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
    /// Only debugfs may call this, to open a `file` whose `inode` was made by [`create`].
    unsafe extern "C" fn open(inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
        // SAFETY: `create` gave the inode what `Arc::into_foreign()` had returned. It is not taken back before the file
        // has been removed, which waits until this has returned.
        let context = unsafe { Arc::<Context>::borrow((*inode).i_private) };
        // SAFETY: A file that is being opened has credentials, which stay as long as the file.
        let show = unsafe { context.policy.shown_to((*file).f_cred) };
        from_result(|| {
            let answer = T::opened(&context).map_err(log::failure)?;
            let open = KBox::pin_init(
                pin_init!(Open {
                    context: context.into(),
                    show,
                    history <- new_mutex!(History::EMPTY),
                    text <- new_mutex!(Text {
                        answer,
                        window: Window::new(),
                    }),
                }),
                GFP_KERNEL_ACCOUNT,
            )?;
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
    unsafe fn get<'a>(file: *mut bindings::file) -> Pin<&'a Open> {
        // SAFETY: `open` put there what `into_foreign()` had returned. Only `release` takes it back, which the caller
        // excludes.
        unsafe { Pin::<KBox<Open>>::borrow((*file).private_data) }
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
        from_result(|| {
            let start = usize::try_from(*position).map_err(|_| EINVAL)?;
            let mut text = open.text.lock();
            let Text { answer, window } = &mut *text;
            let mut writer = UserSlice::new(UserPtr::from_ptr(buffer.cast()), length).writer();
            let mut copied = 0;
            // A window may end before what is wanted does.
            while copied < length {
                let bytes = window.at(
                    start.saturating_add(copied),
                    length - copied,
                    |place, writer| answer.lines(&open.context, open.show, place, writer),
                );
                let bytes = match bytes {
                    Ok(bytes) => bytes.get(..length - copied).unwrap_or(bytes),
                    // What has been copied is read; who reads on gets the error.
                    Err(_) if copied > 0 => break,
                    Err(failure) => return Err(log::failure(failure)),
                };
                match writer.write_slice(bytes) {
                    Ok(()) => copied += bytes.len(),
                    Err(error) if copied == 0 => return Err(error),
                    Err(_) => break,
                }
                if bytes.is_empty() || kernel::current!().signal_pending() {
                    break;
                }
            }
            *position += copied as bindings::loff_t;
            Ok(copied as isize)
        })
    }

    /// Serves what is written, while nothing is locked.
    ///
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
        from_result(|| {
            if length > MAX_WRITE {
                return Err(E2BIG);
            }
            let mut written = KVec::new();
            UserSlice::new(UserPtr::from_ptr(buffer.cast_mut().cast()), length)
                .read_all(&mut written, GFP_KERNEL_ACCOUNT)?;
            let answer = T::request(&open.context, &written)
                .and_then(|request| Answer::new(&open.context, request, open.show, &open.history));
            let mut text = open.text.lock();
            text.window = Window::new();
            match answer {
                Ok(answer) => text.answer = answer,
                Err(failure) => {
                    text.answer.fail();
                    // What is read here is the opener's to see; the log is for others, too.
                    return Err(log::failure(match open.context.shown_in_log() {
                        true => failure,
                        false => failure.without_addresses(),
                    }));
                }
            }
            // What is read next is the answer, from its beginning.
            // SAFETY: The position is valid, and nobody else uses it until this returns.
            unsafe { *position = 0 };
            Ok(length as isize)
        })
    }

    /// # Safety
    ///
    /// Only debugfs may call this, once, for a `file` that `open` has opened and nobody uses any more.
    unsafe extern "C" fn release(_: *mut bindings::inode, file: *mut bindings::file) -> c_int {
        // SAFETY: `open` put there what `into_foreign()` had returned, it is taken back once, and nobody uses it.
        let open = unsafe { Pin::<KBox<Open>>::from_foreign((*file).private_data) };
        T::closed(&open.context);
        0
    }
}

/// Makes a file.
///
/// # Safety
///
/// - `directory` must be one of debugfs, or an error.
/// - `context` must come from [`Arc::<Context>::into_foreign`], and not be taken back until the file is removed.
pub(super) unsafe fn create<T: LiveFile>(directory: *mut bindings::dentry, context: *mut c_void) {
    // SAFETY: The name is NUL-terminated and static, and so is the table. The caller vouches for `directory`, and that
    // `context` is what the table's functions take it for.
    unsafe {
        bindings::debugfs_create_file_full(
            T::NAME.as_char_ptr(),
            T::MODE,
            directory,
            context,
            core::ptr::null(),
            T::TABLE,
        )
    };
}
