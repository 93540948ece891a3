// SPDX-License-Identifier: GPL-2.0

//! A kernel thread of our own.
//!
//! C header: [`include/linux/kthread.h`](srctree/include/linux/kthread.h)

use core::{
    ptr::NonNull,
    sync::atomic::{
        fence,
        Ordering, //
    }, //
};
use kernel::{
    bindings,
    error::from_err_ptr,
    prelude::*, //
};

/// How often to look for the end of a thread at once, before time is given to others.
const QUICK_LOOKS: u32 = 100;

/// A kernel thread. Dropping this waits until it is dead.
///
/// # Invariants
///
/// `task` is a kernel thread that has been woken, and we hold a reference to it.
pub(crate) struct Kthread {
    task: NonNull<bindings::task_struct>,
}

// SAFETY: A reference to a task can be used and put by any thread.
unsafe impl Send for Kthread {}

impl Kthread {
    /// Starts a thread that runs `main(data)` and ends when that returns. Sleeps.
    ///
    /// # Errors
    ///
    /// `ENOMEM`; `EINTR` if the calling process is killed meanwhile.
    ///
    /// # Safety
    ///
    /// `main(data)` must be sound to call, once and in another thread, until the [`Kthread`] has been dropped.
    pub(crate) unsafe fn start(
        main: unsafe extern "C" fn(*mut c_void) -> c_int,
        data: *mut c_void,
    ) -> Result<Self> {
        // SAFETY: The name is a string without conversions, so that no more arguments are taken. The thread
        // calls `main(data)` after it has been woken, once, and the caller promises that this is sound until the
        // `Kthread` is dropped, which waits for the thread's end.
        let task = from_err_ptr(unsafe {
            bindings::kthread_create_on_node(
                Some(main),
                data,
                bindings::NUMA_NO_NODE,
                c"rust_kallsyms".as_char_ptr(),
            )
        })?;
        // SAFETY: A thread that was not woken yet waits for that and cannot be gone.
        unsafe {
            bindings::get_task_struct(task);
            bindings::wake_up_process(task);
        }
        // INVARIANT: It was woken, and the reference is ours. What is no error is no null pointer either.
        Ok(Self {
            task: NonNull::new(task).ok_or(ENOMEM)?,
        })
    }

    /// Whether the thread is dead: it has returned, or crashed, and runs no code but that of the kernel's scheduler
    /// any more.
    pub(crate) fn is_dead(&self) -> bool {
        // SAFETY: We hold a reference to the task, so it is there; the word is read as a whole.
        let state = unsafe { (&raw const (*self.task.as_ptr()).exit_state).read_volatile() };
        // What it wrote before it died is seen from here on: it took and released locks in between.
        fence(Ordering::Acquire);
        state != 0
    }

    /// What a dead thread gave `do_exit()`: the number of a signal if it crashed.
    pub(crate) fn exit_code(&self) -> i32 {
        // SAFETY: We hold a reference to the task, so it is there; the word is read as a whole.
        unsafe { (&raw const (*self.task.as_ptr()).exit_code).read_volatile() }
    }
}

impl Drop for Kthread {
    fn drop(&mut self) {
        // A thread that crashed while it died of a crash never gets to where `kthread_stop()` is told of it.
        if !self.is_dead() {
            // SAFETY: `start` made the task as a kernel thread and took a reference to it, which is put below. This
            // waits until it is in the kernel's own `do_exit()` for good, out of which no way leads back to `main`.
            unsafe { bindings::kthread_stop(self.task.as_ptr()) };
        }
        // There it still does what it was given to do when it ends (`task_work_add()`), which may take a while.
        let mut looks = 0;
        while !self.is_dead() {
            looks += 1;
            match looks {
                // SAFETY: Both only sleep, which whoever drops a thread may.
                ..QUICK_LOOKS => unsafe { bindings::yield_() },
                // SAFETY: See above.
                _ => drop(unsafe { bindings::schedule_timeout_idle(1) }),
            }
        }
        // SAFETY: `start` took the reference, and it is put here, once.
        unsafe { bindings::put_task_struct(self.task.as_ptr()) };
    }
}
