// SPDX-License-Identifier: GPL-2.0

//! Abandoned workers: nobody waits for them, and their functions have not returned.
//!
//! What such a call uses (the slot, the arguments, the function's module and ours) must stay until
//! the worker's thread is dead. A thread that returns could clean up after itself, but one that
//! crashes cannot. So a thread of our own looks after the workers.

use super::{
    thread::Kthread,
    worker::Worker, //
};
use kernel::{
    bindings,
    new_condvar,
    new_mutex,
    prelude::*,
    sync::{
        Arc,
        CondVar,
        Mutex, //
    },
    time::msecs_to_jiffies, //
};

/// The time between two looks at the workers, in milliseconds, while there are any.
const LOOK: u32 = 100;

/// Looks after abandoned workers. Dropping this waits until their calls are over.
pub(super) struct Abandoned {
    // Fields drop in this order: the thread goes before what it uses.
    _kthread: Kthread,
    shared: Arc<Shared>,
}

// SAFETY: A shared reference gives access to `shared` only, which all threads may use.
unsafe impl Sync for Abandoned {}

/// What our thread and its clients share.
#[pin_data]
struct Shared {
    #[pin]
    list: Mutex<List>,
    /// Notified when a worker is added, or when no more will come.
    #[pin]
    changed: CondVar,
}

/// The workers that are looked after.
struct List {
    first: Option<KBox<Worker>>,
    closed: bool,
}

impl Abandoned {
    /// Starts the thread that looks after them. May sleep.
    ///
    /// # Errors
    ///
    /// `ENOMEM`; `EINTR` if the calling process is killed meanwhile.
    pub(super) fn new() -> Result<Self> {
        let shared = Arc::pin_init(
            pin_init!(Shared {
                list <- new_mutex!(List {
                    first: None,
                    closed: false,
                }),
                changed <- new_condvar!(),
            }),
            GFP_KERNEL,
        )?;
        let data = core::ptr::from_ref(&*shared).cast_mut().cast();
        // SAFETY: `data` is a `Shared`, to which the `Arc` beside the `Kthread` keeps a reference.
        // Fields are dropped in order, so the reference is dropped after the `Kthread`, whose drop
        // waits for the thread's end.
        let kthread = unsafe { Kthread::start(Self::main, data) }?;
        Ok(Self {
            _kthread: kthread,
            shared,
        })
    }

    /// Takes over a worker. This allocates nothing, so it cannot fail. Returns whether the worker's
    /// function has been called; if not, it never will be. May sleep.
    pub(super) fn adopt(&self, mut worker: KBox<Worker>) -> bool {
        let has_begun = worker.abandon();
        let mut list = self.shared.list.lock();
        worker.next = list.first.take();
        list.first = Some(worker);
        self.shared.changed.notify_all();
        has_begun
    }

    /// Whether there are abandoned workers. They may still run code of this module.
    pub(super) fn is_any(&self) -> bool {
        self.shared.list.lock().first.is_some()
    }

    /// # Safety
    ///
    /// `shared` must be a [`Shared`] that stays until this thread is dead.
    unsafe extern "C" fn main(shared: *mut c_void) -> c_int {
        // SAFETY: The caller passes a pointer to a `Shared` that stays until this thread is dead;
        // all accesses are shared.
        let shared = unsafe { &*shared.cast::<Shared>() };
        let mut list = shared.list.lock();
        loop {
            // Workers are dropped without the lock, since that may take a while.
            if let Some(over) = list.take_over() {
                drop(list);
                drop(over);
                list = shared.list.lock();
            } else if list.first.is_some() {
                drop(list);
                // SAFETY: Only requires that we may sleep.
                unsafe { bindings::schedule_timeout_idle(msecs_to_jiffies(LOOK) as c_long) };
                list = shared.list.lock();
            } else if list.closed {
                return 0;
            } else {
                // Nobody sends signals to this thread.
                let _ = shared.changed.wait_interruptible(&mut list);
            }
        }
    }
}

impl Drop for Abandoned {
    fn drop(&mut self) {
        self.shared.list.lock().closed = true;
        self.shared.changed.notify_all();
        // Dropping the `Kthread` waits for our thread, which ends when the list is empty.
    }
}

impl List {
    /// Takes out a worker whose call is over, if there is one.
    fn take_over(&mut self) -> Option<KBox<Worker>> {
        let mut link = &mut self.first;
        while link.as_ref().is_some_and(|worker| !worker.is_over()) {
            link = &mut link.as_mut()?.next;
        }
        let mut over = link.take()?;
        *link = over.next.take();
        Some(over)
    }
}
