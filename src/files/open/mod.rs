// SPDX-License-Identifier: GPL-2.0

//! A live file while it is open: a request is written, and its answer is read.

mod operations;
mod window;

pub(crate) use self::{
    operations::Operations,
    window::{
        Cursor,
        Writer, //
    }, //
};

use self::window::Window;
use super::{
    error_line,
    Keep,
    LiveFile, //
};
use crate::{
    context::Context,
    failure::Failure,
    log, //
};
use kernel::{
    bindings,
    new_mutex,
    prelude::{
        fmt,
        *, //
    },
    str::CString,
    sync::{
        Arc,
        Mutex, //
    },
    uaccess::{
        UserSlice,
        UserSliceReader, //
    }, //
};

/// How much can be written at once.
const MAX_WRITE: usize = 1 << 16;

/// An open file.
#[pin_data]
struct OpenFile<T: LiveFile> {
    context: Arc<Context>,
    /// Whether the process that opened it may see addresses.
    show: bool,
    #[pin]
    kept: T::Kept,
    #[pin]
    text: Mutex<Text<T>>,
}

/// The text of an open file.
struct Text<T: LiveFile> {
    answer: Answer<T>,
    window: Window,
}

/// What the text is made from.
enum Answer<T: LiveFile> {
    /// Nothing was asked.
    Nothing,
    /// The answer to the last request.
    Found(T::Answer),
    /// Why the last request failed, in a line.
    Failed(CString),
}

impl<T: LiveFile> OpenFile<T> {
    /// A newly opened file. `show` says whether its opener may see addresses.
    fn new(context: Arc<Context>, show: bool) -> Result<Pin<KBox<Self>>> {
        let answer = match T::opened(&context).map_err(log::failure)? {
            Some(answer) => Answer::Found(answer),
            None => Answer::Nothing,
        };
        KBox::pin_init(
            pin_init!(Self {
                context,
                show,
                kept <- T::Kept::new(),
                text <- new_mutex!(Text {
                    answer,
                    window: Window::new(),
                }),
            }),
            GFP_KERNEL_ACCOUNT,
        )
    }

    /// Copies the text to `buffer`, starting at `position`, which moves on.
    fn read(&self, buffer: UserSlice, position: &mut bindings::loff_t) -> Result<usize> {
        let start = usize::try_from(*position).map_err(|_| EINVAL)?;
        let mut text = self.text.lock();
        let Text { answer, window } = &mut *text;
        let mut writer = buffer.writer();
        let length = writer.len();
        let mut copied = 0;
        // A window may have less than is wanted.
        while copied < length {
            let bytes = window.at(
                start.saturating_add(copied),
                length - copied,
                |cursor, writer| match &*answer {
                    Answer::Nothing => Ok(()),
                    Answer::Found(answer) => {
                        T::lines(answer, &self.context, self.show, cursor, writer)
                    }
                    Answer::Failed(line) => {
                        let _ = writer.counted(cursor)(fmt!("{}", &**line));
                        Ok(())
                    }
                },
            );
            let bytes = match bytes {
                Ok(bytes) => bytes.get(..length - copied).unwrap_or(bytes),
                // This read returns what has been copied; the next one gets the error.
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
        Ok(copied)
    }

    /// Serves a request, while nothing is locked. Afterwards, the text is the answer or the error.
    fn write(&self, buffer: UserSlice) -> Result<usize> {
        let mut request = KVVec::new();
        let answer = read_all(buffer.reader(), &mut request)
            .and_then(|()| T::answer(&self.context, &self.kept, &request, self.show));
        let (answer, result) = match answer {
            Ok(mut answer) => {
                let failure = T::take_failure(&mut answer);
                let result = match failure {
                    None => Ok(request.len()),
                    Some(failure) => Err(self.log(failure, &request)),
                };
                (Answer::Found(answer), result)
            }
            Err(failure) => {
                let line = error_line(&self.context, &failure);
                (
                    line.map_or(Answer::Nothing, Answer::Failed),
                    Err(self.log(failure, &request)),
                )
            }
        };
        let mut text = self.text.lock();
        text.window = Window::new();
        text.answer = answer;
        result
    }

    /// Logs why a request failed, if this file does that. Returns the errno.
    #[inline(never)] // frame
    fn log(&self, failure: Failure, request: &[u8]) -> Error {
        if !T::LOGS_FAILURES {
            return failure.errno();
        }
        // The opener may see the addresses in the error, but others read the log, too.
        let logged = if !self.context.shown_in_log() {
            failure.without_addresses()
        } else if T::LOGS_REQUEST {
            failure.in_request(request)
        } else {
            failure
        };
        log::failure(logged)
    }
}

/// Reads what is written.
fn read_all(reader: UserSliceReader, request: &mut KVVec<u8>) -> Result<(), Failure> {
    if reader.len() > MAX_WRITE {
        return Err(Failure::new(
            E2BIG,
            fmt!("at most {MAX_WRITE} bytes can be written at once"),
        ));
    }
    Ok(reader.read_all(request, GFP_KERNEL_ACCOUNT)?)
}
