// SPDX-License-Identifier: GPL-2.0

//! What a function may leave in its thread: preemption or interrupts disabled, RCU not left, locks
//! held.
//!
//! The kernel's `do_one_initcall()` does the same: it compares the state before and after, and
//! repairs what it can.

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
        atomic_load,
        Atomic,
        Relaxed, //
    },
    time::{
        delay::fsleep,
        Delta, //
    }, //
};

/// The mutexes that are taken to patch code, as our first call of any function does. If a function
/// keeps one, this is noticed even if the kernel does not count locks.
const MUTEXES: [&CStr; 4] = [
    c"text_mutex",
    c"static_call_mutex",
    c"jump_label_mutex",
    c"module_mutex",
];

/// The addresses of variables of the kernel; 0 if they are not known.
static HOTPLUG_LOCK: Atomic<usize> = Atomic::new(0);
static WARN_COUNT: Atomic<usize> = Atomic::new(0);

/// How long, and how often, to wait for `cpu_hotplug_lock` before it counts as left locked. Its
/// other users release it sooner.
const HOTPLUG_WAIT: Delta = Delta::from_millis(10);
const HOTPLUG_LOOKS: u32 = 200;

/// The addresses of the mutexes; 0 if they are not known.
static ADDRESSES: [Atomic<usize>; MUTEXES.len()] = [const { Atomic::new(0) }; MUTEXES.len()];

/// Finds the kernel's variables.
pub(super) fn find_variables(kallsyms: &Kallsyms) {
    let others = [
        (&HOTPLUG_LOCK, c"cpu_hotplug_lock"),
        (&WARN_COUNT, c"warn_count"),
    ];
    let mutexes = ADDRESSES.iter().zip(MUTEXES);
    for (address, name) in Iterator::chain(mutexes, others) {
        let found = kallsyms
            .lookup_name(name)
            .filter(|address| matches!(kallsyms.layout().kind(*address), Kind::Data | Kind::Bss));
        address.store(found.unwrap_or(0), Relaxed);
    }
}

/// The first of the mutexes that this thread holds, if any.
#[inline(never)]
fn held() -> Option<&'static CStr> {
    let this = current!().as_ptr() as usize;
    let is_held = |address: usize| {
        // SAFETY: At the address, there is a `struct mutex` of the kernel itself, which is never
        // freed. The word with the owner is aligned, and is read as a whole.
        let owner = unsafe { ((address + OWNER) as *const usize).read_volatile() };
        owner & !7 == this
    };
    let addresses = ADDRESSES.iter().map(|address| address.load(Relaxed));
    let mut mutexes = addresses.zip(MUTEXES);
    mutexes
        .find(|(address, _)| *address != 0 && is_held(*address))
        .map(|(_, name)| name)
}

/// The offset of a mutex's owner: a pointer with flags in its low bits (`MUTEX_FLAGS`,
/// `RT_MUTEX_HAS_WAITERS`).
#[cfg(not(CONFIG_PREEMPT_RT))]
const OWNER: usize = offset_of!(bindings::mutex, owner);
#[cfg(CONFIG_PREEMPT_RT)]
const OWNER: usize = offset_of!(bindings::mutex, rtmutex.owner);

/// The state of a thread, which a function must not change.
pub(super) struct ThreadState {
    preempt_count: i32,
    rcu_depth: i32,
    lock_depth: i32,
    thread: module_bindings::rust_kallsyms_thread,
    /// How often the kernel has warned.
    warnings: u32,
    is_hotplug_locked: bool,
    /// A mutex that this thread seems to own. In fact an earlier thread at the same address did not
    /// unlock it.
    mutex: Option<&'static CStr>,
}

/// The changes that a function has left in its thread.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leftovers {
    /// How much the preemption count has grown.
    preempt_count: i32,
    /// Whether it disabled interrupts.
    irqs_disabled: bool,
    /// How much the depth of RCU read-side critical sections has grown.
    rcu_depth: i32,
    /// How many more locks it holds, if the kernel counts them.
    lock_depth: i32,
    /// A mutex that it kept.
    mutex: Option<&'static CStr>,
    /// Whether it kept `cpu_hotplug_lock`, so that processors cannot come and go.
    hotplug_lock: bool,
    /// Whether the kernel warned of something meanwhile. That may not be the function's fault, so
    /// it does not count as left.
    has_warned: bool,
    /// Which of the [`PARTS`] of its thread it changed.
    thread: u32,
}

/// Parts of a thread that a function may change, and what they are called.
const PARTS: [(u32, &str); 6] = [
    (
        module_bindings::RUST_KALLSYMS_MM,
        "the memory of another process in use",
    ),
    (module_bindings::RUST_KALLSYMS_CRED, "other credentials"),
    (
        module_bindings::RUST_KALLSYMS_FS,
        "another root or working directory",
    ),
    (
        module_bindings::RUST_KALLSYMS_NAMESPACES,
        "other namespaces",
    ),
    (
        module_bindings::RUST_KALLSYMS_FLAGS,
        "other flags of the thread",
    ),
    (
        module_bindings::RUST_KALLSYMS_STATE,
        "the thread about to sleep",
    ),
];

impl ThreadState {
    /// The state of this thread.
    pub(super) fn now() -> Self {
        let mutex = held();
        let mut thread = Default::default();
        // SAFETY: `thread` is valid for writes. These functions only read what belongs to this
        // thread.
        unsafe {
            module_bindings::rust_kallsyms_thread_get(&mut thread);
            Self {
                thread,
                warnings: warnings(),
                is_hotplug_locked: is_hotplug_locked(),
                preempt_count: module_bindings::rust_kallsyms_preempt_count(),
                rcu_depth: module_bindings::rust_kallsyms_rcu_depth(),
                lock_depth: module_bindings::rust_kallsyms_lock_depth(),
                mutex,
            }
        }
    }

    /// Restores what has changed since, and returns what that was. It releases no lock but
    /// `cpu_hotplug_lock`. Interrupts must have been enabled before.
    pub(super) fn restore(&self) -> Leftovers {
        let now = Self::now();
        let mut leftovers = Leftovers {
            preempt_count: now.preempt_count.wrapping_sub(self.preempt_count),
            // SAFETY: Has no requirements.
            irqs_disabled: unsafe { module_bindings::rust_kallsyms_irqs_disabled() },
            rcu_depth: now.rcu_depth.wrapping_sub(self.rcu_depth),
            lock_depth: now.lock_depth.wrapping_sub(self.lock_depth),
            mutex: now.mutex.filter(|mutex| Some(*mutex) != self.mutex),
            thread: 0,
            has_warned: false,
            hotplug_lock: false,
        };
        if leftovers.preempt_count != 0 {
            // SAFETY: This was the count before the call, and the code that changed it has
            // returned.
            unsafe { module_bindings::rust_kallsyms_preempt_count_set(self.preempt_count) };
        }
        if leftovers.irqs_disabled {
            // SAFETY: Interrupts were enabled before the call, and the code that disabled them has
            // returned.
            unsafe { module_bindings::rust_kallsyms_irq_enable() };
        }
        if leftovers.rcu_depth != 0 {
            // SAFETY: This was the depth before the call, and the code that entered more sections
            // has returned. The kernel leaves them in the same way when a thread ends.
            unsafe { module_bindings::rust_kallsyms_rcu_depth_set(self.rcu_depth) };
        }
        leftovers.has_warned = now.warnings != self.warnings;
        leftovers.hotplug_lock = !self.is_hotplug_locked && is_hotplug_kept();
        // SAFETY: `self.thread` is what this thread had before the call. It may sleep again, now
        // that preemption and interrupts are restored.
        leftovers.thread = unsafe { module_bindings::rust_kallsyms_thread_restore(&self.thread) };
        leftovers
    }
}

/// How often the kernel has warned since its boot; 0 if that is not known.
fn warnings() -> u32 {
    match WARN_COUNT.load(Relaxed) {
        0 => 0,
        // SAFETY: At the address, there is an `atomic_t` of the kernel itself, `warn_count`.
        address => unsafe { atomic_load(address as *mut i32, Relaxed) as u32 },
    }
}

/// Whether somebody holds `cpu_hotplug_lock` for writing.
fn is_hotplug_locked() -> bool {
    let lock = HOTPLUG_LOCK.load(Relaxed);
    // SAFETY: There is a `struct percpu_rw_semaphore` of the kernel itself.
    lock != 0 && unsafe { module_bindings::rust_kallsyms_is_write_locked(lock) }
}

/// Whether the function that has returned has kept `cpu_hotplug_lock`; if so, releases it. The lock
/// does not say who holds it, so this waits until any other holder would have released it. May
/// sleep.
fn is_hotplug_kept() -> bool {
    for _ in 0..HOTPLUG_LOOKS {
        if !is_hotplug_locked() {
            return false;
        }
        fsleep(HOTPLUG_WAIT);
    }
    // SAFETY: At the address, there is a `struct percpu_rw_semaphore` of the kernel itself,
    // `cpu_hotplug_lock`. It is locked for writing, and the function that took it has returned.
    unsafe { module_bindings::rust_kallsyms_write_unlock(HOTPLUG_LOCK.load(Relaxed)) };
    true
}

impl Leftovers {
    /// Whether the kernel warned of something while the function ran.
    pub(crate) fn has_warned(&self) -> bool {
        self.has_warned
    }

    /// Whether the function left everything as it was.
    pub(crate) fn is_nothing(&self) -> bool {
        let Self {
            preempt_count,
            irqs_disabled,
            rcu_depth,
            lock_depth,
            mutex,
            hotplug_lock,
            has_warned: _,
            thread,
        } = *self;
        !irqs_disabled
            && mutex.is_none()
            && !hotplug_lock
            && thread == 0
            && [preempt_count, rcu_depth, lock_depth] == [0; 3]
    }
}

impl fmt::Display for Leftovers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if self.irqs_disabled {
            f.write_str("interrupts disabled")?;
            separator = ", ";
        }
        if self.hotplug_lock {
            f.write_fmt(fmt!("{separator}cpu_hotplug_lock locked"))?;
            separator = ", ";
        }
        if let Some(mutex) = self.mutex {
            f.write_fmt(fmt!("{separator}{mutex} locked"))?;
            separator = ", ";
        }
        for (part, what) in PARTS {
            if self.thread & part != 0 {
                f.write_fmt(fmt!("{separator}{what}"))?;
                separator = ", ";
            }
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
