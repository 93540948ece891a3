// SPDX-License-Identifier: GPL-2.0

//! Ctrl-C while the module works, and which signals reach a request at all.

use std::{
    mem::MaybeUninit,
    ptr,
    sync::atomic::{
        AtomicBool,
        Ordering, //
    }, //
};

/// Whether there was a Ctrl-C that nobody has taken yet.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

extern "C" fn interrupted(_: libc::c_int) {
    INTERRUPTED.store(true, Ordering::Relaxed);
}

/// While it lives, Ctrl-C ends what the module does, and not this program.
pub struct CtrlC {
    before: libc::sigaction,
}

impl CtrlC {
    pub fn catch() -> Self {
        INTERRUPTED.store(false, Ordering::Relaxed);
        // SAFETY: A `sigaction` is plain integers and an optional function, for all of which zero
        // is a value.
        let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
        // Without SA_RESTART, so that a write or read that waits ends with EINTR.
        action.sa_sigaction = interrupted as *const () as libc::sighandler_t;
        let mut before = MaybeUninit::uninit();
        // SAFETY: Both point to a `sigaction`. The handler does nothing but store to an atomic,
        // which is allowed in one.
        let set = unsafe { libc::sigaction(libc::SIGINT, &action, before.as_mut_ptr()) };
        assert_eq!(set, 0, "SIGINT can be caught");
        Self {
            // SAFETY: The call succeeded, so it has written what was before.
            before: unsafe { before.assume_init() },
        }
    }

    /// Whether Ctrl-C was pressed since the last time.
    pub fn pressed(&self) -> bool {
        INTERRUPTED.swap(false, Ordering::Relaxed)
    }
}

impl Drop for CtrlC {
    fn drop(&mut self) {
        // SAFETY: It points to what `sigaction()` has written before.
        unsafe { libc::sigaction(libc::SIGINT, &self.before, ptr::null_mut()) };
    }
}

/// While it lives, this thread gets no signals but those that shall end a request: the module gives
/// a call up for any signal, also for one that says that the window has another size.
pub struct Blocked {
    before: libc::sigset_t,
}

impl Blocked {
    /// All but the signals by which somebody ends a program.
    pub fn but_for_ends() -> Self {
        Self::new(&[libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT])
    }

    /// All of them: for threads beside the one that asks.
    pub fn all() -> Self {
        Self::new(&[])
    }

    fn new(but: &[libc::c_int]) -> Self {
        let mut set = MaybeUninit::uninit();
        let mut before = MaybeUninit::uninit();
        // SAFETY: Each call gets pointers to a set, which `sigfillset()` initialises first;
        // `pthread_sigmask()` writes the other one.
        unsafe {
            libc::sigfillset(set.as_mut_ptr());
            for signal in but {
                libc::sigdelset(set.as_mut_ptr(), *signal);
            }
            libc::pthread_sigmask(libc::SIG_BLOCK, set.as_ptr(), before.as_mut_ptr());
            Self {
                before: before.assume_init(),
            }
        }
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        // SAFETY: It is the set that was there before.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.before, ptr::null_mut()) };
    }
}
