// SPDX-License-Identifier: GPL-2.0

//! Symbols that come and go while the kernel runs, without a module: ftrace's trampolines, BPF
//! programs, and pages of kprobes.
//!
//! The kernel's own iterators are asked, as `/proc/kallsyms` does. No header for modules declares
//! them, so their BTF has to agree.
//!
//! C source: [`kernel/kallsyms.c`](srctree/kernel/kallsyms.c)

use crate::{
    bindings,
    kallsyms::Kallsyms, //
};
use core::ops::ControlFlow;
use kernel::{
    prelude::*,
    sync::atomic::{
        Acquire,
        Atomic,
        Release, //
    },
    time::{
        delay::fsleep,
        Delta, //
    }, //
};

crate::import! {
    optional fn ftrace_mod_get_kallsym(
        number: c_uint,
        address: *mut c_ulong,
        letter: *mut c_char,
        name: *mut c_char,
        module: *mut c_char,
        exported: *mut c_int,
    ) -> c_int;
    optional fn bpf_get_kallsym(
        number: c_uint,
        address: *mut c_ulong,
        letter: *mut c_char,
        name: *mut c_char,
    ) -> c_int;
    optional fn kprobe_get_kallsym(
        number: c_uint,
        address: *mut c_ulong,
        letter: *mut c_char,
        name: *mut c_char,
    ) -> c_int;
}

/// The kernel's iterators, as far as it has them.
pub(in crate::kallsyms) struct Transients {
    ftrace: Option<ftrace_mod_get_kallsym>,
    bpf: Option<bpf_get_kallsym>,
    kprobe: Option<kprobe_get_kallsym>,
}

/// A symbol that comes and goes while the kernel runs.
///
/// It is not known how many bytes it has, and what it names may be gone already.
pub struct Transient<'a> {
    /// Its name, which many can share.
    pub name: &'a CStr,
    /// What `/proc/kallsyms` has in the place of a module: `bpf`, `__builtin__ftrace`,
    /// `__builtin__kprobes`; or the module whose freed symbol ftrace has kept.
    pub module: &'a CStr,
    /// Its address, as `/proc/kallsyms` has it.
    pub address: usize,
    /// The letter that `/proc/kallsyms` has for it, in lower case.
    pub letter: u8,
}

/// Where a walk over these symbols stands.
#[derive(Clone, Copy, Default)]
pub struct TransientPosition {
    /// Which of the iterators.
    list: usize,
    /// The number of the symbol that it has next.
    number: c_uint,
}

/// Room for what an iterator says.
struct Room {
    address: c_ulong,
    letter: c_char,
    name: [c_char; bindings::KSYM_NAME_LEN as usize],
    module: [c_char; bindings::MODULE_NAME_LEN],
    exported: c_int,
}

impl Transients {
    #[inline(never)] // frame
    fn new(kallsyms: &Kallsyms) -> Self {
        Self {
            ftrace: ftrace_mod_get_kallsym::resolve(kallsyms).ok().flatten(),
            bpf: bpf_get_kallsym::resolve(kallsyms).ok().flatten(),
            kprobe: kprobe_get_kallsym::resolve(kallsyms).ok().flatten(),
        }
    }

    /// Asks one of the iterators for a symbol. `None`: it has no more, or there is no such
    /// iterator. Any context.
    fn ask(&self, position: TransientPosition, room: &mut Room) -> Option<()> {
        let number = position.number;
        let (address, letter) = (&raw mut room.address, &raw mut room.letter);
        let name = room.name.as_mut_ptr();
        // SAFETY: All pointers are valid for writes; the name has `KSYM_NAME_LEN` bytes, and the
        // module's name `MODULE_NAME_LEN`, which are the most that the functions write. They take
        // any number and only RCU, or disable preemption.
        let failed = unsafe {
            match position.list {
                0 => self.ftrace.as_ref()?.call(
                    number,
                    address,
                    letter,
                    name,
                    room.module.as_mut_ptr(),
                    &raw mut room.exported,
                ),
                1 => self.bpf.as_ref()?.call(number, address, letter, name),
                _ => self.kprobe.as_ref()?.call(number, address, letter, name),
            }
        };
        (failed >= 0).then_some(())
    }
}

/// Whether a thread is finding the iterators.
static FINDING: Atomic<bool> = Atomic::new(false);

/// How many iterators there are, in the order of `/proc/kallsyms`.
const LISTS: usize = 3;

impl Kallsyms {
    /// Calls `f` for every symbol that comes and goes without a module, until it breaks, and leaves
    /// in `position` where that was: the next walk from there begins with the symbol that `f` broke
    /// at. `/proc/kallsyms` has these after the modules' symbols, in the same order.
    ///
    /// May sleep. No lock is held while `f` runs, so symbols that come or go meanwhile can be
    /// missed, or come twice.
    ///
    /// # Examples
    ///
    /// ```
    /// # use crate::kallsyms::Kallsyms;
    /// # use core::ops::ControlFlow;
    /// # fn example(kallsyms: &Kallsyms) {
    /// let _ = kallsyms.for_each_transient(&mut Default::default(), |symbol| {
    ///     pr_info!("{} [{}]\n", symbol.name, symbol.module);
    ///     ControlFlow::<()>::Continue(())
    /// });
    /// # }
    /// ```
    #[inline(never)] // frame
    pub fn for_each_transient<B>(
        &self,
        position: &mut TransientPosition,
        mut f: impl FnMut(&Transient<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let iterators = self.transients();
        let mut room = Room {
            address: 0,
            letter: 0,
            name: [0; bindings::KSYM_NAME_LEN as usize],
            module: [0; bindings::MODULE_NAME_LEN],
            exported: 0,
        };
        while position.list < LISTS {
            // SAFETY: It lets others run, which callers of this may do.
            unsafe { bindings::kallsyms_helper_cond_resched() };
            if iterators.ask(*position, &mut room).is_none() {
                position.list += 1;
                position.number = 0;
                continue;
            }
            let symbol = Transient {
                name: CStr::from_bytes_until_nul(&room.name).unwrap_or_default(),
                module: match position.list {
                    0 => CStr::from_bytes_until_nul(&room.module).unwrap_or_default(),
                    1 => c"bpf",
                    _ => c"__builtin__kprobes",
                },
                address: room.address,
                letter: room.letter.to_ascii_lowercase(),
            };
            if !symbol.name.is_empty() {
                f(&symbol)?;
            }
            position.number += 1;
        }
        ControlFlow::Continue(())
    }

    /// The kernel's iterators, which are found when they are asked for the first time. May sleep.
    fn transients(&self) -> &Transients {
        loop {
            if let Some(found) = self.transients.as_ref() {
                return found;
            }
            // An imported function is found by one thread at a time.
            if FINDING.xchg(true, Acquire) {
                fsleep(Delta::from_millis(1));
                continue;
            }
            if self.transients.as_ref().is_none() {
                self.transients.populate(Transients::new(self));
            }
            FINDING.store(false, Release);
        }
    }
}
