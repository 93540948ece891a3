// SPDX-License-Identifier: GPL-2.0

//! Where BTF comes from: the kernel itself, a module, or one after the other.

use super::Btf;
use crate::kallsyms::{
    symbols::Stage,
    Error,
    Kallsyms,
    Module,
    Position,
    Symbol,
    Target,
    VMLINUX, //
};
use core::ops::ControlFlow;
use kernel::prelude::*;

/// Where a module is that has been walked over.
const DONE: usize = usize::MAX;

impl Kallsyms {
    /// Calls `f` for the BTF of the kernel itself, and then of each module that has some, until it
    /// breaks; and leaves in `position` where that was. Modules whose names are not `wanted` are
    /// skipped. May sleep.
    ///
    /// `f` gets the module's name (`vmlinux` for the kernel itself), the BTF, and a number, which
    /// is 0 at first: it may change that, and gets it again with the same BTF when it has broken.
    /// No lock is held while it runs, and the module cannot go.
    ///
    /// # Errors
    ///
    /// [`Error::Nested`]: this thread is walking over the modules already.
    pub fn for_each_btf_from<B>(
        &self,
        position: &mut Position,
        wanted: impl Fn(&CStr) -> bool,
        mut f: impl FnMut(&CStr, &Btf<'_>, &mut usize) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B>, Error> {
        if position.stage == Stage::Vmlinux {
            if let Some(btf) = self.btf_of_vmlinux().filter(|_| wanted(VMLINUX)) {
                let mut next = position.vmlinux as usize;
                let walked = f(VMLINUX, &btf, &mut next);
                position.vmlinux = next as u32;
                if walked.is_break() {
                    return Ok(walked);
                }
            }
            position.stage = Stage::Modules;
        }
        let mut last = None;
        while position.stage == Stage::Modules {
            let spot = &mut position.modules;
            let pin = |module: &Module, next: &mut usize| {
                if *next == DONE || !wanted(module.name()) {
                    return ControlFlow::Continue(());
                }
                module
                    .pin()
                    .map_or(ControlFlow::Continue(()), ControlFlow::Break)
            };
            let modules = self.lock_modules()?;
            let found = match &last {
                Some(last) => modules.go_on_after(last, spot, pin),
                None => modules.for_each_since(spot, pin),
            };
            drop(modules);
            let ControlFlow::Break(pin) = found else {
                position.stage = Stage::End;
                break;
            };
            let next = spot.symbol();
            if let Some(btf) = self.btf_of(Some(pin.as_ptr())) {
                let walked = f(pin.name(), &btf, next);
                if walked.is_break() {
                    return Ok(walked);
                }
            }
            *next = DONE;
            last = Some(pin);
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl Kallsyms {
    /// The types of the kernel itself, or of the module that has `target`. May sleep: the kernel
    /// takes a mutex of its own for either, and parses its BTF when it is asked for the first time.
    ///
    /// `None` if it has none.
    pub fn btf(&self, target: &Target) -> Option<Btf<'_>> {
        let mut btf = self.btf_of(target.module())?;
        btf.function = Some((self, target.address()));
        Some(btf)
    }

    /// The types of the kernel itself. May sleep, as [`Self::btf`] does.
    pub fn btf_of_vmlinux(&self) -> Option<Btf<'_>> {
        self.btf_of(None)
    }

    /// The types of the kernel itself, or of the module that has `symbol`. May sleep, as
    /// [`Self::btf`] does.
    ///
    /// Nobody waits for the list of modules, which is locked as long as a module's symbol is there,
    /// while holding the mutex that this takes.
    pub fn btf_of_symbol(&self, symbol: &Symbol<'_>) -> Option<Btf<'_>> {
        let mut btf = self.btf_of(symbol.module().map(Module::as_ptr))?;
        btf.function = Some((self, symbol.address()));
        Some(btf)
    }
}
