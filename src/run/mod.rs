// SPDX-License-Identifier: GPL-2.0

//! Makes the calls of an evaluation in a kernel thread, and contains crashes. It knows no C types.
//!
//! - [`Execution`]: what an evaluation makes its calls with: a worker, and the memory that is lent
//!   to functions;
//! - [`worker`]: the thread that makes them, one after the other, as the process that asks
//!   ([`thread::asker`]), and [`job`], one of them;
//! - [`registers`] and [`memory`]: what a function is given;
//! - [`leftovers`]: what it leaves in its thread, and [`fault`]: where it crashed;
//! - [`Workers`]: what outlives an evaluation: [`abandoned`] workers, and [`calls`], the list of
//!   all running calls.
//!
//! A crash (an oops) ends the worker's thread only. What the function held stays held. What *we*
//! lent to the function is freed, but not before the thread is dead.

mod abandoned;
mod calls;
mod fault;
mod job;
mod leftovers;
mod memory;
mod registers;
mod thread;
mod worker;

pub(crate) use self::{
    calls::Call,
    job::Returned,
    memory::{
        Memory,
        Misuse,
        MAX_MEMORY,
        MAX_PIECE, //
    },
    registers::Registers, //
};

use self::{
    abandoned::Abandoned,
    calls::Calls,
    fault::Listener,
    thread::asker::Disguise,
    worker::Worker, //
};

use crate::kallsyms::{
    Function,
    Kallsyms,
    Target,
    Words, //
};
use kernel::{
    prelude::*,
    sync::Arc,
    time::{
        Instant,
        Monotonic, //
    }, //
};

/// How a call ended.
pub(crate) enum End {
    /// The function returned.
    Returned(Returned),
    /// It crashed, and its thread ended with this signal; perhaps because it went beyond lent
    /// memory.
    Crashed(i32, Option<Misuse>),
    /// It ended its thread.
    Exited,
    /// It has not returned in time, and goes on.
    TimedOut,
    /// The calling process got a signal, and the function goes on.
    Interrupted,
    /// It was not called, because the time was over (`ETIMEDOUT`) or a signal came (`EINTR`); and
    /// whether it waited for a slot.
    NotBegun(Error, bool),
}

/// What all evaluations share.
pub(crate) struct Workers {
    abandoned: Abandoned,
    calls: Arc<Calls>,
    disguise: Arc<Disguise>,
    _listener: Pin<KBox<Listener>>,
}

impl Workers {
    /// Prepares for calls, and starts the thread that looks after abandoned workers. Sleeps.
    ///
    /// # Errors
    ///
    /// `ENOMEM`; `EINTR` if the calling process is killed meanwhile.
    pub(crate) fn new(kallsyms: &Kallsyms) -> Result<Self> {
        leftovers::find_variables(kallsyms);
        Ok(Self {
            abandoned: Abandoned::new()?,
            calls: Arc::pin_init(Calls::new(), GFP_KERNEL)?,
            disguise: Arc::new(Disguise::new(kallsyms), GFP_KERNEL)?,
            _listener: KBox::try_pin_init(Listener::new(), GFP_KERNEL)?,
        })
    }

    /// Calls `f` for each running call. No call begins or ends meanwhile.
    pub(crate) fn for_each_call(&self, each: impl FnMut(&Call<'_>) -> Result) -> Result {
        self.calls.for_each(each)
    }

    /// Whether functions of abandoned calls still run.
    pub(crate) fn is_any_abandoned(&self) -> bool {
        self.abandoned.is_any()
    }
}

/// What an evaluation makes its calls with. Dropping it ends the worker, and then frees the memory.
pub(crate) struct Execution<'w> {
    workers: &'w Workers,
    // Fields drop in this order: the worker's thread may use lent memory until it is dead.
    worker: Option<KBox<Worker>>,
    /// The memory that is lent to functions. It stays as long as the worker.
    pub(crate) memory: Memory,
    /// Whether the kernel warned of something while one of the functions ran.
    pub(crate) warned: bool,
    begin: Instant<Monotonic>,
    /// How many seconds all calls may take together.
    limit: Option<usize>,
}

impl<'w> Execution<'w> {
    /// A new execution, without a worker. All calls together may take `limit` seconds.
    pub(crate) fn new(workers: &'w Workers, limit: Option<usize>) -> Self {
        Self {
            workers,
            worker: None,
            memory: Memory::default(),
            warned: false,
            begin: Instant::now(),
            limit,
        }
    }

    /// Whether the time is over.
    pub(crate) fn is_late(&self) -> bool {
        let seconds = usize::try_from(self.begin.elapsed().as_millis() / 1000).unwrap_or(0);
        self.limit.is_some_and(|limit| seconds >= limit)
    }

    /// Whether one of the arguments points into the memory.
    pub(crate) fn lends(&self, arguments: &Registers) -> bool {
        let mut words = arguments.words().iter();
        words.any(|word| self.memory.has(*word))
    }

    /// Calls the function `name` at `target`, and waits for its end. Sleeps.
    ///
    /// The worker makes another call only if the function has returned and left nothing behind. It
    /// is abandoned, with all of `memory`, if the function has not returned when the time is over
    /// or a signal comes.
    ///
    /// # Errors
    ///
    /// `ENOMEM`; `EBUSY` if this module is being removed; `EINTR` if the calling process is killed
    /// meanwhile.
    ///
    /// # Safety
    ///
    /// The caller must do what the function demands, and pass the arguments that it demands.
    pub(crate) unsafe fn call(
        &mut self,
        name: &CStr,
        target: Target,
        registers: KBox<Registers>,
    ) -> Result<End> {
        let mut worker = match self.worker.take() {
            Some(worker) => worker,
            None => Worker::start(&self.workers.calls, &self.workers.disguise)?,
        };
        // SAFETY: The worker has no job: it has just been started, or its last one is done. The
        // caller promises to do what the function demands.
        unsafe { worker.begin(name, target, registers, &mut self.memory) }?;
        let gave_up = loop {
            match worker.wait() {
                worker::State::Over => break None,
                worker::State::Interrupted => break Some(EINTR),
                worker::State::Busy if self.is_late() => break Some(ETIMEDOUT),
                worker::State::Busy => {}
            }
        };
        if let Some(why) = gave_up {
            let waits = Function::<Words>::are_all_taken();
            let has_begun = self.workers.abandoned.adopt(worker);
            return Ok(if !has_begun {
                End::NotBegun(why, waits)
            } else if why == EINTR {
                End::Interrupted
            } else {
                End::TimedOut
            });
        }
        // SAFETY: The job is done, or the worker's thread is dead.
        let mut end = unsafe { worker.end(&mut self.memory) }?;
        if let End::Returned(returned) = &mut end {
            returned.misuse = self.memory.misuse();
            self.warned |= returned.leftovers.has_warned();
            if returned.leftovers.is_nothing() && returned.misuse.is_none() {
                self.worker = Some(worker);
            }
        }
        Ok(end)
    }
}
