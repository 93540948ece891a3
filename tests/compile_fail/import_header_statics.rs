// SPDX-License-Identifier: GPL-2.0

//! The header's variable has another type.

// error[E0277]: the header declares a variable of the type `i32`, not `usize`
// error[E0277]: the header declares a variable of the type `[i32; 0]`, not `[i32; 4]`

use crate::import;
use kernel::prelude::*;

import! {
    static panic_timeout: c_ulong = kernel::bindings::panic_timeout;
    static console_printk: [c_int; 4] = kernel::bindings::console_printk;
}
