// SPDX-License-Identifier: GPL-2.0

//! The header's function is another one.

// error[E0080]:
// error[E0080]:

use crate::import;
use kernel::prelude::*;

import! {
    fn nr_context_switches() -> c_ulong = kernel::bindings::get_taint;
    fn one | two() -> c_ulong = kernel::bindings::get_taint;
    fn three | get_taint() -> c_ulong = kernel::bindings::get_taint;
}
