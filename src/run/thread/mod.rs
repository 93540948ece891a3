// SPDX-License-Identifier: GPL-2.0

//! A kernel thread of our own.
//!
//! C header: [`include/linux/kthread.h`](srctree/include/linux/kthread.h)

pub(in crate::run) mod asker;
pub(in crate::run) mod completion;

use kernel::{
    bindings,
    error::from_err_ptr,
    prelude::*,
    sync::{
        aref::ARef,
        atomic::{
            atomic_load,
            Acquire,
            Relaxed, //
        }, //
    },
    task::Task, //
};

/// How many times to look whether a thread is dead before sleeping between two looks.
const QUICK_LOOKS: u32 = 100;

/// A kernel thread. Dropping this waits until it is dead.
///
/// # Invariants
///
/// `task` is a kernel thread that has been woken.
pub(in crate::run) struct Kthread {
    task: ARef<Task>,
}

impl Kthread {
    /// Starts a thread that runs `main(data)` and ends when that returns. Sleeps.
    ///
    /// # Errors
    ///
    /// `ENOMEM`; `EINTR` if the calling process is killed meanwhile.
    ///
    /// # Safety
    ///
    /// `main(data)` must be sound to call, once and in another thread, until the [`Kthread`] has
    /// been dropped.
    pub(in crate::run) unsafe fn start(
        main: unsafe extern "C" fn(*mut c_void) -> c_int,
        data: *mut c_void,
    ) -> Result<Self> {
        // SAFETY: The name is a format without conversions, which takes no more arguments. The
        // thread calls `main(data)` after it has been woken, once, and the caller promises that
        // this is sound until the `Kthread` is dropped, which waits for the thread's end.
        let task = from_err_ptr(unsafe {
            bindings::kthread_create_on_node(
                Some(main),
                data,
                bindings::NUMA_NO_NODE,
                c"rust_kallsyms".as_char_ptr(),
            )
        })?;
        // SAFETY: A thread that has not been woken yet still waits, so its task exists. A `Task` is
        // a transparent `task_struct`.
        let task: ARef<Task> = unsafe { &*task.cast::<Task>() }.into();
        task.wake_up();
        // INVARIANT: It was woken.
        Ok(Self { task })
    }

    /// Its task.
    pub(in crate::run) fn task(&self) -> &Task {
        &self.task
    }

    /// Whether the thread is dead: it has returned or crashed, and only the kernel's scheduler
    /// still runs in it. If so, the caller sees everything that it wrote.
    pub(in crate::run) fn is_dead(&self) -> bool {
        // SAFETY: We hold a reference to the task, so the field is valid. It is aligned, and the
        // kernel writes it as a whole.
        unsafe { atomic_load(&raw mut (*self.task.as_ptr()).exit_state, Acquire) != 0 }
    }

    /// What a dead thread passed to `do_exit()`: the number of a signal if it crashed.
    pub(in crate::run) fn exit_code(&self) -> i32 {
        // SAFETY: We hold a reference to the task, so the field is valid. It is aligned, and the
        // kernel writes it as a whole.
        unsafe { atomic_load(&raw mut (*self.task.as_ptr()).exit_code, Relaxed) }
    }
}

impl Drop for Kthread {
    fn drop(&mut self) {
        // A thread that crashes again while it ends never completes what `kthread_stop()` waits
        // for.
        if !self.is_dead() {
            // SAFETY: `start` made the task as a kernel thread, and we hold a reference to it. This
            // waits until it is in the kernel's own `do_exit()` for good, which never returns to
            // `main`.
            unsafe { bindings::kthread_stop(self.task.as_ptr()) };
        }
        // The thread still does the work that was queued for its end (`task_work_add()`), which may
        // take a while.
        let mut looks = 0;
        while !self.is_dead() {
            looks += 1;
            if looks < QUICK_LOOKS {
                // SAFETY: This only sleeps, and a `Kthread` is dropped where sleeping is allowed.
                unsafe { bindings::yield_() };
            } else {
                // SAFETY: See above.
                unsafe { bindings::schedule_timeout_idle(1) };
            }
        }
    }
}
