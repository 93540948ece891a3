// SPDX-License-Identifier: GPL-2.0

//! What the module has found out about the kernel, for as long as it is loaded.

use crate::{
    address::Policy,
    call::Caller,
    kallsyms::Kallsyms, //
};
use kernel::prelude::*;

/// What all requests are served with.
pub(crate) struct Context {
    /// Who calls functions.
    pub(crate) caller: Caller,
    /// Who may see addresses.
    pub(crate) policy: Policy,
    /// Whose parameters to read.
    pub(crate) module: &'static ThisModule,
}

impl Context {
    /// Sleeps. `ENOMEM`; `EINTR` if the calling process is killed meanwhile.
    pub(crate) fn new(kallsyms: KBox<Kallsyms>, module: &'static ThisModule) -> Result<Self> {
        Ok(Self {
            policy: Policy::new(&kallsyms),
            caller: Caller::new(kallsyms)?,
            module,
        })
    }

    /// The way to the kernel's symbols.
    pub(crate) fn kallsyms(&self) -> &Kallsyms {
        self.caller.kallsyms()
    }

    /// Whether an address may be written to the log.
    pub(crate) fn shown_in_log(&self) -> bool {
        self.policy.shown_in_log(self.kallsyms())
    }
}
