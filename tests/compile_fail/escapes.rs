// SPDX-License-Identifier: GPL-2.0

//! A module, a symbol or a name would be used when it can be gone.

// error[E0507]: cannot move out of `*modules` which is behind a shared reference
// error[E0521]: borrowed data escapes outside of closure
// error[E0521]: borrowed data escapes outside of closure
// error[E0521]: borrowed data escapes outside of closure
// error[E0505]: cannot move out of `kallsyms` because it is borrowed

use crate::kallsyms::{
    Kallsyms,
    Module,
    Modules, //
};
use core::ops::ControlFlow;
use kernel::prelude::*;

pub fn forget(kallsyms: &Kallsyms) {
    let _ = kallsyms.modules(|modules: &Modules<'_>| core::mem::forget(*modules));
}

pub fn module(kallsyms: &Kallsyms) {
    let mut kept: Option<&Module> = None;
    let _ = kallsyms.modules(|modules| {
        modules.for_each(|module| {
            kept = Some(module);
            ControlFlow::Break(())
        })
    });
}

pub fn symbol(kallsyms: &Kallsyms) {
    let mut kept: Option<&CStr> = None;
    let _ = kallsyms.for_each(|symbol| {
        kept = Some(symbol.name());
        ControlFlow::Break(())
    });
}

pub fn place(kallsyms: &Kallsyms) {
    let mut kept: Option<&CStr> = None;
    kallsyms.at(0, |place| kept = Some(place.name));
}

pub fn types(kallsyms: Kallsyms) {
    let types = kallsyms.btf_of_vmlinux();
    drop(kallsyms);
    drop(types);
}
