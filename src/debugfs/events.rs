// SPDX-License-Identifier: GPL-2.0

//! `events`: which modules come and go while the file is open, a line each.

use crate::{
    bindings::MODULE_NAME_LEN,
    context::Context,
    failure::Failure,
    kallsyms::{
        Change,
        Module,
        ModuleName,
        Watch, //
    },
    log, //
};
use core::ops::Range;
use kernel::{
    bindings,
    error::from_result,
    fmt::{
        self,
        Write, //
    },
    fs::{
        file::flags::O_NONBLOCK,
        File, //
    },
    new_mutex,
    new_poll_condvar,
    prelude::{
        fmt,
        *, //
    },
    str::Formatter,
    sync::{
        poll::{
            PollCondVar,
            PollTable, //
        },
        Arc,
        Mutex, //
    },
    types::ForeignOwnable,
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};

/// How many lines an open file keeps for its reader.
const KEPT: usize = 256;

/// How long a line can be.
const LINE: usize = MODULE_NAME_LEN + 64;

/// The file.
pub(super) struct EventsFile;

/// An open file.
struct Open {
    // The watch goes before what it writes to.
    #[allow(dead_code)]
    watch: Watch,
    queue: Arc<Queue>,
}

/// What happened and has not been read yet.
#[pin_data]
struct Queue {
    #[pin]
    ring: Mutex<Ring>,
    /// There is something to read.
    #[pin]
    filled: PollCondVar,
}

/// What a line says.
#[derive(Clone, Copy)]
enum Event {
    /// A module comes or goes, and how many symbols it has.
    Change(&'static str, ModuleName, usize),
    /// So many events found no room.
    Lost(usize),
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Change(what, name, symbols) => {
                f.write_fmt(fmt!("{what} {} symbols={symbols}\n", &**name))
            }
            Self::Lost(count) => f.write_fmt(fmt!("lost events={count}\n")),
        }
    }
}

/// Events, the oldest first.
struct Ring {
    /// As many as fit. Those that count are from `first` on, and go on at the beginning behind the last one.
    events: KVVec<Event>,
    first: usize,
    count: usize,
    /// How much of the first one's line has been read.
    read: usize,
}

impl Ring {
    /// Room for [`KEPT`] events.
    fn new() -> Result<Self> {
        Ok(Self {
            events: KVVec::from_elem(Event::Lost(0), KEPT, GFP_KERNEL_ACCOUNT)?,
            first: 0,
            count: 0,
            read: 0,
        })
    }

    /// The place of an event, by its number from the oldest.
    fn at(&mut self, number: usize) -> Option<&mut Event> {
        let place = (self.first + number) % KEPT;
        self.events.get_mut(place)
    }

    /// Keeps an event. The last place is for how many were lost.
    fn push(&mut self, event: Event) {
        let full = self.count + 1 >= KEPT;
        let last = self.count.checked_sub(1).and_then(|last| self.at(last));
        if let (true, Some(Event::Lost(count))) = (full, last) {
            *count += 1;
            return;
        }
        let event = if full { Event::Lost(1) } else { event };
        let count = self.count;
        if let Some(place) = self.at(count) {
            *place = event;
            self.count += 1;
        }
    }

    /// The next line, and what is to be read of it, which is at most `room` bytes. [`None`] if there is nothing.
    fn take(&mut self, room: usize) -> Option<([u8; LINE], Range<usize>)> {
        if self.count == 0 {
            return None;
        }
        let event = *self.at(0)?;
        let mut text = [0; LINE];
        let mut line = Formatter::new(&mut text);
        // What is longer is cut off.
        let _ = line.write_fmt(fmt!("{event}"));
        let length = line.bytes_written().min(LINE);
        let range = self.read..length.min(self.read.saturating_add(room));
        self.read = range.end;
        if self.read == length {
            self.first = (self.first + 1) % KEPT;
            self.count -= 1;
            self.read = 0;
        }
        Some((text, range))
    }
}

impl Queue {
    /// Keeps what happens to a module for the reader.
    fn add(&self, module: &Module, change: Change) {
        let what = match change {
            Change::Coming => "coming",
            Change::Going => "going",
            Change::Live => return,
        };
        let name = ModuleName::new(module.name());
        self.ring
            .lock()
            .push(Event::Change(what, name, module.count()));
        self.filled.notify_all();
    }

    /// Waits for something to read, unless `now`, and copies as many lines as there are and fit.
    fn read(&self, buffer: UserSlice, now: bool) -> Result<usize> {
        let mut writer = buffer.writer();
        let length = writer.len();
        loop {
            let copied = length - writer.len();
            let (line, range) = {
                let mut ring = self.ring.lock();
                loop {
                    let taken = ring.take(writer.len());
                    match taken.filter(|(_, range)| !range.is_empty()) {
                        Some(taken) => break taken,
                        None if copied > 0 || length == 0 => return Ok(copied),
                        None if now => return Err(EAGAIN),
                        // Another reader of the file may take what there is then.
                        None if self.filled.wait_interruptible(&mut ring) => {
                            return Err(ERESTARTSYS)
                        }
                        None => {}
                    }
                }
            };
            // The ring is not locked while its reader's memory is written to: modules would wait for that.
            match writer.write_slice(line.get(range).unwrap_or_default()) {
                Ok(()) => {}
                Err(error) if copied == 0 => return Err(error),
                Err(_) => return Ok(copied),
            }
        }
    }
}

impl EventsFile {
    /// # Safety
    ///
    /// Only debugfs may call this, to open a `file` whose `inode` was made by [`Directory`](super::Directory).
    unsafe extern "C" fn open(inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
        from_result(|| {
            // SAFETY: The directory gave the inode what `Arc::into_foreign()` had returned. It is not taken back before the
            // file has been removed, which waits until this has returned.
            let context = unsafe { Arc::<Context>::borrow((*inode).i_private) };
            let queue = Arc::pin_init(
                try_pin_init!(Queue {
                    ring <- new_mutex!(Ring::new()?),
                    filled <- new_poll_condvar!(),
                }),
                GFP_KERNEL_ACCOUNT,
            )?;
            let told = queue.clone();
            let watch = context
                .kallsyms
                .watch(GFP_KERNEL_ACCOUNT, move |module, change| {
                    told.add(module, change);
                })
                .map_err(|error| log::failure(Failure::new(error.to_errno(), fmt!("{error}"))))?;
            let open = KBox::new(Open { watch, queue }, GFP_KERNEL_ACCOUNT)?;
            // SAFETY: The file is being opened, and nobody else uses it. It has no position after this, and always
            // succeeds.
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
        // SAFETY: `open` put there what `into_foreign()` had returned. Only `release` takes it back, which the caller
        // excludes.
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
        // SAFETY: Who reads has a reference to the file until this returns. The file has no position to lock.
        let now = unsafe { File::from_raw_file(file) }.flags() & O_NONBLOCK != 0;
        let buffer = UserSlice::new(UserPtr::from_ptr(buffer.cast()), length);
        from_result(|| Ok(queue.read(buffer, now)? as isize))
    }

    /// # Safety
    ///
    /// Only debugfs may call this, for a `file` that `open` has opened, with a `table` that is valid or null.
    unsafe extern "C" fn poll(
        file: *mut bindings::file,
        table: *mut bindings::poll_table,
    ) -> bindings::__poll_t {
        // SAFETY: `open` has opened it; a file is not released while it is polled.
        let queue = unsafe { Self::get(file) };
        // SAFETY: The caller passes a valid table, or none, until this returns.
        let table = unsafe { PollTable::from_raw(table) };
        // SAFETY: Who polls has a reference to the file until this returns. The file has no position to lock.
        table.register_wait(unsafe { File::from_raw_file(file) }, &queue.filled);
        match queue.ring.lock().count {
            0 => 0,
            _ => bindings::POLLIN | bindings::POLLRDNORM,
        }
    }

    /// # Safety
    ///
    /// Only debugfs may call this, once, for a `file` that `open` has opened and nobody uses any more.
    unsafe extern "C" fn release(_: *mut bindings::inode, file: *mut bindings::file) -> c_int {
        // SAFETY: `open` put there what `into_foreign()` had returned, it is taken back once, and nobody uses it.
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
