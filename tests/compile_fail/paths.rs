// SPDX-License-Identifier: GPL-2.0

//! What the library is made of cannot be reached.

// error[E0603]: module `functions` is private
// error[E0603]: module `modules` is private
// error[E0603]: static `CALL` is private

use crate::{
    import,
    kallsyms::{
        functions::function,
        modules::module, //
    },
};
use kernel::prelude::*;

import! {
    fn nr_processes() -> c_int;
}

pub fn update() {
    let _ = __import_nr_processes::CALL.target();
}
