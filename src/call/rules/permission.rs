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

/// Fails unless this process may call functions now: that takes a capability, whoever opened the
/// file, and lockdown must not forbid what may change the kernel.
pub(crate) fn allowed() -> Result<(), Failure> {
    capable()?;
    if is_locked_down(bindings::lockdown_reason_LOCKDOWN_DBG_WRITE_KERNEL) {
        return Err(Failure::new(
            EPERM,
            fmt!(
                "the kernel is locked down, which forbids calls; see /sys/kernel/security/lockdown"
            ),
        ));
    }
    Ok(())
}

/// Fails unless this process may read the kernel's memory now: that takes the same capability,
/// and lockdown must not forbid what BPF programs may do.
pub(crate) fn may_read() -> Result<(), Failure> {
    capable()?;
    if is_locked_down(bindings::lockdown_reason_LOCKDOWN_BPF_READ_KERNEL) {
        return Err(Failure::new(
            EPERM,
            fmt!(
                "the kernel is locked down, which forbids reading its memory; see /sys/kernel/security/lockdown"
            ),
        ));
    }
    Ok(())
}

/// Fails without the capability.
fn capable() -> Result<(), Failure> {
    // SAFETY: Has no requirements.
    if unsafe { bindings::capable(bindings::CAP_SYS_MODULE as c_int) } {
        return Ok(());
    }
    Err(Failure::new(
        EPERM,
        fmt!("calls are for processes with the capability CAP_SYS_MODULE"),
    ))
}

/// Whether lockdown forbids something.
fn is_locked_down(what: bindings::lockdown_reason) -> bool {
    // SAFETY: Has no requirements.
    unsafe { bindings::security_locked_down(what) != 0 }
}

/// Taints the kernel, since an unsafe call is made.
pub(crate) fn taint() {
    // SAFETY: Has no requirements.
    unsafe { bindings::add_taint(bindings::TAINT_USER, bindings::lockdep_ok_LOCKDEP_STILL_OK) };
}
