// SPDX-License-Identifier: GPL-2.0

//! What the module has found out about the kernel, for as long as it is loaded.

use crate::{
    call::Caller,
    kallsyms::Kallsyms,
    kptr::Policy,
    query::function_marks::Describer,
    tracers::Tracers, //
};
use kernel::{
    prelude::*,
    sync::Arc, //
};

/// What serves every request. The server of parameters and each open file share it in an [`Arc`].
pub(crate) struct Context {
    /// The kernel's symbols.
    pub(crate) kallsyms: Arc<Kallsyms>,
    /// Makes checked calls.
    pub(crate) caller: Caller,
    /// Tells what traces a function.
    pub(crate) tracers: Tracers,
    /// Decides which readers may see addresses.
    pub(crate) policy: Policy,
}

impl Context {
    /// Looks functions of the kernel up, for which it may sleep. `ENOMEM`; `EINTR` if the calling
    /// process is killed meanwhile.
    pub(crate) fn new(kallsyms: Arc<Kallsyms>) -> Result<Self> {
        Ok(Self {
            policy: Policy::new(&kallsyms),
            tracers: Tracers::new(&kallsyms),
            caller: Caller::new(kallsyms.clone())?,
            kallsyms,
        })
    }

    /// What describes functions. May sleep.
    pub(crate) fn describer(&self) -> Describer<'_> {
        Describer::new(&self.kallsyms, &self.caller.rules, &self.tracers)
    }

    /// Whether an address may be written to the log.
    pub(crate) fn shown_in_log(&self) -> bool {
        self.policy.shown_in_log(&self.kallsyms)
    }
}
