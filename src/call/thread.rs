// SPDX-License-Identifier: GPL-2.0

//! A call in a kernel thread of its own, so that a function which crashes or hangs takes nobody along.
//!
//! A crash (an oops) ends the thread only. It releases nothing that the function held, but what *we* lent it is
//! owned by the [`Thread`], which is dropped when the kernel thread is dead and not before.

use super::{
    given_up::GivenUp,
    job::{
        Job,
        Returned, //
    },
    kthread::Kthread, //
};
use core::mem::MaybeUninit;
use kernel::{
    bindings,
    prelude::*,
    time::{
        msecs_to_jiffies,
        Instant,
        Monotonic, //
    }, //
};

/// After how many milliseconds a crash is noticed at the latest. A thread that crashed tells nobody, so that is
/// looked at again and again; one that returns does tell.
const LOOK: u32 = 10;

/// How a call ended.
pub(super) enum End {
    /// The function returned.
    Returned(Returned),
    /// It crashed, and this signal was its thread's end.
    Crashed(i32),
    /// It ended its thread.
    Exited,
    /// It took longer than it may, and goes on.
    TimedOut,
    /// The caller got a signal while it ran, and it goes on.
    Interrupted,
}

/// A kernel thread that makes a call.
///
/// The job is dropped after the kernel thread, for whose end that waits; so the function, its arguments and the code of
/// this module stay for as long as the thread may use them.
pub(super) struct Thread {
    kthread: Kthread,
    job: Pin<KBox<Job>>,
    /// The next in a list of those that nobody waits for.
    pub(super) next: Option<KBox<Thread>>,
}

impl Thread {
    /// Starts the call. Sleeps.
    ///
    /// # Safety
    ///
    /// The caller must do as the function of `job` demands, which has not been called yet.
    unsafe fn start(job: Pin<KBox<Job>>) -> Result<KBox<Self>> {
        let place: KBox<MaybeUninit<Self>> = KBox::new_uninit(GFP_KERNEL)?;
        let data = core::ptr::from_ref(&*job).cast_mut().cast();
        // SAFETY: `main` may be called with a job that stays until its thread is dead: it is dropped after the
        // `Kthread`, here as well as in a `Thread`.
        let kthread = unsafe { Kthread::start(Self::main, data) }?;
        Ok(KBox::write(
            place,
            Self {
                kthread,
                job,
                next: None,
            },
        ))
    }

    /// # Safety
    ///
    /// `job` must be a [`Job`] that has not been made, and stay until this thread is dead.
    unsafe extern "C" fn main(job: *mut c_void) -> c_int {
        // SAFETY: The caller passes a pointer to a `Job` that stays until this thread is dead; all accesses are shared.
        let job = unsafe { &*job.cast::<Job>() };
        // SAFETY: This is the one call of `make`, in a new thread, which may sleep and has interrupts enabled.
        // The owner of the job does not access its `work` before the completion or the death of this thread. Who
        // started the thread promised to do as the function demands.
        unsafe { job.make() };
        // SAFETY: The job stays until this thread is dead.
        unsafe { bindings::complete(job.done()) };
        0
    }

    /// Whether the call is over, in whatever way.
    pub(super) fn is_dead(&self) -> bool {
        self.kthread.is_dead()
    }

    /// The end of a call that is over.
    fn end(self) -> End {
        let Self { kthread, job, .. } = self;
        // A crash leaves no value.
        let exit_code = kthread.is_dead().then(|| kthread.exit_code());
        // Waits until the thread is dead.
        drop(kthread);
        // SAFETY: Dropping the `Kthread` has waited for the end of the thread, and `job` is ours alone.
        match (unsafe { job.take_returned() }, exit_code) {
            (Some(returned), _) => End::Returned(returned),
            (None, Some(code)) if code & 0x7f != 0 => End::Crashed(code & 0x7f),
            (None, _) => End::Exited,
        }
    }
}

/// Makes a call in a thread of its own, and waits for its end: for `limit` seconds at most, if there is one.
/// Whom nobody waits for any more is given to `given_up`. Sleeps.
///
/// # Errors
///
/// `ENOMEM`, `EINTR`: there is no thread.
///
/// # Safety
///
/// The caller must do as the function of `job` demands, which has not been called yet.
pub(super) unsafe fn run(
    job: Pin<KBox<Job>>,
    limit: Option<usize>,
    given_up: &GivenUp,
) -> Result<End> {
    let begin = Instant::<Monotonic>::now();
    // SAFETY: The function of `job` has not been called yet, and the caller promises to do as it demands.
    let thread = unsafe { Thread::start(job) }?;
    let end = loop {
        // SAFETY: The completion is there for as long as the job is.
        let waited = unsafe {
            bindings::wait_for_completion_interruptible_timeout(
                thread.job.done(),
                msecs_to_jiffies(LOOK),
            )
        };
        let seconds = usize::try_from(begin.elapsed().as_millis() / 1000).unwrap_or(0);
        match waited {
            1.. => return Ok(KBox::into_inner(thread).end()),
            _ if thread.is_dead() => return Ok(KBox::into_inner(thread).end()),
            ..0 => break End::Interrupted,
            0 if limit.is_some_and(|limit| seconds >= limit) => break End::TimedOut,
            0 => {}
        }
    };
    thread.job.give_up();
    given_up.adopt(thread);
    Ok(end)
}
