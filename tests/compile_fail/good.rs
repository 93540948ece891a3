// SPDX-License-Identifier: GPL-2.0

//! Compiles: what the other cases do wrong, done right.

use crate::{
    import,
    kallsyms::{
        Bootstrap,
        Error,
        Function,
        Kallsyms,
        Module,
        Name,
        Shape,
        Shaped, //
    },
};
use core::ops::ControlFlow;
use kernel::prelude::*;

/// A pointer under another name.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct Pid(*mut c_void);

// SAFETY: It is a pointer and nothing else.
unsafe impl Shaped for Pid {
    const SHAPE: Shape = Shape::Pointer;
}

import! {
    /// Of the kernel.
    pub fn nr_processes() -> c_int;
    fn nr_context_switches() -> c_ulonglong = ::kernel::bindings::nr_context_switches;
    fn glob_match(pattern: *const c_char, string: *const c_char,) -> bool = crate::bindings::glob_match;
    pub(crate) optional fn find_vpid(number: c_int) -> Pid;
    fn _printk | printk(format: *const c_char, ...) -> c_int = kernel::bindings::_printk;
    optional fn xfs::xfs_buf_lock | xfs_buf_hold(buffer: *mut c_void);
    /// A variable.
    pub static panic_timeout: c_int = kernel::bindings::panic_timeout;
    pub(crate) optional static xfs::xfs_params | xfs_globals: [u8; 8];
    fn get_taint() -> c_ulong;
}

/// Uses everything.
pub fn uses() -> Result<usize, Error> {
    let kallsyms = Kallsyms::new(Bootstrap::Auto)?;
    let nr_processes = nr_processes::resolve(&kallsyms)?;
    let switches = nr_context_switches::resolve(&kallsyms)?;
    let find: Option<find_vpid> = find_vpid::resolve(&kallsyms)?;
    let print = _printk::resolve(&kallsyms)?;
    let matches = glob_match::resolve(&kallsyms)?;
    let sqrt = Name::new(c"int_sqrt")?;
    let sqrt = Function::<unsafe extern "C" fn(c_ulong) -> c_ulong>::resolve(&kallsyms, &sqrt, 0)?;
    // SAFETY: None of these functions has requirements but for its pointers, which are valid.
    let sum = unsafe {
        print.call((c"%d".as_char_ptr(), 5));
        matches.call(c"*".as_char_ptr(), c"".as_char_ptr());
        nr_processes.call() as usize + switches.call() as usize + sqrt.call((4,))
    };
    // SAFETY: The signature is in `linux/pid.h`.
    drop(unsafe { xfs_buf_lock::resolve_unchecked(&kallsyms) }?);
    drop(find);
    let timeout: *mut c_int = panic_timeout::resolve(&kallsyms)?.as_ptr();
    let parameters: Option<xfs_params> = xfs_params::resolve(&kallsyms)?;
    drop((timeout, parameters, get_taint::resolve(&kallsyms)?));
    let mut longest = 0;
    let ControlFlow::Continue(()) = kallsyms.for_each(|symbol| {
        longest = longest.max(symbol.name().to_bytes().len());
        ControlFlow::<core::convert::Infallible>::Continue(())
    });
    let bytes = kallsyms.modules(|modules| modules.find(b"xfs", Module::text_size))?;
    Ok(sum + longest + bytes.unwrap_or(0))
}
