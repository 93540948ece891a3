// SPDX-License-Identifier: GPL-2.0

//! A completion that can do two things that the kernel crate's cannot: wake one waiter, and wait
//! with a time limit.
//!
//! C header: [`include/linux/completion.h`](srctree/include/linux/completion.h)

use kernel::{
    bindings,
    prelude::*,
    time::{
        msecs_to_jiffies,
        Msecs, //
    },
    types::Opaque, //
};

/// A `struct completion`.
#[pin_data]
pub(in crate::run) struct Completion {
    #[pin]
    inner: Opaque<bindings::completion>,
}

// SAFETY: A completion belongs to no thread.
unsafe impl Send for Completion {}
// SAFETY: All threads can use a completion at once.
unsafe impl Sync for Completion {}

/// How a wait ended.
pub(in crate::run) enum Waited {
    /// The completion was completed.
    Completed,
    /// The time was over.
    TimedOut,
    /// A signal came.
    Interrupted,
}

impl Completion {
    /// A new completion, which is not completed.
    pub(in crate::run) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            // SAFETY: The pointer is valid for writes, and the completion stays where it is.
            inner <- Opaque::ffi_init(|inner| unsafe { bindings::init_completion(inner) }),
        })
    }

    /// Wakes one waiter: one that waits now, or the next.
    pub(in crate::run) fn complete(&self) {
        // SAFETY: The completion has been initialized.
        unsafe { bindings::complete(self.inner.get()) };
    }

    /// Wakes all waiters, also future ones.
    pub(in crate::run) fn complete_all(&self) {
        // SAFETY: The completion has been initialized.
        unsafe { bindings::complete_all(self.inner.get()) };
    }

    /// Whether it is completed, so that a wait would end at once.
    pub(in crate::run) fn is_completed(&self) -> bool {
        // SAFETY: The completion has been initialized.
        unsafe { bindings::completion_done(self.inner.get()) }
    }

    /// Waits. May sleep.
    pub(in crate::run) fn wait(&self) {
        // SAFETY: The completion has been initialized.
        unsafe { bindings::wait_for_completion(self.inner.get()) };
    }

    /// Waits as an idle thread, which does not count as load. Only kernel threads may call this:
    /// they get no signals.
    pub(in crate::run) fn wait_idle(&self) {
        // SAFETY: The completion has been initialized. In this state no signal ends the wait.
        unsafe { bindings::wait_for_completion_state(self.inner.get(), bindings::TASK_IDLE) };
    }

    /// Waits for this many milliseconds at most. May sleep.
    pub(in crate::run) fn wait_for(&self, milliseconds: Msecs) -> Waited {
        // SAFETY: The completion has been initialized.
        let left = unsafe {
            bindings::wait_for_completion_interruptible_timeout(
                self.inner.get(),
                msecs_to_jiffies(milliseconds),
            )
        };
        match left {
            1.. => Waited::Completed,
            0 => Waited::TimedOut,
            ..0 => Waited::Interrupted,
        }
    }
}
