// SPDX-License-Identifier: GPL-2.0

//! A kernel thread that makes calls, one after the other.

use super::{
    calls::{
        Calls,
        Entry,
        Listing, //
    },
    job::{
        Job,
        Lent, //
    },
    memory::{
        Memory,
        Misuse, //
    },
    registers::Registers,
    thread::{
        asker::{
            Asker,
            Disguise, //
        },
        completion::{
            Completion,
            Waited, //
        },
        Kthread, //
    },
    End, //
};
use crate::kallsyms::Target;
use core::{
    cell::UnsafeCell,
    mem::{
        replace,
        take, //
    }, //
};
use kernel::{
    bindings,
    current,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    },
    time::Msecs, //
};

/// How many milliseconds a crash can go unnoticed. A thread that crashes notifies nobody, so its
/// owner looks again and again; a thread that returns does notify.
const LOOK: Msecs = 10;

/// The address that a thread could not access; 0 for none.
pub(super) struct Fault {
    pub(super) address: Atomic<usize>,
    pub(super) is_write: Atomic<bool>,
}

impl Fault {
    /// No address.
    const fn none() -> Self {
        Self {
            address: Atomic::new(0),
            is_write: Atomic::new(false),
        }
    }

    /// The address, and whether it was written to.
    fn get(&self) -> Option<(usize, bool)> {
        let address = self.address.load(Relaxed);
        (address != 0).then(|| (address, self.is_write.load(Relaxed)))
    }
}

/// A kernel thread that makes calls. Dropping this waits until it is dead.
pub(super) struct Worker {
    // Fields drop in this order: first the thread, then what it uses, and last the reference to our
    // own module.
    kthread: Kthread,
    desk: Pin<KBox<Desk>>,
    /// One function of each module that was called, which keeps the module: a function may have
    /// queued work for the thread's end.
    called: KVec<Target>,
    listing: Listing,
    /// The next worker in the list of abandoned ones.
    pub(super) next: Option<KBox<Worker>>,
    #[allow(dead_code)]
    module: OwnModule,
}

/// Where the thread gets its jobs and leaves their results.
#[pin_data]
struct Desk {
    asker: Asker,
    /// Completed when the thread does not need the asking process any more.
    #[pin]
    adopted: Completion,
    /// Completed once for each job, and for all time when the thread shall end.
    #[pin]
    go: Completion,
    /// Completed when the job is done.
    #[pin]
    done: Completion,
    /// Belongs to the thread from `go` until `done` or until it is dead; otherwise to the owner.
    job: UnsafeCell<Job>,
    entry: Arc<Entry>,
    /// The address that the function could not access when it crashed.
    fault: Fault,
}

// SAFETY: The pointers in a job are to memory that it owns or to the kernel's own memory. None
// belongs to a thread.
unsafe impl Send for Desk {}
// SAFETY: The thread and the owner take turns with `job`, as the field says. All threads may use
// everything else at once.
unsafe impl Sync for Desk {}

/// The state of a worker's job.
pub(super) enum State {
    /// The function has not returned.
    Busy,
    /// The job is done, or the thread is dead.
    Over,
    /// The function has not returned, and the process that waits got a signal.
    Interrupted,
}

impl Worker {
    /// Starts a thread that runs as this process, and waits for its first job. Sleeps.
    ///
    /// # Errors
    ///
    /// `ENOMEM`; `EBUSY` if this module is being removed; `EINTR` if the calling process is killed
    /// meanwhile.
    pub(super) fn start(calls: &Arc<Calls>, disguise: &Arc<Disguise>) -> Result<KBox<Self>> {
        let place = KBox::new_uninit(GFP_KERNEL)?;
        let module = OwnModule::get().ok_or(EBUSY)?;
        let listing = calls.add()?;
        let entry = listing.entry.clone();
        let asker = Asker::current(disguise);
        let desk = KBox::pin_init(
            pin_init!(Desk {
                asker,
                adopted <- Completion::new(),
                go <- Completion::new(),
                done <- Completion::new(),
                job: UnsafeCell::new(Job::None),
                entry,
                fault: Fault::none(),
            }),
            GFP_KERNEL,
        )?;
        let data = core::ptr::from_ref(&*desk).cast_mut().cast();
        // SAFETY: `data` is a `Desk` that stays until the thread is dead: it is dropped after the
        // `Kthread`, here as well as in a `Worker`. Jobs are only put there by `begin`, whose
        // caller promises what `main` demands.
        let kthread = unsafe { Kthread::start(Self::main, data) }?;
        listing.set_task(kthread.task());
        let worker = Self {
            kthread,
            desk,
            called: KVec::new(),
            listing,
            next: None,
            module,
        };
        Ok(KBox::write(place, worker))
    }

    /// Has the thread call the function `name` at `target`, and lends it all of `memory`.
    ///
    /// # Errors
    ///
    /// `ENOMEM`, and nothing has happened.
    ///
    /// # Safety
    ///
    /// The worker must have no job: it has just been started, or [`end`](Self::end) has said that
    /// the last one returned. The caller must do what the function demands, and pass the arguments
    /// that it demands.
    pub(super) unsafe fn begin(
        &mut self,
        name: &CStr,
        target: Target,
        registers: KBox<Registers>,
        memory: &mut Memory,
    ) -> Result {
        // For `keep`, which must not fail.
        self.called.reserve(1, GFP_KERNEL)?;
        self.listing.begin(name)?;
        let memory = take(memory);
        let job = Job::Ready(target, Lent { registers, memory });
        // SAFETY: The caller promises that there is no job, so the thread waits for `go`, and the
        // job is the owner's.
        unsafe { *self.desk.job.get() = job };
        // Both sides take the completion's lock, which orders this write before the thread's reads.
        self.desk.go.complete();
        Ok(())
    }

    /// Waits for a short while until the job is done.
    pub(super) fn wait(&self) -> State {
        match self.desk.done.wait_for(LOOK) {
            Waited::Completed => State::Over,
            _ if self.kthread.is_dead() => State::Over,
            Waited::TimedOut => State::Busy,
            Waited::Interrupted => State::Interrupted,
        }
    }

    /// How the job ended. Lent memory is back in `memory` if the function returned; otherwise it
    /// stays here.
    ///
    /// # Errors
    ///
    /// `ENOMEM`: the thread could not run as the process that asks.
    ///
    /// # Safety
    ///
    /// The last [`wait`](Self::wait) must have returned [`State::Over`].
    pub(super) unsafe fn end(&mut self, memory: &mut Memory) -> Result<End> {
        self.listing.end();
        // SAFETY: The job is done or the thread is dead, as the caller promises. So the job is the
        // owner's.
        match replace(unsafe { &mut *self.desk.job.get() }, Job::None) {
            Job::Done(target, lent, returned) => {
                *memory = lent;
                self.keep(target);
                Ok(End::Returned(returned))
            }
            job @ Job::Ready(..) => {
                // SAFETY: As above.
                unsafe { *self.desk.job.get() = job };
                Err(ENOMEM)
            }
            job => {
                // SAFETY: As above. What the thread used stays until the worker is dropped.
                unsafe { *self.desk.job.get() = job };
                Ok(match self.kthread.exit_code() & 0x7f {
                    0 => End::Exited,
                    signal => End::Crashed(signal, self.overrun()),
                })
            }
        }
    }

    /// How a crashed function misused lent memory, if that was why it crashed.
    fn overrun(&self) -> Option<Misuse> {
        let (address, is_write) = self.desk.fault.get()?;
        // SAFETY: The thread is dead, so the job is the owner's.
        let Job::Called(_, lent) = (unsafe { &*self.desk.job.get() }) else {
            return None;
        };
        let piece = lent.memory.beside(address)?;
        Some(if is_write {
            Misuse::Written(piece)
        } else {
            Misuse::Read(piece)
        })
    }

    /// Keeps the module of a called function loaded until the thread is dead.
    fn keep(&mut self, target: Target) {
        let is_kept = |kept: &Target| kept.is_of_same_module(&target);
        if !target.is_of_vmlinux() && !self.called.iter().any(is_kept) {
            // This succeeds, since `begin` has reserved memory.
            let _ = self.called.push_within_capacity(target);
        }
    }

    /// Abandons the worker: a call that has not begun will not be made. Returns whether it has
    /// begun. Sleeps as long as the thread needs the asking process.
    pub(super) fn abandon(&self) -> bool {
        self.desk.adopted.wait();
        self.listing.abandon()
    }

    /// Whether the call is over: the function returned, or the thread ended.
    pub(super) fn is_over(&self) -> bool {
        self.kthread.is_dead() || self.desk.done.is_completed()
    }

    /// # Safety
    ///
    /// `desk` must be a [`Desk`] that stays until this thread is dead. For each job that is put
    /// there, the caller must do what its function demands, and leave the job alone until it is
    /// done or this thread is dead.
    unsafe extern "C" fn main(desk: *mut c_void) -> c_int {
        // SAFETY: The caller passes a pointer to a `Desk` that stays until this thread is dead; all
        // accesses are shared.
        let desk = unsafe { &*desk.cast::<Desk>() };
        // SAFETY: The asking process has started this thread. It stays in our code until `adopted`
        // is completed below: until then it neither abandons this thread nor sees it dead.
        let adopted = unsafe { desk.asker.adopt() };
        desk.adopted.complete_all();
        if adopted.is_err() {
            return 0;
        }
        loop {
            desk.go.wait_idle();
            // SAFETY: `go` has been completed, so the job is this thread's.
            let job = unsafe { &mut *desk.job.get() };
            if !matches!(job, Job::Ready(..)) {
                return 0;
            }
            // SAFETY: This thread may sleep, and interrupts are enabled: it makes no call after one
            // that left something behind. The caller promises to do what the function demands.
            unsafe { job.make(&desk.entry) };
            // If the call was abandoned before it began, it has not been made, and no other job
            // comes.
            let is_abandoned = matches!(job, Job::Ready(..));
            desk.done.complete();
            if is_abandoned {
                return 0;
            }
        }
    }
}

/// Where to note the address that this thread could not access, if this is a worker.
pub(super) fn current_fault() -> Option<&'static Fault> {
    let task = current!().as_ptr();
    // SAFETY: The task is the current one. `kthread_func()` and `kthread_data()` need a kernel
    // thread, which is checked first. The data of one that runs `main` is a `Desk`, which stays
    // until the thread is dead, so at least as long as this thread runs.
    unsafe {
        let is_worker = (*task).flags & bindings::PF_KTHREAD != 0
            && bindings::kthread_func(task) == Worker::main as *mut c_void;
        is_worker.then(|| &(*bindings::kthread_data(task).cast::<Desk>()).fault)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // If the thread waits for a job, it ends now. Dropping the `Kthread` waits for that.
        self.desk.go.complete_all();
    }
}

/// A reference to this module. While it lives, the module cannot be removed.
struct OwnModule(());

impl OwnModule {
    /// A reference, unless the module is being removed.
    fn get() -> Option<Self> {
        // SAFETY: The module is this one, so it is there.
        let got =
            unsafe { bindings::try_module_get((&raw const bindings::__this_module).cast_mut()) };
        got.then_some(Self(()))
    }
}

impl Drop for OwnModule {
    fn drop(&mut self) {
        // SAFETY: `get` took the reference. The module's code is not freed before the thread that
        // drops this has left it: the module's exit function waits for our own threads, and the
        // kernel waits for a thread that entered by insmod or by a file.
        unsafe { bindings::module_put((&raw const bindings::__this_module).cast_mut()) };
    }
}
