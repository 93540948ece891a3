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
use core::ops::Range;
use kernel::prelude::*;

/// The functions that never return, by objtool's list.
const NORETURNS: &[&str] = include!(concat!(env!("KALLSYMS_BINDINGS"), "/noreturns.rs"));

/// Prefixes of symbols for the padding before a function.
const PADDING: [&[u8]; 2] = [b"__pfx_", b"__cfi_"];

impl Kallsyms {
    /// As [`Self::target`], but does not refuse functions for what they are: those that never
    /// return, and those that must not be instrumented. May sleep.
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
    pub(in crate::kallsyms) fn find_target(
        &self,
        name: &Name<'_>,
        position: usize,
        may_call: fn(&Symbol<'_>) -> Result<(), Error>,
    ) -> Result<Target, Error> {
        self.with_only(name, position, &mut |symbol| {
            pin(symbol).and_then(|target| may_call(symbol).map(|()| target))
        })
    }

    /// Whether it is known that a compiler has made the function at this address, so that its
    /// prototype in the BTF can be believed whatever it is. Any context.
    pub fn is_compiled(&self, address: usize) -> bool {
        self.can_trace(address) || self.is_padded(address)
    }

    /// Whether the function at this address can be traced, as `available_filter_functions` of
    /// tracefs has them. Any context. [`Symbol::can_trace`] is quicker for a module's function.
    pub fn can_trace(&self, address: usize) -> bool {
        matches!(self.extent(address), Some((size, 0))
            if self.trace_location(address..address.saturating_add(size)).is_some())
    }

    /// The address at which ftrace patches the function at these addresses, if it can be traced.
    /// Any context.
    pub fn trace_location(&self, function: Range<usize>) -> Option<usize> {
        self.btf.as_ref()?.trace_location(function)
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

/// Whether the name belongs to code that is not a function: what the compiler has moved out of one
/// (`.cold`), a label, or where code or data begins (`$x`, `$d`, on arm64).
fn is_part(name: &CStr) -> bool {
    let name = name.to_bytes();
    let cold = |part: &[u8]| part == b"cold";
    name.starts_with(b"$")
        || name.starts_with(b".L")
        || name.split(|byte| *byte == b'.').skip(1).any(cold)
}

/// Whether the symbol names the padding before a function.
fn is_padding(name: &CStr) -> bool {
    PADDING
        .iter()
        .any(|prefix| name.to_bytes().starts_with(prefix))
}

impl Symbol<'_> {
    /// Whether it names a function: code that is not padding, nor a part of a function, nor a
    /// label.
    pub fn is_function(&self) -> bool {
        use Kind::*;

        matches!(self.kind(), Text | EntryText | NoinstrText | InitText)
            && !is_padding(self.name())
            && !is_part(self.name())
    }

    /// Whether it is a function that can be traced, as `available_filter_functions` of tracefs has
    /// them. Any context.
    pub fn can_trace(&self, kallsyms: &Kallsyms) -> bool {
        let end = self
            .address()
            .saturating_add(self.size(kallsyms).unwrap_or(0));
        kallsyms.trace_location(self.address()..end).is_some()
    }

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
pub(in crate::kallsyms) fn may_call(symbol: &Symbol<'_>) -> Result<(), Error> {
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
    if is_part(symbol.name()) {
        return Err(Error::Part);
    }
    let pin: Option<ModuleRef> = match symbol.module() {
        Some(module) => Some(module.pin()?),
        None => None,
    };
    match symbol.kind() {
        // SAFETY: A symbol of text that is not padding and not a part of a function names its
        // entry. The text of `vmlinux` is never freed, nor is a module's while `pin` holds it:
        // `kind()` has told both from init text.
        Kind::Text | Kind::NoinstrText => Ok(unsafe { Target::new(symbol.address(), pin) }),
        kind @ Kind::EntryText => Err(Error::Refused(kind)),
        kind => Err(Error::NotText(kind)),
    }
}
