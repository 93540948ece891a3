// SPDX-License-Identifier: GPL-2.0

//! A file whose text is made while it is read.
//!
//! The text consists of lines, and a window of it is kept, so that reads of any size see the same bytes and
//! that memory stays bounded however long the text is. A read behind the window moves it on; one before it
//! starts again.

use super::answer::Answer;
use crate::{
    call::History,
    context::Context,
    failure::Failure,
    report,
    request::Request, //
};
use core::{
    marker::PhantomData,
    ops::ControlFlow, //
};
use kernel::{
    bindings,
    error::from_result,
    fmt,
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

/// How large the window grows, up to a line. Each one begins with a walk to where it begins.
const WINDOW: usize = 1 << 20;

/// How much can be written at once.
const MAX_WRITE: usize = 4096;

/// A file of the directory.
pub(super) trait LiveFile {
    /// The file's name.
    const NAME: &'static CStr;
    /// The file's mode.
    const MODE: u16;

    /// What can be read before anything is written.
    fn opened(_context: &Context) -> Result<Answer, Failure> {
        Ok(Answer::Nothing)
    }

    /// What `text`, which was written all at once, asks for.
    fn request(_context: &Context, _text: &[u8]) -> Result<Request, Failure> {
        Err(Failure::from(EPERM))
    }
}

/// A piece of the text.
struct Window {
    text: KVVec<u8>,
    /// Where in the text it begins.
    offset: usize,
    /// The number of its first line, and of the one behind its last.
    lines: (usize, usize),
    /// Whether there is nothing behind it.
    end: bool,
}

impl Window {
    /// The window that nothing has been read into, at the beginning of the text.
    const fn new() -> Self {
        Self {
            text: KVVec::new(),
            offset: 0,
            lines: (0, 0),
            end: false,
        }
    }

    /// Moves on to what is behind.
    #[inline(never)]
    fn advance(&mut self, open: &Open, answer: &Answer) -> Result<(), Failure> {
        self.offset += self.text.len();
        self.lines.0 = self.lines.1;
        self.text.clear();
        let mut writer = Writer {
            text: &mut self.text,
            full: false,
        };
        let mut broke = false;
        let lines = &mut self.lines.1;
        answer.lines(&open.context, open.show, self.lines.0, &mut |line| {
            let written = fmt::Write::write_fmt(&mut writer, line);
            if written.is_err() || fmt::Write::write_str(&mut writer, "\n").is_err() {
                return ControlFlow::Break(());
            }
            *lines += 1;
            match writer.text.len() >= WINDOW {
                true => {
                    broke = true;
                    ControlFlow::Break(())
                }
                false => ControlFlow::Continue(()),
            }
        })?;
        if writer.full {
            return Err(Failure::from(ENOMEM));
        }
        self.end = !broke;
        Ok(())
    }

    /// The text from `position` on, as far as the window has it; nothing at the end.
    fn at(&mut self, open: &Open, answer: &Answer, position: usize) -> Result<&[u8], Failure> {
        if position < self.offset {
            *self = Self::new();
        }
        while position >= self.offset + self.text.len() && !self.end {
            self.advance(open, answer)?;
        }
        Ok(self.text.get(position - self.offset..).unwrap_or_default())
    }
}

/// Appends to a vector.
struct Writer<'a> {
    text: &'a mut KVVec<u8>,
    /// Whether there was no memory.
    full: bool,
}

impl fmt::Write for Writer<'_> {
    fn write_str(&mut self, string: &str) -> fmt::Result {
        self.text
            .extend_from_slice(string.as_bytes(), GFP_KERNEL)
            .map_err(|_| {
                self.full = true;
                fmt::Error
            })
    }
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
            let answer = T::opened(&context).map_err(report::failure)?;
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
                GFP_KERNEL,
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
            let bytes = window.at(&open, answer, start).map_err(report::failure)?;
            let bytes = bytes.get(..length).unwrap_or(bytes);
            UserSlice::new(UserPtr::from_ptr(buffer.cast()), length)
                .writer()
                .write_slice(bytes)?;
            *position += bytes.len() as bindings::loff_t;
            Ok(bytes.len() as isize)
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
                .read_all(&mut written, GFP_KERNEL)?;
            let answer = T::request(&open.context, &written)
                .and_then(|request| Answer::new(&open.context, request, open.show, &open.history));
            let mut text = open.text.lock();
            text.window = Window::new();
            match answer {
                Ok(answer) => text.answer = answer,
                Err(failure) => {
                    text.answer.fail();
                    return Err(report::failure(failure));
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
        drop(unsafe { Pin::<KBox<Open>>::from_foreign((*file).private_data) });
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
            Operations::<T>::TABLE,
        )
    };
}
