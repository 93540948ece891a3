// SPDX-License-Identifier: GPL-2.0

//! It is not known how values of these types travel, or that C's are values of these.

// error[E0277]: `Large` cannot be passed to or returned by an imported C function
// error[E0277]: `&'static u8` cannot be passed to or returned by an imported C function
// error[E0277]: `char` cannot be passed to or returned by an imported C function
// error[E0277]: `unsafe extern "C" fn()` cannot be passed to or returned by an imported C function
// error[E0277]: `Large` cannot be passed to or returned by an imported C function

use crate::import;
use kernel::prelude::*;

#[repr(C)]
pub struct Large([u64; 4]);

import! {
    fn by_value(large: Large);
    fn reference(byte: &'static u8);
    fn character(character: char);
    fn callback(function: unsafe extern "C" fn());
    fn returned() -> Large;
}
