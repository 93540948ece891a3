// SPDX-License-Identifier: GPL-2.0

//! Static calls: direct calls whose target is chosen at run time.
//!
//! With Indirect Branch Tracking a function can be reached through a pointer only if it begins with
//! an `endbr64`, and the kernel *seals* (overwrites) the `endbr64` of every function whose address
//! it never takes: calling such a function through a pointer is a kernel BUG. Direct calls need no
//! landing pad, nor a kCFI hash, nor a retpoline, and a static call is the kernel's own way to
//! patch one.
//!
//! Where the architecture has no static calls, it has no sealing either, and a pointer is right.
//!
//! C header: [`include/linux/static_call.h`](srctree/include/linux/static_call.h)

use crate::bindings;
use core::cell::UnsafeCell;
use kernel::{
    prelude::*,
    sync::atomic::{
        Acquire,
        Atomic,
        Relaxed,
        Release, //
    }, //
};

/// Where a static call goes that nobody has claimed.
#[cfg(CONFIG_HAVE_STATIC_CALL)]
const NOTHING: *const c_void = bindings::__static_call_return0 as *const c_void;
#[cfg(not(CONFIG_HAVE_STATIC_CALL))]
const NOTHING: *const c_void = core::ptr::null();

/// A `struct static_call_key`: what [`define_static_call!`](crate::define_static_call) defines.
#[repr(transparent)]
pub struct Key(UnsafeCell<bindings::static_call_key>);

// SAFETY: A key is changed by `__static_call_update()` only, which takes the lock that protects it;
// and read by [`StaticCall::target`] only, with a volatile load of the one word it needs.
unsafe impl Sync for Key {}

impl Key {
    /// A key that stands for `__static_call_return0()`, as `DEFINE_STATIC_CALL_RET0` makes it.
    pub const fn ret0() -> Self {
        Self(UnsafeCell::new(bindings::static_call_key {
            func: NOTHING.cast_mut(),
            #[cfg(CONFIG_HAVE_STATIC_CALL_INLINE)]
            __bindgen_anon_1: bindings::static_call_key__bindgen_ty_1 { type_: 1 },
        }))
    }
}

/// A static call: the key, the trampoline, and whether somebody uses it.
///
/// When a [`Claim`] is dropped, the static call keeps its target until the next claim. Nobody calls
/// it meanwhile, and so dropping a claim takes no lock and cannot wait.
///
/// # Invariants
///
/// - `trampoline` is the trampoline that belongs to `key`, or null where there are no static calls.
/// - While `claimed` is false, nobody but the one who sets it updates `key`; while it is true, only
///   the owner of the [`Claim`] does.
pub struct StaticCall {
    key: &'static Key,
    #[cfg_attr(not(CONFIG_HAVE_STATIC_CALL), allow(dead_code))]
    trampoline: *mut c_void,
    claimed: Atomic<bool>,
}

// SAFETY: `trampoline` is only ever handed to `__static_call_update()`, which does its own locking.
unsafe impl Sync for StaticCall {}

impl StaticCall {
    /// Makes a static call of a key and its trampoline. For
    /// [`define_static_call!`](crate::define_static_call).
    ///
    /// # Safety
    ///
    /// `trampoline` must belong to `key`, or be null where there are no static calls.
    pub const unsafe fn new(key: &'static Key, trampoline: *mut c_void) -> Self {
        // INVARIANT: The caller promises that `trampoline` belongs to `key`, or is null without
        // static calls. Nobody has a claim yet.
        Self {
            key,
            trampoline,
            claimed: Atomic::new(false),
        }
    }

    /// Takes the static call for a target that is text for as long as the [`Claim`] lives.
    ///
    /// Returns `None` if somebody else has it, or if this module is going and its calls are not
    /// patched any more. May sleep: this patches the kernel's text, unless the last claim had the
    /// same target.
    ///
    /// # Safety
    ///
    /// `address` must be the entry of a function which stays where it is until the claim is
    /// dropped.
    pub unsafe fn claim(&'static self, address: usize) -> Option<Claim> {
        if self.claimed.xchg(true, Acquire) {
            return None;
        }
        // From here on the static call is free again when this is dropped.
        let claim = Claim(self);
        // The kernel would find out too, but only after it has taken the locks for it.
        if self.target() != address {
            // SAFETY: The caller promises that `address` is the entry of a function. `claimed` was
            // false and `swap()` let only us set it, so that nobody else updates.
            unsafe { self.update(address) };
        }
        self.is_linked().then_some(claim)
    }

    /// Whether the kernel still patches the places in this module's code that make this call.
    ///
    /// When the module goes, the kernel forgets them (`static_call_del_module()`). An update then
    /// changes the trampoline only, while these places go on calling an earlier target. They are
    /// not linked again, so that an update before this has reached them if this is true.
    fn is_linked(&self) -> bool {
        #[cfg(CONFIG_HAVE_STATIC_CALL_INLINE)]
        // SAFETY: The pointer is valid for reads, since it is to a static. The union's members are
        // words, and the volatile load reads one as a whole.
        return unsafe { (&raw const (*self.key.0.get()).__bindgen_anon_1.type_).read_volatile() }
            != 0;
        #[cfg(not(CONFIG_HAVE_STATIC_CALL_INLINE))]
        true
    }

    /// Whether somebody has it.
    pub(super) fn is_claimed(&self) -> bool {
        self.claimed.load(Relaxed)
    }

    /// The address that calls go to.
    pub fn target(&self) -> usize {
        // SAFETY: The pointer is valid for reads, since it is to a static. `__static_call_update()`
        // writes the word as a whole, and the volatile load reads it as a whole.
        unsafe { (&raw const (*self.key.0.get()).func).read_volatile() as usize }
    }

    /// Makes calls go to `address`. May sleep: the kernel locks the CPUs' hotplug,
    /// `static_call_mutex` and `text_mutex` to patch the trampoline.
    ///
    /// # Safety
    ///
    /// `address` must be the entry of a function, or [`NOTHING`]; the caller must be the only one
    /// that updates.
    unsafe fn update(&self, address: usize) {
        let key = self.key.0.get();
        #[cfg(CONFIG_HAVE_STATIC_CALL)]
        // SAFETY: `key` is valid, being static, and whoever called `StaticCall::new()` promised
        // that the trampoline is its own. The caller promises that `address` is a function's. We
        // are in a process that may sleep, as the callers of `claim()` are.
        unsafe {
            bindings::__static_call_update(key, self.trampoline, address as *mut c_void)
        };
        #[cfg(not(CONFIG_HAVE_STATIC_CALL))]
        // SAFETY: `key` is valid for writes, being a static `UnsafeCell`, and the caller promises
        // to be the only one that updates.
        unsafe {
            (&raw mut (*key).func).write_volatile(address as *mut c_void)
        };
    }
}

/// The right to a [`StaticCall`], which calls its target for as long as this lives.
pub struct Claim(&'static StaticCall);

impl Drop for Claim {
    fn drop(&mut self) {
        self.0.claimed.store(false, Release);
    }
}

/// Defines a static call: its key, its trampoline, and a [`StaticCall`] `$call` that joins them.
///
/// The names of the key and of the trampoline are `__SCK__kallsyms_$name` and
/// `__SCT__kallsyms_$name`, and `$name` must be unique in the module. Calling the trampoline,
/// declared with whatever signature the target has, is the static call. The prefix keeps these
/// names apart from the kernel's own static calls: a trampoline `__SCT__might_resched` of this
/// module would take the place of the kernel's in all of the module's C code.
///
/// It does what `DEFINE_STATIC_CALL_RET0` does, and the trampoline's code is that macro's own:
/// `bindings/static_call_asm.rs.S` takes it from the kernel's headers.
#[doc(hidden)]
#[macro_export]
macro_rules! define_static_call {
    ($vis:vis $call:ident, $name:ident) => {
        ::kernel::macros::paste! {
            #[doc(hidden)]
            #[no_mangle]
            #[allow(non_upper_case_globals)]
            static [<__SCK__kallsyms_ $name>]: $crate::kallsyms::static_call::Key =
                $crate::kallsyms::static_call::Key::ret0();

            #[cfg(CONFIG_HAVE_STATIC_CALL)]
            #[allow(clashing_extern_declarations)]
            extern "C" {
                fn [<__SCT__kallsyms_ $name>]();
            }

            #[cfg(CONFIG_HAVE_STATIC_CALL)]
            ::core::arch::global_asm!(
                ::core::include!(::core::concat!(
                    ::core::env!("KALLSYMS_BINDINGS"),
                    "/static_call_asm.rs"
                )),
                trampoline = sym [<__SCT__kallsyms_ $name>],
                options(att_syntax)
            );

            $vis static $call: $crate::kallsyms::static_call::StaticCall = {
                #[cfg(CONFIG_HAVE_STATIC_CALL)]
                let trampoline = [<__SCT__kallsyms_ $name>] as *mut ::kernel::ffi::c_void;
                #[cfg(not(CONFIG_HAVE_STATIC_CALL))]
                let trampoline = ::core::ptr::null_mut();

                // SAFETY: The kernel's macro made the trampoline `__SCT__kallsyms_name`, which
                // belongs to the key `__SCK__kallsyms_name`: objtool finds the one by the name of
                // the other. Without static calls the trampoline is null.
                unsafe {
                    $crate::kallsyms::static_call::StaticCall::new(
                        &[<__SCK__kallsyms_ $name>],
                        trampoline,
                    )
                }
            };
        }
    };
}
