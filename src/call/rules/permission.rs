// SPDX-License-Identifier: GPL-2.0

//! Which processes may call functions, and the taint for unsafe calls.

use crate::{
    bindings,
    failure::Failure, //
};
use kernel::prelude::{
    fmt,
    *, //
};

/// Fails unless this process may call functions now.
pub(crate) fn allowed() -> Result<(), Failure> {
    permit(bindings::lockdown_reason_LOCKDOWN_DBG_WRITE_KERNEL, "calls")
}

/// Fails unless this process may read the kernel's memory now, as BPF programs do.
pub(crate) fn may_read() -> Result<(), Failure> {
    permit(
        bindings::lockdown_reason_LOCKDOWN_BPF_READ_KERNEL,
        "reading its memory",
    )
}

/// Fails unless this process has the capability, whoever opened the file, and lockdown does not
/// forbid `what`, for this reason.
fn permit(reason: bindings::lockdown_reason, what: &str) -> Result<(), Failure> {
    // SAFETY: Has no requirements.
    if !unsafe { bindings::capable(bindings::CAP_SYS_MODULE as c_int) } {
        return Err(Failure::new(
            EPERM,
            fmt!("calls are for processes with the capability CAP_SYS_MODULE"),
        ));
    }
    // SAFETY: Has no requirements.
    if unsafe { bindings::security_locked_down(reason) } != 0 {
        return Err(Failure::new(
            EPERM,
            fmt!(
                "the kernel is locked down, which forbids {what}; see /sys/kernel/security/lockdown"
            ),
        ));
    }
    Ok(())
}

/// Taints the kernel before an unsafe call.
pub(crate) fn taint() {
    // SAFETY: Has no requirements.
    unsafe { bindings::add_taint(bindings::TAINT_USER, bindings::lockdep_ok_LOCKDEP_STILL_OK) };
}
