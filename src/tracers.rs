// SPDX-License-Identifier: GPL-2.0

//! What traces a function at the moment: livepatch, tracers, BPF programs, kprobes.

use crate::{
    kallsyms::{
        Kallsyms,
        Kind, //
    },
    module_bindings, //
};
use core::{
    cell::Cell,
    ops::Range, //
};
use kernel::{
    fmt,
    prelude::*,
    sync::rcu,
    time::{
        delay::fsleep,
        Delta, //
    }, //
};

crate::import! {
    // No header for modules declares the first, and both are asked about addresses only.
    fn ftrace_ops_test(ops: *mut c_void, address: c_ulong, registers: *mut c_void) -> c_int;
    fn get_kprobe(address: *mut c_void) -> *mut c_void;
}

/// How many users of ftrace are shown.
const SHOWN: usize = 4;

/// The longest walk over that list.
const MAX_USERS: usize = 1 << 16;

/// For how many milliseconds an answer waits for ftrace's lock at most.
pub(crate) const PATIENCE: usize = 20;

/// How far into a function kprobes are looked for.
const MAX_PROBED: usize = 1 << 16;

/// What livepatch has ftrace call instead of a function that it replaces.
const LIVEPATCH: &CStr = c"klp_ftrace_handler";

/// Tells what traces a function.
pub(crate) struct Tracers {
    users: Option<Users>,
    test: Option<ftrace_ops_test>,
    kprobe: Option<get_kprobe>,
}

/// Addresses of ftrace's variables.
struct Users {
    /// The head of the list of its users.
    first: usize,
    /// The end of that list, which is not a user.
    end: usize,
    /// The mutex that is held while the list, or what a user asks for, is changed.
    lock: usize,
}

impl Tracers {
    /// Sleeps.
    pub(crate) fn new(kallsyms: &Kallsyms) -> Self {
        let variable = |name| {
            let address = kallsyms.lookup_name(name)?;
            matches!(kallsyms.layout().kind(address), Kind::Data | Kind::Bss).then_some(address)
        };
        Self {
            users: match [c"ftrace_ops_list", c"ftrace_list_end", c"ftrace_lock"].map(variable) {
                [Some(first), Some(end), Some(lock)] => Some(Users { first, end, lock }),
                _ => None,
            },
            test: ftrace_ops_test::resolve(kallsyms).ok(),
            kprobe: get_kprobe::resolve(kallsyms).ok(),
        }
    }

    /// What traces the function at these addresses. Sleeps while ftrace is busy, as long as there
    /// is `patience`.
    pub(crate) fn of<'a>(
        &self,
        kallsyms: &'a Kallsyms,
        function: Range<usize>,
        patience: &Cell<usize>,
    ) -> Followers<'a> {
        let mut handlers = [0; SHOWN];
        let mut known = true;
        let place = kallsyms.trace_location(function.clone());
        if let (Some(users), Some(test), Some(place)) = (&self.users, &self.test, place) {
            // SAFETY: `new()` took the addresses of `ftrace_ops_list`, `ftrace_list_end` and
            // `ftrace_lock`.
            known = unsafe { handlers_of(users, test, place, patience, &mut handlers) };
        }
        let probed = self.kprobe.as_ref().is_some_and(|kprobe| {
            let end = function.end.min(function.start.saturating_add(MAX_PROBED));
            let guard = rcu::read_lock();
            let probed = (function.start..end).any(|address| {
                // SAFETY: `get_kprobe()` compares the address with those in its table, under RCU,
                // which `guard` has read-locked, and reads nothing at it. What it returns is not
                // looked at.
                !unsafe { kprobe.call(address as *mut c_void) }.is_null()
            });
            drop(guard);
            probed
        });
        Followers {
            kallsyms,
            handlers,
            known,
            probed,
        }
    }
}

/// Writes to `handlers` what ftrace calls when the function at `place` is entered, as many as there
/// is room for. `false`: ftrace is busy.
///
/// Its lock is waited for only as long as there is `patience`: a function that was called may have
/// kept it.
///
/// # Safety
///
/// `users` must have the addresses of the kernel's `ftrace_ops_list`, `ftrace_list_end` and
/// `ftrace_lock`.
#[inline(never)]
unsafe fn handlers_of(
    users: &Users,
    test: &ftrace_ops_test,
    place: usize,
    patience: &Cell<usize>,
    handlers: &mut [usize; SHOWN],
) -> bool {
    let try_lock = || {
        // SAFETY: The caller promises that it is the address of ftrace's mutex; it is unlocked
        // below.
        unsafe { module_bindings::rust_kallsyms_mutex_trylock(users.lock) }
    };
    while !try_lock() {
        let Some(left) = patience.get().checked_sub(1) else {
            return false;
        };
        patience.set(left);
        fsleep(Delta::from_millis(1));
    }
    let mut room = handlers.iter_mut();
    let mut next = users.first;
    for _ in 0..MAX_USERS {
        // SAFETY: `next` is the head of ftrace's list or the pointer to the next in an entry of it.
        // The list does not change, because ftrace's lock is held.
        let user = unsafe { module_bindings::rust_kallsyms_ftrace_user(next) };
        if user == 0 || user == users.end {
            break;
        }
        // SAFETY: The user is an entry of the list. It is not freed, and its hashes, in which the
        // function looks for the address, are not replaced or freed, because that takes ftrace's
        // lock. The function takes any pointer but null for registers, and does not look at them.
        let follows = unsafe { test.call(user as *mut c_void, place, user as *mut c_void) } != 0;
        if follows {
            let Some(handler) = room.next() else {
                break;
            };
            // SAFETY: The user is an entry of the list, which is not freed while ftrace's lock is
            // held.
            *handler = unsafe { module_bindings::rust_kallsyms_ftrace_handler(user) };
        }
        // SAFETY: The user is an entry of the list, which is not freed while ftrace's lock is held.
        next = unsafe { module_bindings::rust_kallsyms_ftrace_next(user) };
    }
    // SAFETY: It was locked above, by this thread.
    unsafe { module_bindings::rust_kallsyms_mutex_unlock(users.lock) };
    true
}

/// What traces a function. Prints as attributes, each with a comma before it.
pub(crate) struct Followers<'a> {
    kallsyms: &'a Kallsyms,
    handlers: [usize; SHOWN],
    known: bool,
    probed: bool,
}

impl fmt::Display for Followers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for handler in self.handlers.iter().filter(|handler| **handler != 0) {
            let named = self.kallsyms.at(*handler, |place| {
                if place.name == LIVEPATCH {
                    f.write_str(", live-patched")
                } else {
                    f.write_fmt(fmt!(", traced by {}", place.name))
                }
            });
            named.unwrap_or_else(|| f.write_str(", traced"))?;
        }
        f.write_str(if self.known { "" } else { ", perhaps traced" })?;
        f.write_str(if self.probed { ", kprobed" } else { "" })
    }
}
