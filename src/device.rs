// SPDX-License-Identifier: GPL-2.0

//! `/dev/rust_kallsyms`: all live files in one, which needs no debugfs.
//!
//! The kernel crate's `MiscDevice` cannot be used: in 7.2 its open files do not hold the module.
//!
//! C header: [`include/linux/miscdevice.h`](srctree/include/linux/miscdevice.h)

use crate::{
    context::Context,
    files::{
        AnyFile,
        LiveFile,
        Operations, //
    }, //
};
use kernel::{
    bindings,
    error::to_result,
    prelude::*,
    sync::Arc,
    types::Opaque, //
};

/// The device, until this is dropped.
///
/// # Invariants
///
/// `device` is registered by `misc_register()`.
#[repr(C)]
#[pin_data(PinnedDrop)]
pub(crate) struct Device {
    // The first field, so that its address is the address of the whole.
    #[pin]
    device: Opaque<bindings::miscdevice>,
    context: Arc<Context>,
}

// SAFETY: Any thread may unregister the device, and drop an `Arc<Context>`.
unsafe impl Send for Device {}
// SAFETY: A shared `Device` gives access to nothing.
unsafe impl Sync for Device {}

impl Device {
    /// The device's functions.
    const TABLE: &'static bindings::file_operations = &Operations::<AnyFile>::table(Self::open);

    /// Registers the device.
    pub(crate) fn new(context: Arc<Context>) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            context,
            // INVARIANT: If this returns `Ok`, the device is registered.
            device <- Opaque::try_ffi_init(|slot: *mut bindings::miscdevice| {
                let device = bindings::miscdevice {
                    minor: bindings::MISC_DYNAMIC_MINOR as c_int,
                    name: AnyFile::NAME.as_char_ptr(),
                    fops: Self::TABLE,
                    mode: AnyFile::MODE,
                    ..pin_init::zeroed()
                };
                // SAFETY: The memory is for a `miscdevice`.
                unsafe { slot.write(device) };
                // SAFETY: The device was just written. It stays where it is, since it is pinned,
                // until `drop` has unregistered it; its name and functions are static.
                to_result(unsafe { bindings::misc_register(slot) })
            }),
        })
    }

    /// # Safety
    ///
    /// Only `misc_open()` may call this, to open a `file` of a device in a [`Device`].
    unsafe extern "C" fn open(_: *mut bindings::inode, file: *mut bindings::file) -> c_int {
        // SAFETY: `misc_open()` has put the address of the `miscdevice` there, which is the first
        // field of a `Device`. It holds the mutex that `misc_deregister()` takes, so that the
        // device stays until this returns; `context` was initialized before the device was
        // registered.
        let context = unsafe { &(*(*file).private_data.cast::<Self>()).context };
        // SAFETY: The file is being opened, and has the operations of `TABLE`.
        unsafe { Operations::<AnyFile>::open(file, context.as_arc_borrow()) }
    }
}

#[pinned_drop]
impl PinnedDrop for Device {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: The device is registered, by the type's invariant.
        unsafe { bindings::misc_deregister(self.device.get()) };
    }
}
