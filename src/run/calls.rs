// SPDX-License-Identifier: GPL-2.0

//! The list of running calls.

use kernel::{
    fmt,
    new_mutex,
    prelude::{
        fmt,
        *, //
    },
    str::CString,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc,
        Mutex, //
    },
    task::{
        Pid,
        Task, //
    },
    time::{
        Instant,
        Monotonic, //
    }, //
};

/// A running call. Its [`Display`](fmt::Display) is a line of the file `calls`.
pub(crate) struct Call<'a> {
    /// The function's name.
    function: &'a CStr,
    /// How long ago it was asked for.
    seconds: i64,
    /// The thread that makes the call.
    pid: Pid,
    /// Whether it waits, runs or is abandoned.
    state: &'static str,
}

impl fmt::Display for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            function,
            seconds,
            pid,
            state,
        } = self;
        f.write_fmt(fmt!("{function}  {seconds} s  pid {pid}  {state}"))
    }
}

/// All workers of the module, and the call that each makes.
#[pin_data]
pub(super) struct Calls {
    #[pin]
    entries: Mutex<KVec<Arc<Entry>>>,
}

/// A worker's entry in the list.
#[pin_data]
pub(super) struct Entry {
    pid: Atomic<Pid>,
    progress: Atomic<u32>,
    #[pin]
    current: Mutex<Option<Current>>,
}

/// The progress of a worker's call: it waits for a slot, its function has been called, or it has
/// been abandoned.
const WAITING: u32 = 0;
const RUNNING: u32 = 1;
const ABANDONED: u32 = 2;

/// The call that a worker makes.
struct Current {
    function: CString,
    begin: Instant<Monotonic>,
}

impl Calls {
    /// An empty list.
    pub(super) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            entries <- new_mutex!(KVec::new()),
        })
    }

    /// Lists a worker, until the listing is dropped.
    pub(super) fn add(self: &Arc<Self>) -> Result<Listing> {
        let entry = Arc::pin_init(
            pin_init!(Entry {
                pid: Atomic::new(0),
                progress: Atomic::new(WAITING),
                current <- new_mutex!(None),
            }),
            GFP_KERNEL,
        )?;
        self.entries.lock().push(entry.clone(), GFP_KERNEL)?;
        Ok(Listing {
            calls: self.clone(),
            entry,
        })
    }

    /// Calls `f` for each call. No call begins or ends meanwhile.
    pub(super) fn for_each(&self, mut each: impl FnMut(&Call<'_>) -> Result) -> Result {
        for entry in self.entries.lock().iter() {
            if let Some(current) = &*entry.current.lock() {
                let state = match entry.progress.load(Relaxed) {
                    WAITING => "waits until another call is over",
                    RUNNING => "runs",
                    _ => "abandoned",
                };
                each(&Call {
                    function: &current.function,
                    seconds: current.begin.elapsed().as_millis() / 1000,
                    pid: entry.pid.load(Relaxed),
                    state,
                })?;
            }
        }
        Ok(())
    }
}

impl Entry {
    /// Whether the worker has been abandoned.
    pub(super) fn is_abandoned(&self) -> bool {
        self.progress.load(Relaxed) == ABANDONED
    }

    /// Notes that the function is called now. Returns false if the call has been abandoned.
    pub(super) fn run(&self) -> bool {
        self.progress.cmpxchg(WAITING, RUNNING, Relaxed).is_ok()
    }
}

/// A worker's place in the list.
pub(super) struct Listing {
    calls: Arc<Calls>,
    pub(super) entry: Arc<Entry>,
}

impl Listing {
    /// Notes which thread the worker is.
    pub(super) fn set_task(&self, task: &Task) {
        self.entry.pid.store(task.pid(), Relaxed);
    }

    /// Notes that a call begins.
    pub(super) fn begin(&self, function: &CStr) -> Result {
        let current = Current {
            function: CString::try_from(function)?,
            begin: Instant::now(),
        };
        self.entry.progress.store(WAITING, Relaxed);
        *self.entry.current.lock() = Some(current);
        Ok(())
    }

    /// Notes that the call is over.
    pub(super) fn end(&self) {
        *self.entry.current.lock() = None;
    }

    /// Abandons the worker: a call that has not begun will not be made. Returns whether it had
    /// begun.
    pub(super) fn abandon(&self) -> bool {
        self.entry.progress.xchg(ABANDONED, Relaxed) != WAITING
    }
}

impl Drop for Listing {
    fn drop(&mut self) {
        self.calls
            .entries
            .lock()
            .retain(|entry| !Arc::ptr_eq(entry, &self.entry));
    }
}
