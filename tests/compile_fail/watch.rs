// SPDX-License-Identifier: GPL-2.0

//! A watch's closure runs on other threads, so that it cannot have what belongs to one.

// error[E0277]: `*mut u8` cannot be sent between threads safely

use crate::kallsyms::{
    Error,
    Kallsyms,
    Watch, //
};
use kernel::prelude::*;

struct Local(*mut u8);

pub fn watch(kallsyms: &Kallsyms, local: Local) -> Result<Watch, Error> {
    kallsyms.watch(GFP_KERNEL, move |_, _| {
        let _ = &local;
    })
}
