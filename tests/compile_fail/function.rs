// SPDX-License-Identifier: GPL-2.0

//! A function found at run time keeps what it is made of, and takes only what it takes.

// error[E0616]: field `target` of struct
// error[E0308]: mismatched types
// error[E0308]: mismatched types
// error[E0277]: `unsafe extern "C" fn(u8, u8, u8, u8, u8, u8, u8)` is not the type of a C function
// error[E0599]:

use crate::kallsyms::{
    Function,
    Kallsyms,
    Name,
    Target, //
};
use kernel::prelude::*;

type Sqrt = unsafe extern "C" fn(c_ulong) -> c_ulong;
type Seven = unsafe extern "C" fn(u8, u8, u8, u8, u8, u8, u8);

pub fn takes(function: &mut Function<Sqrt>, target: Target, kallsyms: &Kallsyms, name: &Name<'_>) {
    function.target = target;
    // SAFETY: None.
    unsafe { function.call((1u8,)) };
    // SAFETY: None.
    unsafe { function.call((1usize, 2usize)) };
    let _ = Function::<Seven>::resolve(kallsyms, name, 0);
    drop(function.clone());
}
