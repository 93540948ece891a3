// SPDX-License-Identifier: GPL-2.0

//! What a function may leave in its thread: preemption or interrupts disabled, RCU not left, locks held.
//!
//! The kernel's `do_one_initcall()` compares the same before and after, and repairs what can be repaired.

use crate::{
    kallsyms::{
        Kallsyms,
        Kind, //
    },
    module_bindings, //
};
use core::mem::offset_of;
use kernel::{
    bindings,
    current,
    fmt,
    prelude::{
        fmt,
        *, //
    },
    sync::atomic::{
        Atomic,
        Relaxed, //
    }, //
};

/// The mutexes that patching code takes, as every call of another function does: one that is kept is noticed also
/// where the kernel counts no locks.
const MUTEXES: [&CStr; 4] = [
    c"text_mutex",
    c"static_call_mutex",
    c"jump_label_mutex",
    c"module_mutex",
];

/// Where they are; 0 where that is not known.
static ADDRESSES: [Atomic<usize>; MUTEXES.len()] = [const { Atomic::new(0) }; MUTEXES.len()];

/// Finds the mutexes.
pub(super) fn find_mutexes(kallsyms: &Kallsyms) {
    for (address, name) in ADDRESSES.iter().zip(MUTEXES) {
        let found = kallsyms
            .lookup_name(name)
            .filter(|address| matches!(kallsyms.layout().kind(*address), Kind::Data | Kind::Bss));
        address.store(found.unwrap_or(0), Relaxed);
    }
}

/// The first of the mutexes that this thread holds.
#[inline(never)]
fn held() -> Option<&'static CStr> {
    let this = current!().as_ptr() as usize;
    let is_held = |address: usize| {
        // SAFETY: The address is that of a `struct mutex` of the kernel itself, which stays; the word with the owner is
        // read as a whole.
        let owner = unsafe { ((address + OWNER) as *const usize).read_volatile() };
        owner & !7 == this
    };
    let addresses = ADDRESSES.iter().map(|address| address.load(Relaxed));
    let mut mutexes = addresses.zip(MUTEXES);
    mutexes
        .find(|(address, _)| *address != 0 && is_held(*address))
        .map(|(_, name)| name)
}

/// Where the owner is in a mutex: a pointer with flags in its low bits (`MUTEX_FLAGS`, `RT_MUTEX_HAS_WAITERS`).
#[cfg(not(CONFIG_PREEMPT_RT))]
const OWNER: usize = offset_of!(bindings::mutex, owner);
#[cfg(CONFIG_PREEMPT_RT)]
const OWNER: usize = offset_of!(bindings::mutex, rtmutex.owner);

/// The state that a function has to leave as it found it.
pub(super) struct ThreadState {
    preempt_count: i32,
    rcu_depth: i32,
    lock_depth: i32,
    /// A mutex whose owner this thread seems to be. That was another one, which has ended and was at the same address.
    mutex: Option<&'static CStr>,
}

/// What a function has left in its thread.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leftovers {
    /// How often it disabled preemption too often.
    preempt_count: i32,
    /// Whether it disabled interrupts.
    irqs_disabled: bool,
    /// How often it entered an RCU read-side critical section too often.
    rcu_depth: i32,
    /// How many locks it kept, as far as the kernel counts them.
    lock_depth: i32,
    /// A mutex that it kept.
    mutex: Option<&'static CStr>,
}

impl ThreadState {
    /// The state of this thread.
    pub(super) fn now() -> Self {
        let mutex = held();
        // SAFETY: The three only read what belongs to this thread, and have no requirements.
        unsafe {
            Self {
                preempt_count: module_bindings::rust_kallsyms_preempt_count(),
                rcu_depth: module_bindings::rust_kallsyms_rcu_depth(),
                lock_depth: module_bindings::rust_kallsyms_lock_depth(),
                mutex,
            }
        }
    }

    /// Puts right what differs since, locks aside; says what that was. Interrupts were enabled before.
    pub(super) fn restore(&self) -> Leftovers {
        let now = Self::now();
        let leftovers = Leftovers {
            preempt_count: now.preempt_count.wrapping_sub(self.preempt_count),
            // SAFETY: Has no requirements.
            irqs_disabled: unsafe { module_bindings::rust_kallsyms_irqs_disabled() },
            rcu_depth: now.rcu_depth.wrapping_sub(self.rcu_depth),
            lock_depth: now.lock_depth.wrapping_sub(self.lock_depth),
            mutex: now.mutex.filter(|mutex| Some(*mutex) != self.mutex),
        };
        if leftovers.preempt_count != 0 {
            // SAFETY: That was the count before the call, and whoever changed it since has returned.
            unsafe { module_bindings::rust_kallsyms_preempt_count_set(self.preempt_count) };
        }
        if leftovers.irqs_disabled {
            // SAFETY: They were enabled before the call, and whoever disabled them has returned.
            unsafe { module_bindings::rust_kallsyms_irq_enable() };
        }
        if leftovers.rcu_depth != 0 {
            // SAFETY: That was the depth before the call. Whoever entered the sections above it has returned;
            // the kernel leaves them in the same way when a thread ends.
            unsafe { module_bindings::rust_kallsyms_rcu_depth_set(self.rcu_depth) };
        }
        leftovers
    }
}

impl Leftovers {
    /// Whether there is nothing.
    pub(crate) fn is_nothing(&self) -> bool {
        let Self {
            preempt_count,
            irqs_disabled,
            rcu_depth,
            lock_depth,
            mutex,
        } = *self;
        !irqs_disabled && mutex.is_none() && [preempt_count, rcu_depth, lock_depth] == [0; 3]
    }
}

impl fmt::Display for Leftovers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if self.irqs_disabled {
            f.write_str("interrupts disabled")?;
            separator = ", ";
        }
        if let Some(mutex) = self.mutex {
            f.write_fmt(fmt!("{separator}{mutex} locked"))?;
            separator = ", ";
        }
        for (difference, what) in [
            (self.preempt_count, "the preemption count"),
            (
                self.rcu_depth,
                "the depth of RCU read-side critical sections",
            ),
            (self.lock_depth, "the number of locks held"),
        ] {
            if difference != 0 {
                f.write_fmt(fmt!("{separator}{what} changed by {difference:+}"))?;
                separator = ", ";
            }
        }
        Ok(())
    }
}
