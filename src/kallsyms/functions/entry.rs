// SPDX-License-Identifier: GPL-2.0

//! Which symbols are the entries of functions, and which functions may be called.

use super::Target;
use crate::kallsyms::{
    Error,
    Kallsyms,
    Kind,
    ModuleRef,
    Name,
    Symbol, //
};
use core::ops::ControlFlow;
use kernel::prelude::*;

/// The functions that never return, by objtool's list.
const NORETURNS: &[&str] = include!(concat!(env!("KALLSYMS_BINDINGS"), "/noreturns.rs"));

/// Prefixes of symbols for the padding before a function.
const PADDING: [&[u8]; 2] = [b"__pfx_", b"__cfi_"];

impl Kallsyms {
    /// The function of this name, checked and pinned. Sleeps.
    ///
    /// `position` says which one if there are several, as livepatch's `sympos` does: 1 is the first
    /// of [`Self::for_each_named`]; 0 means that there must be only one, in `vmlinux` or, if there
    /// is none, in the modules. So a name that `vmlinux` has means its own function, whatever
    /// modules are loaded, and costs no search of those.
    ///
    /// # Errors
    ///
    /// - [`Error::NotFound`]: there is no such symbol, or none at this position.
    /// - [`Error::Ambiguous`]: there are several, and `position` is 0.
    /// - [`Error::NotText`]: it is data, or code that has been freed or will be.
    /// - [`Error::Refused`]: it is code that nobody may call.
    /// - [`Error::Padding`]: it is the padding before a function.
    /// - [`Error::NoReturn`]: it is a function that never returns.
    /// - [`Error::ModuleNotLive`]: its module is coming or going.
    /// - [`Error::Nested`]: this thread is walking over the modules.
    pub fn target(&self, name: &Name<'_>, position: usize) -> Result<Target, Error> {
        self.find_target(name, position, may_call)
    }

    /// As [`Self::target`], but does not refuse functions for what they are: those that never
    /// return, and those that must not be instrumented. Sleeps.
    ///
    /// # Errors
    ///
    /// Those of [`Self::target`], but [`Error::NoReturn`], and [`Error::Refused`] only for entry
    /// code.
    ///
    /// # Safety
    ///
    /// The caller must know that the function can be called.
    pub unsafe fn target_unchecked(
        &self,
        name: &Name<'_>,
        position: usize,
    ) -> Result<Target, Error> {
        self.find_target(name, position, |_| Ok(()))
    }

    /// The function of this name, if `may_call` has nothing against it.
    fn find_target(
        &self,
        name: &Name<'_>,
        position: usize,
        may_call: fn(&Symbol<'_>) -> Result<(), Error>,
    ) -> Result<Target, Error> {
        let mut found = 0;
        let mut target = Err(Error::NotFound);
        let mut each = |symbol: &Symbol<'_>| {
            found += 1;
            if found == position.max(1) {
                target = pin(symbol).and_then(|target| may_call(symbol).map(|()| target));
            }
            if found == position {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        // The lock is taken for `vmlinux` too, so that whether this fails does not depend on where
        // the function is.
        let modules = self.lock_modules()?;
        let mut of_vmlinux = 0;
        let walked = self.for_each_named_of_vmlinux(name, &mut |symbol| {
            of_vmlinux += 1;
            each(symbol)
        });
        let only_one = position == 0 && of_vmlinux == 1;
        if walked.is_continue() && !only_one {
            let _ = modules.for_each_named(name, &mut each);
        }
        drop(modules);
        match position {
            0 if found > 1 => Err(Error::Ambiguous(found)),
            _ => target,
        }
    }

    /// Whether it is known that a compiler has made the function at this address, so that its
    /// prototype in the BTF can be believed whatever it is. Any context.
    pub fn is_compiled(&self, address: usize) -> bool {
        self.can_trace(address) || self.is_padded(address)
    }

    /// Whether the function at this address can be traced, as `available_filter_functions` of
    /// tracefs has them. Any context.
    pub fn can_trace(&self, address: usize) -> bool {
        self.trace_location(address).is_some()
    }

    /// The address in the function at this one at which ftrace has it call who traces it. Any
    /// context.
    pub fn trace_location(&self, address: usize) -> Option<usize> {
        self.btf.as_ref()?.trace_location(address)
    }
}

impl Kallsyms {
    /// Whether there is a symbol for padding right before the function at `address`, as objtool
    /// makes one where the compiler was told to leave room. Any context.
    pub(in crate::kallsyms) fn is_padded(&self, address: usize) -> bool {
        let before = address.wrapping_sub(1);
        self.at(before, |place| is_padding(place.name))
            .unwrap_or(false)
    }
}

/// Whether the symbol names the padding before a function.
fn is_padding(name: &CStr) -> bool {
    PADDING
        .iter()
        .any(|prefix| name.to_bytes().starts_with(prefix))
}

impl Symbol<'_> {
    /// Whether [`Kallsyms::target`] finds a function here that may be called. `Ok` with an error:
    /// only [`Kallsyms::target_unchecked`] does. A module's function must not be called after it.
    ///
    /// # Errors
    ///
    /// Those of [`Kallsyms::target_unchecked`].
    pub fn may_be_called(&self) -> Result<Option<Error>, Error> {
        pin(self).map(|_| may_call(self).err())
    }
}

/// Fails if a function must not be called for what it is.
fn may_call(symbol: &Symbol<'_>) -> Result<(), Error> {
    let name = symbol.name().to_bytes();
    if NORETURNS.iter().any(|noreturn| noreturn.as_bytes() == name) {
        return Err(Error::NoReturn);
    }
    match symbol.kind() {
        kind @ Kind::NoinstrText => Err(Error::Refused(kind)),
        _ => Ok(()),
    }
}

/// Pins a function, if the symbol is one.
fn pin(symbol: &Symbol<'_>) -> Result<Target, Error> {
    if is_padding(symbol.name()) {
        return Err(Error::Padding);
    }
    let pin: Option<ModuleRef> = match symbol.module() {
        Some(module) => Some(module.pin()?),
        None => None,
    };
    match symbol.kind() {
        // SAFETY: A symbol that is not padding names the entry of a function. The text of `vmlinux`
        // is never freed, nor is that of a module while `pin` holds it: `kind()` has told both from
        // init text.
        Kind::Text | Kind::NoinstrText => Ok(unsafe { Target::new(symbol.address(), pin) }),
        kind @ Kind::EntryText => Err(Error::Refused(kind)),
        kind => Err(Error::NotText(kind)),
    }
}
