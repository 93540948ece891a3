// SPDX-License-Identifier: GPL-2.0

//! Threads between calls: one that waits for the next call, and one that has made the last.

use super::worker::Thread;
use kernel::{
    new_mutex,
    prelude::*,
    sync::Mutex, //
};

/// Threads that make no call now.
#[pin_data]
pub(crate) struct Idle {
    #[pin]
    threads: Mutex<Threads>,
}

/// # Invariants
///
/// `next` has got no job.
#[derive(Default)]
struct Threads {
    /// Waits for its call.
    next: Option<KBox<Thread>>,
    /// Has made its call, and waits to be ended.
    used: Option<KBox<Thread>>,
}

impl Idle {
    /// Without any.
    pub(crate) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            // INVARIANT: There is no `next`.
            threads <- new_mutex!(Threads::default()),
        })
    }

    /// A thread that has got no job.
    pub(crate) fn take(&self) -> Option<KBox<Thread>> {
        self.threads.lock().next.take()
    }

    /// Keeps a thread that has made its call. Sleeps: the one before is ended.
    pub(crate) fn keep(&self, thread: KBox<Thread>) {
        let before = self.threads.lock().used.replace(thread);
        // Without the lock.
        drop(before);
    }

    /// Ends the thread that has made the last call. Sleeps.
    pub(crate) fn end_used(&self) {
        let used = self.threads.lock().used.take();
        // Without the lock.
        drop(used);
    }

    /// Starts a thread for the next call, if there is none. Sleeps.
    pub(crate) fn start_next(&self) {
        if self.threads.lock().next.is_some() {
            return;
        }
        // Without it, the next call starts its own.
        let Ok(new) = Thread::start() else { return };
        let mut threads = self.threads.lock();
        let spare = match threads.next {
            // INVARIANT: It has just been started.
            None => {
                threads.next = Some(new);
                None
            }
            // Somebody else was faster.
            Some(_) => Some(new),
        };
        drop(threads);
        drop(spare);
    }
}
