// SPDX-License-Identifier: GPL-2.0

//! The header's function takes or returns something else, or is a safe one, or is none.

// error[E0308]: mismatched types
// error[E0308]: mismatched types
// error[E0308]: mismatched types
// error[E0308]: mismatched types

use crate::import;
use kernel::prelude::*;

static VARIABLE: usize = 0;

import! {
    fn nr_context_switches() -> c_uint = kernel::bindings::nr_context_switches;
    fn get_taint(which: c_int) -> c_ulong = kernel::bindings::get_taint;
    fn _printk(format: *const c_char) -> c_int = kernel::bindings::_printk;
    fn VARIABLE() = VARIABLE;
}
