// SPDX-License-Identifier: GPL-2.0

//! The right to call a function would be kept while its module can go.

// error[E0451]: field `claim` of struct
// error[E0451]: field `target` of struct
// error[E0451]: field `claim` of struct
// error[E0451]: field `target` of struct

use crate::import;
use kernel::prelude::*;

import! {
    fn nr_processes() -> c_int;
}

pub fn take_apart(function: nr_processes) {
    let nr_processes { claim, target } = function;
    drop(target);
    drop(claim);
}

pub fn swap(one: nr_processes, other: nr_processes) -> nr_processes {
    nr_processes {
        claim: panic!(),
        ..other
    }
}
