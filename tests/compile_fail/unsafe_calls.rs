// SPDX-License-Identifier: GPL-2.0

//! What the compiler cannot check, somebody has to vouch for.

// error[E0133]: call to unsafe function `
// error[E0133]: call to unsafe function `
// error[E0133]: call to unsafe function `
// error[E0133]: call to unsafe function `
// error[E0133]: call to unsafe function `
// error[E0133]: call to unsafe function `

use crate::{
    import,
    kallsyms::{
        Function,
        Kallsyms,
        Name,
        Target, //
    },
};
use kernel::prelude::*;

type Sqrt = unsafe extern "C" fn(c_ulong) -> c_ulong;

import! {
    fn nr_processes() -> c_int;
}

pub fn calls(
    kallsyms: &Kallsyms,
    imported: &nr_processes,
    function: &Function<Sqrt>,
    name: &Name<'_>,
) {
    imported.call();
    function.call((144,));
    let _ = nr_processes::resolve_unchecked(kallsyms);
    let _ = kallsyms.target_unchecked(name, 0);
}

pub fn makes(target: Target) {
    let _ = nr_processes::new(target);
}

pub fn gives(target: Target) {
    let _ = Function::<Sqrt>::new(target);
}
