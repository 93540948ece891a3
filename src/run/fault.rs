// SPDX-License-Identifier: GPL-2.0

//! The address that a worker's function could not access when it crashed.
//!
//! The kernel tells its *die notifiers* of each oops, in the thread that caused it.
//!
//! C header: [`include/linux/kdebug.h`](srctree/include/linux/kdebug.h)

use super::worker;
use crate::module_bindings;
use kernel::{
    bindings,
    prelude::*,
    sync::atomic::Relaxed,
    types::Opaque, //
};

/// A notifier of oopses, until it is dropped.
#[pin_data(PinnedDrop)]
pub(super) struct Listener {
    #[pin]
    block: Opaque<bindings::notifier_block>,
}

// SAFETY: The kernel's list of notifiers has a lock of its own; nothing else uses the block.
unsafe impl Send for Listener {}
// SAFETY: A shared `Listener` gives access to nothing.
unsafe impl Sync for Listener {}

impl Listener {
    /// Begins to listen. May sleep.
    pub(super) fn new() -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            block <- Opaque::try_ffi_init(|block: *mut bindings::notifier_block| {
                let new = bindings::notifier_block {
                    notifier_call: Some(Self::oops),
                    ..Default::default()
                };
                // SAFETY: `block` is valid for writes. It is pinned, and `drop` takes it off the
                // list.
                kernel::error::to_result(unsafe {
                    block.write(new);
                    module_bindings::register_die_notifier(block)
                })
            }),
        })
    }

    /// # Safety
    ///
    /// Only the kernel may call this, in the thread of an oops, with a `die_args` if `event` is
    /// `DIE_OOPS`.
    unsafe extern "C" fn oops(
        _: *mut bindings::notifier_block,
        event: usize,
        data: *mut c_void,
    ) -> c_int {
        const NOTIFY_DONE: c_int = bindings::NOTIFY_DONE as c_int;

        if event != module_bindings::die_val_DIE_OOPS as usize {
            return NOTIFY_DONE;
        }
        if let Some(fault) = worker::current_fault() {
            let (mut address, mut is_write) = (0, false);
            // SAFETY: `data` is the oops's `die_args`, as the caller promises, and both variables
            // are valid for writes. This thread is a worker, which ends after the oops.
            let is_fault = unsafe {
                module_bindings::rust_kallsyms_thread_crashed();
                module_bindings::rust_kallsyms_fault(data.cast(), &mut address, &mut is_write)
            };
            if is_fault {
                fault.is_write.store(is_write, Relaxed);
                fault.address.store(address, Relaxed);
            }
        }
        NOTIFY_DONE
    }
}

#[pinned_drop]
impl PinnedDrop for Listener {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: `new` has registered the block. Nobody calls `oops` any more when this returns.
        unsafe { module_bindings::unregister_die_notifier(self.block.get()) };
    }
}
