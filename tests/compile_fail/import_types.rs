// SPDX-License-Identifier: GPL-2.0

//! It is not known how values of these types travel, or that C's are values of these.

// error[E0277]: the trait bound `Large: Shaped` is not satisfied
// error[E0277]: the trait bound `&'static u8: Shaped` is not satisfied
// error[E0277]: the trait bound `char: Shaped` is not satisfied
// error[E0277]: the trait bound `unsafe extern "C" fn(): Shaped` is not satisfied
// error[E0277]: the trait bound `Large: Shaped` is not satisfied

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
