// SPDX-License-Identifier: GPL-2.0

//! A call that is ready to be made, with all that it uses.

use super::{
    leftovers::{
        Behind,
        State, //
    },
    registers::Passed, //
};
use crate::{
    call::convert::braces::Memory,
    kallsyms::{
        Function,
        Target,
        Words, //
    }, //
};
use core::{
    cell::UnsafeCell,
    sync::atomic::{
        AtomicBool,
        Ordering, //
    }, //
};
use kernel::{
    bindings,
    current,
    prelude::*,
    time::{
        delay::fsleep,
        Delta,
        Instant,
        Monotonic, //
    },
    types::Opaque, //
};

/// How long to wait between two attempts to get a slot.
const SLOT_WAIT: Delta = Delta::from_millis(1);

/// What came back from a function that returned.
pub(crate) struct Returned {
    /// What it left in the registers for its value.
    pub(crate) registers: [usize; 2],
    /// How many nanoseconds it took.
    pub(crate) nanoseconds: i64,
    /// What else it left behind.
    pub(crate) behind: Behind,
    /// The memory that its arguments pointed to.
    pub(crate) memory: Memory,
}

/// A call that is ready to be made: the function, its arguments and the memory that they point to.
///
/// Whoever owns it must keep it until the thread that makes the call has ended, however it ends.
#[pin_data]
pub(crate) struct Job {
    /// Completed when the call has been made, or was given up before the function was called.
    #[pin]
    done: Opaque<bindings::completion>,
    /// Whether nobody waits for it any more.
    given_up: AtomicBool,
    /// Accessed only by who makes the call, and by the owner after that.
    work: UnsafeCell<Work>,
    passed: KBox<Passed>,
    /// Whether the function is of the kernel itself.
    of_vmlinux: bool,
    /// Goes last: what is above is code and data of the module.
    #[allow(dead_code)]
    module: OwnModule,
}

/// The part of a [`Job`] that changes while the call is made.
struct Work {
    /// The function, until a slot is found for it.
    target: Option<Target>,
    /// The function, from then on until it has returned.
    function: Option<Function<Words>>,
    /// What the arguments point to. If the function does not return, it stays for as long as the job.
    memory: Option<Memory>,
    returned: Option<Returned>,
}

impl Work {
    /// Gives the slot back: a call to which this one's value is an argument can have it.
    // Its frame is not there while the function runs.
    #[inline(never)]
    fn release(&mut self) {
        self.function = None;
    }
}

// SAFETY: The pointers inside are to memory that the job owns or to memory of the kernel's own; none belongs to a
// thread.
unsafe impl Send for Job {}
// SAFETY: `done` and `given_up` can be used by all threads at once; `work` is accessed by methods that
// demand exclusive access only; the rest does not change.
unsafe impl Sync for Job {}

impl Job {
    /// Prepares a call of the function at `target`.
    ///
    /// # Errors
    ///
    /// `ENOMEM`; `EBUSY` if the module is being removed.
    pub(crate) fn new(
        target: Target,
        passed: KBox<Passed>,
        memory: Memory,
    ) -> Result<Pin<KBox<Self>>> {
        let module = OwnModule::get().ok_or(EBUSY)?;
        let of_vmlinux = target.is_of_vmlinux();
        KBox::pin_init(
            pin_init!(Self {
                // SAFETY: The pointer is valid for writes, and the completion stays where it is.
                done <- Opaque::ffi_init(|done| unsafe { bindings::init_completion(done) }),
                given_up: AtomicBool::new(false),
                work: UnsafeCell::new(Work {
                    target: Some(target),
                    function: None,
                    memory: Some(memory),
                    returned: None,
                }),
                passed,
                of_vmlinux,
                module,
            }),
            GFP_KERNEL,
        )
    }

    /// What completes when [`make`](Self::make) has ended.
    pub(crate) fn done(&self) -> *mut bindings::completion {
        self.done.get()
    }

    /// Whether a thread in which the function has returned can end later: the function has left nothing behind, and what
    /// it may have given its thread to do stays, since it had no memory of ours and is of no module.
    pub(crate) fn leaves_thread(&self, returned: &Returned) -> bool {
        self.of_vmlinux && returned.memory.is_empty() && returned.behind.is_nothing()
    }

    /// Says that nobody waits for the call any more, so that it need not be made if it has not begun.
    pub(crate) fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
    }

    /// Makes the call.
    ///
    /// Little of the stack is used when the function is entered.
    ///
    /// # Safety
    ///
    /// This must be called once, in a process that may sleep and with interrupts enabled; nobody else may access `work`
    /// until it returns. The caller must do as the function demands.
    pub(crate) unsafe fn make(&self) {
        // SAFETY: The caller promises that nobody else accesses `work` until this returns.
        unsafe { self.claim() };
        // SAFETY: The caller promises that nobody else accesses `work` until this returns.
        let work = unsafe { &mut *self.work.get() };
        let Some(function) = &work.function else {
            return;
        };
        let state = State::now();
        let begin = Instant::<Monotonic>::now();
        // SAFETY: The function and its module stay for as long as `function` does, and the memory that the
        // arguments point to for as long as `self`. The words are where the function looks for its arguments, since
        // `Passed` follows the C ABI. What else it demands is the caller's promise.
        let registers = unsafe { function.call_words(self.passed.words()) };
        let nanoseconds = begin.elapsed().as_nanos();
        let behind = state.restore();
        work.release();
        work.returned = work.memory.take().map(|memory| Returned {
            registers,
            nanoseconds,
            behind,
            memory,
        });
    }

    /// Gets a slot for the function: waits for one, until there is one or the call is given up.
    ///
    /// # Safety
    ///
    /// Nobody else may access `work` meanwhile.
    #[inline(never)]
    unsafe fn claim(&self) {
        // SAFETY: The caller promises that nobody else accesses `work` until this returns.
        let work = unsafe { &mut *self.work.get() };
        while let Some(target) = work.target.take() {
            // SAFETY: `Words` says nothing of what the function takes; whoever calls it with words says that.
            match unsafe { Function::try_new(target) } {
                Ok(function) => work.function = Some(function),
                Err(target) => {
                    if self.given_up.load(Ordering::Relaxed) || current!().signal_pending() {
                        return;
                    }
                    work.target = Some(target);
                    fsleep(SLOT_WAIT);
                }
            }
        }
    }

    /// Takes what the function returned; [`None`] if it was not called, or did not return.
    ///
    /// # Safety
    ///
    /// The thread that runs [`make`](Self::make) must have come out of it, or be dead, and nobody else may call this at
    /// the same time.
    pub(crate) unsafe fn take_returned(&self) -> Option<Returned> {
        // SAFETY: The thread that wrote to `work` has come out of `make()`, or is dead, and nobody else takes it, as
        // the caller promises.
        unsafe { (*self.work.get()).returned.take() }
    }
}

/// A reference to this module, which cannot be removed while this lives.
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
        // SAFETY: `get` got the reference. Whoever drops this is a thread whose way out of the module's code is
        // waited for before that is freed: one that the module's exit function stops, or one that entered by
        // insmod or by a file.
        unsafe { bindings::module_put((&raw const bindings::__this_module).cast_mut()) };
    }
}
