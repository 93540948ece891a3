// SPDX-License-Identifier: GPL-2.0

//! A watch that is forgotten goes on, so that its closure can borrow nothing; and the module that
//! it gets may be gone later.

// error[E0521]: borrowed data escapes outside of closure
// error[E0597]: `count` does not live long enough

use crate::kallsyms::{
    Error,
    Kallsyms, //
};
use kernel::prelude::*;

pub fn borrow(kallsyms: &Kallsyms) -> Result<(), Error> {
    let mut count = 0;
    let count = &mut count;
    let watch = kallsyms.watch(GFP_KERNEL, |_, _| *count += 1)?;
    core::mem::forget(watch);
    Ok(())
}

pub fn keep(kallsyms: &Kallsyms) -> Result<(), Error> {
    let mut last = None;
    kallsyms.modules(|modules| {
        let _ = modules.find(b"xfs", |module| last = Some(module));
    })
}
