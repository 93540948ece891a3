// SPDX-License-Identifier: GPL-2.0

//! What the module has found out about the kernel, for as long as it is loaded.

use crate::{
    call::Caller,
    kallsyms::Kallsyms,
    kptr::Policy,
    tracers::Attached, //
};
use kernel::{
    prelude::*,
    sync::Arc, //
};

/// What every request is served with. The server of parameters and each open file share it in an [`Arc`].
pub(crate) struct Context {
    /// The way to the kernel's symbols.
    pub(crate) kallsyms: Arc<Kallsyms>,
    /// Makes checked calls.
    pub(crate) caller: Caller,
    /// Knows who follows a function.
    pub(crate) attached: Attached,
    /// Decides who may see addresses.
    pub(crate) policy: Policy,
}

impl Context {
    /// Looks functions of the kernel up, for which it may sleep. `ENOMEM`; `EINTR` if the calling process is killed
    /// meanwhile.
    pub(crate) fn new(kallsyms: Arc<Kallsyms>) -> Result<Self> {
        Ok(Self {
            policy: Policy::new(&kallsyms),
            attached: Attached::new(&kallsyms),
            caller: Caller::new(kallsyms.clone())?,
            kallsyms,
        })
    }

    /// Whether an address may be written to the log.
    pub(crate) fn shown_in_log(&self) -> bool {
        self.policy.shown_in_log(&self.kallsyms)
    }
}
