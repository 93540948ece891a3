// SPDX-License-Identifier: GPL-2.0

//! The right to call a function would be given away, doubled, or exchanged for another function's.

// error[E0616]: field `target` of struct
// error[E0277]: the trait bound `nr_processes: Clone` is not satisfied
// error[E0308]: mismatched types

use crate::{
    import,
    kallsyms::Target, //
};
use kernel::prelude::*;

import! {
    fn nr_processes() -> c_int;
    fn nr_iowait() -> c_uint;
}

pub fn steal(function: &mut nr_processes, target: Target) {
    function.target = target;
}

fn clone<T: Clone>() {}

pub fn double() {
    clone::<nr_processes>();
}

pub fn change(function: nr_iowait) -> nr_processes {
    function
}
