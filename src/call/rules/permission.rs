// SPDX-License-Identifier: GPL-2.0

//! Who may call, and what the kernel is told of it.

use crate::{
    bindings,
    failure::Failure, //
};
use kernel::prelude::{
    fmt,
    *, //
};

/// Fails unless calls are allowed to this process, now: it needs a capability, whoever opened the
/// file, and the kernel must not be locked down, which forbids what may change it.
pub(crate) fn allowed() -> Result<(), Failure> {
    // SAFETY: Has no requirements.
    if !unsafe { bindings::capable(bindings::CAP_SYS_MODULE as c_int) } {
        return Err(Failure::new(
            EPERM,
            fmt!("calls are for processes with the capability CAP_SYS_MODULE"),
        ));
    }
    // SAFETY: Has no requirements.
    match unsafe {
        bindings::security_locked_down(bindings::lockdown_reason_LOCKDOWN_DBG_WRITE_KERNEL)
    } {
        0 => Ok(()),
        _ => Err(Failure::new(
            EPERM,
            fmt!(
                "the kernel is locked down, which forbids calls; see /sys/kernel/security/lockdown"
            ),
        )),
    }
}

/// Taints the kernel, since an unsafe call is made.
pub(crate) fn taint() {
    // SAFETY: Has no requirements.
    unsafe { bindings::add_taint(bindings::TAINT_USER, bindings::lockdep_ok_LOCKDEP_STILL_OK) };
}
