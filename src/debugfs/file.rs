// SPDX-License-Identifier: GPL-2.0

//! A file whose text is made while it is read.
//!
//! The text consists of lines, and a window of it is kept, so that reads of any size see the same bytes and
//! that memory stays bounded however long the text is. A read behind the window moves it on; one before it
//! starts again.

use crate::{
    context::Context,
    failure::Failure,
    report, //
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
    sync::Mutex,
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};

/// How large the window grows, up to a line. Each one begins with a walk to where it begins.
const WINDOW: usize = 1 << 20;

/// How much can be written at once.
const MAX_WRITE: usize = 4096;

/// Takes a line; says when there is enough.
pub(super) type Sink<'a> = &'a mut dyn FnMut(fmt::Arguments<'_>) -> ControlFlow<()>;

/// A sink that does not take the first `skip` lines.
pub(super) fn skipping(
    mut skip: usize,
    sink: Sink<'_>,
) -> impl FnMut(fmt::Arguments<'_>) -> ControlFlow<()> + '_ {
    move |line| match skip {
        0 => sink(line),
        _ => {
            skip -= 1;
            ControlFlow::Continue(())
        }
    }
}

/// What one open file is about.
pub(super) trait LiveFile: Sized + Send + Unpin {
    /// The file's name.
    const NAME: &'static CStr;
    /// The file's mode.
    const MODE: u16;

    /// Somebody opens the file, who may see addresses or not.
    fn open(context: &Context, show: bool) -> Result<Self, Failure>;

    /// Somebody writes to it, all at once.
    fn write(&mut self, _context: &Context, _text: &[u8]) -> Result<(), Failure> {
        Err(Failure::from(EPERM))
    }

    /// Gives the lines of the text to `sink`, without the first `skip`, until it breaks.
    fn lines(&self, context: &Context, skip: usize, sink: Sink<'_>) -> Result<(), Failure>;
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
    fn advance<T: LiveFile>(&mut self, file: &T, context: &Context) -> Result<(), Failure> {
        self.offset += self.text.len();
        self.lines.0 = self.lines.1;
        self.text.clear();
        let mut writer = Writer {
            text: &mut self.text,
            full: false,
        };
        let mut broke = false;
        let lines = &mut self.lines.1;
        file.lines(context, self.lines.0, &mut |line| {
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
    fn at<T: LiveFile>(
        &mut self,
        file: &T,
        context: &Context,
        position: usize,
    ) -> Result<&[u8], Failure> {
        if position < self.offset {
            *self = Self::new();
        }
        while position >= self.offset + self.text.len() && !self.end {
            self.advance(file, context)?;
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
struct Open<T> {
    file: T,
    window: Window,
}

/// The functions of a file, for C.
struct Operations<T>(PhantomData<T>);

impl<T: LiveFile> Operations<T> {
    const TABLE: &'static bindings::file_operations = &bindings::file_operations {
        owner: (&raw const bindings::__this_module).cast_mut(),
        open: Some(Self::open),
        read: Some(Self::read),
        write: Some(Self::write),
        llseek: Some(bindings::default_llseek),
        release: Some(Self::release),
        // SAFETY: The other members are pointers, for which null is none, and flags.
        ..unsafe { core::mem::zeroed() }
    };

    /// # Safety
    ///
    /// Only debugfs may call these, for files made by [`create`].
    unsafe extern "C" fn open(inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
        from_result(|| {
            // SAFETY: By the safety requirement, that is the context, which outlives the file.
            let context = unsafe { &*(*inode).i_private.cast::<Context>() };
            // SAFETY: By the safety requirement, the file has credentials.
            let show = unsafe { context.policy.shown_to((*file).f_cred) };
            let opened = T::open(context, show).map_err(report::failure)?;
            let open = KBox::pin_init(
                new_mutex!(Open {
                    file: opened,
                    window: Window::new(),
                }),
                GFP_KERNEL,
            )?;
            // SAFETY: The file is being opened, and nobody else uses it. `release` takes the box back; it
            // stays pinned until then.
            unsafe {
                (*file).private_data = KBox::into_raw(Pin::into_inner_unchecked(open)).cast();
            }
            Ok(0)
        })
    }

    /// The context and the open file.
    ///
    /// # Safety
    ///
    /// `file` must have been opened by `open`, and not be released while what is returned is used.
    unsafe fn get<'a>(file: *mut bindings::file) -> (&'a Context, &'a Mutex<Open<T>>) {
        // SAFETY: By the safety requirement.
        unsafe {
            (
                &*(*(*file).f_inode).i_private.cast::<Context>(),
                &*(*file).private_data.cast::<Mutex<Open<T>>>(),
            )
        }
    }

    /// # Safety
    ///
    /// As [`Self::open`].
    unsafe extern "C" fn read(
        file: *mut bindings::file,
        buffer: *mut c_char,
        length: usize,
        position: *mut bindings::loff_t,
    ) -> isize {
        // SAFETY: By the safety requirement; a file is not released while it is read.
        let (context, open) = unsafe { Self::get(file) };
        // SAFETY: By the safety requirement, nobody else uses the position meanwhile.
        let position = unsafe { &mut *position };
        from_result(|| {
            let start = usize::try_from(*position).map_err(|_| EINVAL)?;
            let mut open = open.lock();
            let Open { file, window } = &mut *open;
            let text = window.at(file, context, start).map_err(report::failure)?;
            let text = text.get(..length).unwrap_or(text);
            UserSlice::new(UserPtr::from_ptr(buffer.cast()), length)
                .writer()
                .write_slice(text)?;
            *position += text.len() as bindings::loff_t;
            Ok(text.len() as isize)
        })
    }

    /// # Safety
    ///
    /// As [`Self::open`].
    unsafe extern "C" fn write(
        file: *mut bindings::file,
        buffer: *const c_char,
        length: usize,
        position: *mut bindings::loff_t,
    ) -> isize {
        // SAFETY: By the safety requirement; a file is not released while it is written to.
        let (context, open) = unsafe { Self::get(file) };
        from_result(|| {
            if length > MAX_WRITE {
                return Err(E2BIG);
            }
            let mut text = KVec::new();
            UserSlice::new(UserPtr::from_ptr(buffer.cast_mut().cast()), length)
                .read_all(&mut text, GFP_KERNEL)?;
            let mut open = open.lock();
            let Open { file, window } = &mut *open;
            *window = Window::new();
            file.write(context, &text).map_err(report::failure)?;
            // What is read next is the answer, from its beginning.
            // SAFETY: By the safety requirement, nobody else uses the position meanwhile.
            unsafe { *position = 0 };
            Ok(length as isize)
        })
    }

    /// # Safety
    ///
    /// As [`Self::open`].
    unsafe extern "C" fn release(_: *mut bindings::inode, file: *mut bindings::file) -> c_int {
        // SAFETY: By the safety requirement, the file was opened by `open` and is not used any more.
        drop(unsafe { KBox::<Mutex<Open<T>>>::from_raw((*file).private_data.cast()) });
        0
    }
}

/// Makes a file.
///
/// # Safety
///
/// `directory` must be one of debugfs, or an error; `context` must stay until the file is removed.
pub(super) unsafe fn create<T: LiveFile>(directory: *mut bindings::dentry, context: &Context) {
    // SAFETY: The name is NUL-terminated, the functions are made for the context; the rest by the safety
    // requirement.
    unsafe {
        bindings::debugfs_create_file_full(
            T::NAME.as_char_ptr(),
            T::MODE,
            directory,
            core::ptr::from_ref(context).cast_mut().cast(),
            core::ptr::null(),
            Operations::<T>::TABLE,
        )
    };
}
