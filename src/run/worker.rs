// SPDX-License-Identifier: GPL-2.0

//! A call in a kernel thread of its own, so that a function which crashes or hangs takes nobody along.
//!
//! A crash (an oops) ends the thread only. It releases nothing that the function held, but what *we* lent it is
//! dropped when the kernel thread is dead and not before.
//!
//! Each thread makes one call, so that no function finds what another one left with its thread: credentials, a
//! scheduling policy, signals. To start a thread and to wait for its end takes about as long as all checks of a call. So
//! a thread can be started beforehand, and its end be waited for afterwards: [`Idle`] has both.

use super::{
    abandoned::GivenUp,
    job::{
        Job,
        Returned, //
    },
    kthread::Kthread,
    spare_workers::Idle, //
};
use core::{
    mem::MaybeUninit,
    ptr::null_mut,
    sync::atomic::{
        AtomicPtr,
        Ordering, //
    }, //
};
use kernel::{
    bindings,
    prelude::*,
    time::{
        msecs_to_jiffies,
        Instant,
        Monotonic, //
    },
    types::Opaque, //
};

/// After how many milliseconds a crash is noticed at the latest. A thread that crashed tells nobody, so that is
/// looked at again and again; one that returns does tell.
const LOOK: u32 = 10;

/// How a call ended.
pub(crate) enum End {
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

/// A kernel thread that makes one call, for which it may wait.
///
/// What it uses is dropped after the kernel thread, for whose death that waits; so the function, its arguments and the
/// code of this module stay for as long as the thread may use them.
pub(crate) struct Thread {
    kthread: Kthread,
    post: Pin<KBox<Post>>,
    job: Option<Pin<KBox<Job>>>,
    /// The next in a list of those that nobody waits for.
    pub(crate) next: Option<KBox<Thread>>,
}

/// Where a thread gets its job.
#[pin_data]
struct Post {
    /// Completed when there is a job, and for all time when the thread is to end.
    #[pin]
    go: Opaque<bindings::completion>,
    job: AtomicPtr<Job>,
}

// SAFETY: A completion can be used by any thread, and so can a pointer to a job, which is `Sync`.
unsafe impl Send for Post {}
// SAFETY: A completion can be used by all threads at once, and the pointer is atomic.
unsafe impl Sync for Post {}

impl Post {
    fn wait(&self) {
        // SAFETY: `go` has been initialized. Only `main` calls this, in a thread that may sleep. Nothing wakes one that
        // is idle but the completion, so it does not fail.
        unsafe { bindings::wait_for_completion_state(self.go.get(), bindings::TASK_IDLE) };
    }
}

impl Thread {
    /// Starts a thread, which waits for its call. Sleeps.
    ///
    /// # Errors
    ///
    /// `ENOMEM`; `EINTR` if the calling process is killed meanwhile.
    pub(crate) fn start() -> Result<KBox<Self>> {
        let place: KBox<MaybeUninit<Self>> = KBox::new_uninit(GFP_KERNEL)?;
        let post = KBox::pin_init(
            pin_init!(Post {
                // SAFETY: The pointer is valid for writes, and the completion stays where it is.
                go <- Opaque::ffi_init(|go| unsafe { bindings::init_completion(go) }),
                job: AtomicPtr::new(null_mut()),
            }),
            GFP_KERNEL,
        )?;
        let data = core::ptr::from_ref(&*post).cast_mut().cast();
        // SAFETY: `main` may be called with a `Post` that stays until its thread is dead: it is dropped after the
        // `Kthread`, here as well as in a `Thread`.
        let kthread = unsafe { Kthread::start(Self::main, data) }?;
        Ok(KBox::write(
            place,
            Self {
                kthread,
                post,
                job: None,
                next: None,
            },
        ))
    }

    /// Has the thread make its call. Returns what completes when it has been made.
    ///
    /// # Safety
    ///
    /// The thread must have got no job yet. The caller must do as the function of `job` demands, which has not been
    /// called yet.
    unsafe fn begin(&mut self, job: Pin<KBox<Job>>) -> *mut bindings::completion {
        let job = self.job.insert(job);
        let pointer = core::ptr::from_ref(&**job).cast_mut();
        // The completion, whose lock both sides take, orders this.
        self.post.job.store(pointer, Ordering::Relaxed);
        // SAFETY: The completion is there for as long as `post` is.
        unsafe { bindings::complete(self.post.go.get()) };
        job.done()
    }

    /// # Safety
    ///
    /// `post` must be a [`Post`] that stays until this thread is dead. A job in it must not have been made, and stay
    /// until it is done or this thread is dead.
    unsafe extern "C" fn main(post: *mut c_void) -> c_int {
        // SAFETY: The caller passes a pointer to a `Post` that stays until this thread is dead; all accesses are shared.
        let post = unsafe { &*post.cast::<Post>() };
        post.wait();
        // SAFETY: What is not null is a job that stays until it is done, which is said below; all accesses are shared.
        if let Some(job) = unsafe { post.job.load(Ordering::Relaxed).as_ref() } {
            // SAFETY: This is the one call of `make`, in a new thread, which may sleep and has interrupts enabled.
            // The owner of the job does not access its `work` before the completion or the death of this thread. Who
            // gave the job promised to do as the function demands.
            unsafe { job.make() };
            // SAFETY: The job stays until it is done, and who waits for that takes the lock that is held meanwhile.
            unsafe { bindings::complete(job.done()) };
            // Who waits for the value need not wait for the death of a thread.
            post.wait();
        }
        0
    }

    /// Whether the call has been made, or ended the thread.
    pub(crate) fn is_over(&self) -> bool {
        // SAFETY: The completion is there for as long as the job is.
        let is_done = |job: &Pin<KBox<Job>>| unsafe { bindings::completion_done(job.done()) };
        self.kthread.is_dead() || self.job.as_ref().is_some_and(is_done)
    }

    /// Says that nobody waits for the call any more, so that it need not be made if it has not begun.
    fn give_up(&self) {
        if let Some(job) = &self.job {
            job.give_up();
        }
    }

    /// The end of a call. The thread is kept in `idle` if it can end later; otherwise this waits until it is dead.
    ///
    /// # Safety
    ///
    /// Who calls this must have waited for the job to be done, or for the death of the thread.
    unsafe fn end(mut self: KBox<Self>, idle: &Idle) -> End {
        // A crash leaves no value.
        let exit_code = self.kthread.is_dead().then(|| self.kthread.exit_code());
        let returned = self.job.as_ref().and_then(|job| {
            // SAFETY: The thread came out of `make`, after which it says that the job is done, or it is dead, as the
            // caller promises; and `job` is ours alone.
            let returned = unsafe { job.take_returned() }?;
            Some((job.leaves_thread(&returned), returned))
        });
        match (returned, exit_code) {
            (Some((keep, returned)), _) => {
                if keep {
                    self.job = None;
                    idle.keep(self);
                } else {
                    // What was lent to the function is in `returned`, which outlives the thread.
                    drop(self);
                }
                End::Returned(returned)
            }
            (None, Some(code)) if code & 0x7f != 0 => End::Crashed(code & 0x7f),
            (None, _) => End::Exited,
        }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // A thread that waits for its call, or has made it, ends. Dropping the `Kthread` waits for that.
        // SAFETY: The completion is there for as long as `post` is.
        unsafe { bindings::complete_all(self.post.go.get()) };
    }
}

/// Makes a call in a thread of its own, one of `idle` if that has one, and waits for its end: for `limit` seconds at most,
/// if there is one. Whom nobody waits for any more is given to `given_up`. Sleeps.
///
/// # Errors
///
/// `ENOMEM`, `EINTR`: there is no thread.
///
/// # Safety
///
/// The caller must do as the function of `job` demands, which has not been called yet.
pub(crate) unsafe fn run(
    job: Pin<KBox<Job>>,
    limit: Option<usize>,
    idle: &Idle,
    given_up: &GivenUp,
) -> Result<End> {
    let begin = Instant::<Monotonic>::now();
    let mut thread = match idle.take() {
        Some(thread) => thread,
        None => Thread::start()?,
    };
    // SAFETY: The thread has got no job: it has just been started, or was waiting for its first one in `idle`. The
    // function of `job` has not been called yet, and the caller promises to do as it demands.
    let done = unsafe { thread.begin(job) };
    let end = loop {
        // SAFETY: The completion is in the job, which `thread` keeps.
        let waited = unsafe {
            bindings::wait_for_completion_interruptible_timeout(done, msecs_to_jiffies(LOOK))
        };
        let seconds = usize::try_from(begin.elapsed().as_millis() / 1000).unwrap_or(0);
        match waited {
            // SAFETY: The job is done.
            1.. => return Ok(unsafe { thread.end(idle) }),
            // SAFETY: The thread is dead.
            _ if thread.kthread.is_dead() => return Ok(unsafe { thread.end(idle) }),
            ..0 => break End::Interrupted,
            0 if limit.is_some_and(|limit| seconds >= limit) => break End::TimedOut,
            0 => {}
        }
    };
    thread.give_up();
    given_up.adopt(thread);
    Ok(end)
}
