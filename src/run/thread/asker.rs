// SPDX-License-Identifier: GPL-2.0

//! The process that asks for an evaluation, as which the worker runs.
//!
//! A kernel thread has the kernel's credentials, and since 7.3 an empty file system as its root. A
//! worker takes over what the asking process has: credentials (a copy without keyrings), root and
//! working directory, and all namespaces except the PID namespace, which a thread never changes.
//! The worker has its own reference to each.

use crate::{
    kallsyms::Kallsyms,
    module_bindings, //
};
use kernel::{
    bindings,
    current,
    error::to_result,
    prelude::*,
    sync::{
        aref::ARef,
        Arc, //
    },
    task::Task, //
};

crate::import! {
    fn switch_task_namespaces(task: *mut bindings::task_struct, namespaces: *mut bindings::nsproxy) -> ()
        = bindings::switch_task_namespaces;
}

/// The kernel's functions that make a thread run as another process.
pub(in crate::run) struct Disguise {
    switch_namespaces: Option<switch_task_namespaces>,
}

impl Disguise {
    /// Finds the functions. May sleep.
    pub(in crate::run) fn new(kallsyms: &Kallsyms) -> Self {
        Self {
            switch_namespaces: switch_task_namespaces::resolve(kallsyms).ok(),
        }
    }
}

/// The process that asks.
pub(in crate::run) struct Asker {
    task: ARef<Task>,
    disguise: Arc<Disguise>,
}

impl Asker {
    /// This process.
    pub(in crate::run) fn current(disguise: &Arc<Disguise>) -> Self {
        let task: &Task = current!();
        Self {
            task: task.into(),
            disguise: disguise.clone(),
        }
    }

    /// Lets this kernel thread run as the process. Sleeps.
    ///
    /// # Errors
    ///
    /// `ENOMEM`
    ///
    /// # Safety
    ///
    /// The process must stay in the code of this module until this returns: only the process itself
    /// changes what is taken over.
    pub(in crate::run) unsafe fn adopt(&self) -> Result {
        let asker = self.task.as_ptr();
        // SAFETY: `self.task` keeps the process's task, and the process changes nothing, as the
        // caller promises. This is a kernel thread of our own, whose credentials nobody has
        // overridden.
        to_result(unsafe { module_bindings::rust_kallsyms_adopt(asker) })?;
        if let Some(switch) = &self.disguise.switch_namespaces {
            // SAFETY: As above, the namespaces stay meanwhile. The first function gets a reference
            // to them, which the second one gives to this thread.
            unsafe {
                let namespaces = module_bindings::rust_kallsyms_namespaces(asker);
                switch.call(current!().as_ptr(), namespaces.cast());
            }
        }
        Ok(())
    }
}
