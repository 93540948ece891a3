// SPDX-License-Identifier: GPL-2.0

//! Modules that came and went, a line each, until somebody reads them.

use crate::{
    bindings::MODULE_NAME_LEN,
    kallsyms::{
        Change,
        Module,
        ModuleName, //
    }, //
};
use core::ops::Range;
use kernel::{
    fmt::{
        self,
        Write, //
    },
    new_mutex,
    new_poll_condvar,
    prelude::{
        fmt,
        *, //
    },
    str::Formatter,
    sync::{
        poll::PollCondVar,
        Mutex, //
    },
    uaccess::UserSlice, //
};

/// How many lines an open file keeps for its reader.
const KEPT: usize = 256;

/// How long a line can be.
const LINE: usize = MODULE_NAME_LEN + 64;

/// What happened and has not been read yet.
#[pin_data]
pub(super) struct Queue {
    #[pin]
    ring: Mutex<Ring>,
    /// There is something to read.
    #[pin]
    pub(super) filled: PollCondVar,
}

/// What a line says.
#[derive(Clone, Copy)]
enum Event {
    /// A module comes or goes, and how many symbols it has.
    Change(&'static str, ModuleName, usize),
    /// This many events were lost.
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
    /// A ring: its events begin at `first`, and go on at the beginning after the last place.
    events: KVVec<Event>,
    first: usize,
    count: usize,
    /// How much of the first one's line has been read.
    read: usize,
    /// How many events have been taken out.
    taken: usize,
}

/// A piece of a line, which was taken from the ring.
struct Taken {
    event: Event,
    /// The line, and the piece of it.
    text: [u8; LINE],
    range: Range<usize>,
    /// Whether nothing of the line is left.
    whole: bool,
    /// The number of the event among all that were taken.
    number: usize,
}

impl Ring {
    /// Room for [`KEPT`] events.
    fn new() -> Result<Self> {
        Ok(Self {
            events: KVVec::from_elem(Event::Lost(0), KEPT, GFP_KERNEL_ACCOUNT)?,
            first: 0,
            count: 0,
            read: 0,
            taken: 0,
        })
    }

    /// The place of an event, by its number from the oldest.
    fn at(&mut self, number: usize) -> Option<&mut Event> {
        let place = (self.first + number) % KEPT;
        self.events.get_mut(place)
    }

    /// Keeps an event. The last place is for the number of lost ones.
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

    /// Takes a piece of the next line, of at most `room` bytes. [`None`] if there is nothing, or no
    /// room.
    #[inline(never)] // frame
    fn take(&mut self, room: usize) -> Option<Taken> {
        if self.count == 0 || room == 0 {
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
        let (number, whole) = (self.taken, self.read == length);
        if whole {
            self.first = (self.first + 1) % KEPT;
            self.count -= 1;
            self.taken += 1;
            self.read = 0;
        }
        Some(Taken {
            event,
            text,
            range,
            whole,
            number,
        })
    }

    /// Puts back what its reader did not get. If another reader has gone on meanwhile, it comes
    /// last.
    fn put_back(&mut self, taken: &Taken) {
        let (read, first) = if taken.whole {
            (0, taken.number + 1)
        } else {
            (taken.range.end, taken.number)
        };
        if self.taken != first || self.read != read || self.count == KEPT {
            self.push(taken.event);
            return;
        }
        if taken.whole {
            self.first = (self.first + KEPT - 1) % KEPT;
            self.count += 1;
            self.taken -= 1;
            if let Some(event) = self.at(0) {
                *event = taken.event;
            }
        }
        self.read = taken.range.start;
    }
}

impl Queue {
    /// An empty queue.
    pub(super) fn new() -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            ring <- new_mutex!(Ring::new()?),
            filled <- new_poll_condvar!(),
        })
    }

    /// Whether there is nothing to read.
    pub(super) fn is_empty(&self) -> bool {
        self.ring.lock().count == 0
    }

    /// Keeps what happens to a module for the reader.
    pub(super) fn add(&self, module: &Module, change: Change) {
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
    pub(super) fn read(&self, buffer: UserSlice, now: bool) -> Result<usize> {
        let mut writer = buffer.writer();
        let length = writer.len();
        loop {
            let copied = length - writer.len();
            let taken = {
                let mut ring = self.ring.lock();
                loop {
                    match ring.take(writer.len()) {
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
            // The ring is not locked while its reader's memory is written to: modules would wait
            // for that.
            let piece = taken.text.get(taken.range.clone()).unwrap_or_default();
            if let Err(error) = writer.write_slice(piece) {
                self.ring.lock().put_back(&taken);
                self.filled.notify_all();
                return if copied == 0 { Err(error) } else { Ok(copied) };
            }
        }
    }
}
