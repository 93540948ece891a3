// SPDX-License-Identifier: GPL-2.0

//! What keeps the list of modules locked could be forgotten, or given to another thread.

// error[E0061]: this method takes 1 argument but 0 arguments were supplied
// error[E0624]: method `lock_modules` is private
// error[E0277]: `*mut ()` cannot be sent between threads safely
// error[E0277]: `*mut ()` cannot be shared between threads safely

use crate::kallsyms::{
    Kallsyms,
    Modules, //
};

fn send<T: Send>() {}
fn sync<T: Sync>() {}

pub fn forget(kallsyms: &Kallsyms) {
    core::mem::forget(kallsyms.modules());
    core::mem::forget(kallsyms.lock_modules());
    send::<Modules<'static>>();
    sync::<Modules<'static>>();
}
