// SPDX-License-Identifier: GPL-2.0

//! Names of symbols: as somebody asks for them, and as the kernel has them.

use crate::{
    bindings,
    kallsyms::Error, //
};
use core::marker::PhantomData;
use kernel::{
    fmt,
    prelude::{
        fmt,
        *, //
    },
    str::BStr, //
};

/// The name that the kernel itself has among the modules.
pub const VMLINUX: &CStr = c"vmlinux";

/// The name of a symbol, or of several: `name`, or `module:name`, where the kernel itself is the
/// module `vmlinux`.
#[derive(Clone, Copy)]
pub struct Name<'a> {
    module: Option<&'a [u8]>,
    symbol: &'a CStr,
}

impl<'a> Name<'a> {
    /// Takes a name apart.
    ///
    /// # Errors
    ///
    /// [`Error::BadName`]: the symbol's part is empty, has `KSYM_NAME_LEN` bytes or more, or one
    /// that is not printable ASCII; or the module's part is empty or too long for a module.
    pub fn new(name: &'a CStr) -> Result<Self, Error> {
        let bytes = name.to_bytes_with_nul();
        let (module, symbol) = match bytes.iter().position(|byte| *byte == b':') {
            Some(colon) => (Some(&bytes[..colon]), &bytes[colon + 1..]),
            None => (None, bytes),
        };
        let symbol = CStr::from_bytes_with_nul(symbol).map_err(|_| Error::BadName)?;
        Self::of_parts(module, symbol)
    }

    /// The name of a symbol, perhaps of a certain module, or of `vmlinux`.
    ///
    /// # Errors
    ///
    /// As [`Self::new`].
    pub fn of_parts(module: Option<&'a [u8]>, symbol: &'a CStr) -> Result<Self, Error> {
        let good = |bytes: &[u8], limit: usize| {
            (1..limit).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic)
        };
        let good_module = module.is_none_or(|module| good(module, bindings::MODULE_NAME_LEN));
        if good(symbol.to_bytes(), bindings::KSYM_NAME_LEN as usize) && good_module {
            Ok(Self { module, symbol })
        } else {
            Err(Error::BadName)
        }
    }

    /// A name that a declaration has: identifiers, which need no check.
    pub(in crate::kallsyms) fn known(module: &'a CStr, symbol: &'a CStr) -> Self {
        Self {
            module: Some(module.to_bytes()),
            symbol,
        }
    }

    /// The symbol's part.
    pub fn symbol(&self) -> &'a CStr {
        self.symbol
    }

    /// Whether only symbols of `vmlinux` are meant.
    pub(in crate::kallsyms) fn is_of_vmlinux(&self) -> bool {
        self.module.is_some() && self.has_module(VMLINUX)
    }

    /// Whether symbols of the module (or of `vmlinux`) are meant.
    pub fn has_module(&self, module: &CStr) -> bool {
        self.module.is_none_or(|name| name == module.to_bytes())
    }
}

impl fmt::Display for Name<'_> {
    /// As it is asked for; without a module that is `vmlinux`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.module {
            Some(module) if !self.is_of_vmlinux() => {
                f.write_fmt(fmt!("{}:{}", BStr::from_bytes(module), self.symbol))
            }
            _ => f.write_fmt(fmt!("{}", self.symbol)),
        }
    }
}

/// A name of the kernel's, whose length is not known before somebody asks for it.
///
/// # Invariants
///
/// It points to a NUL-terminated string, which is valid and does not change for `'a`.
#[derive(Clone, Copy)]
pub(in crate::kallsyms) struct RawName<'a>(*const c_char, PhantomData<&'a CStr>);

impl<'a> RawName<'a> {
    /// The string at `pointer`.
    ///
    /// # Safety
    ///
    /// It must be NUL-terminated, be valid and not change for `'a`.
    #[inline]
    pub(in crate::kallsyms) unsafe fn new(pointer: *const c_char) -> Self {
        // INVARIANT: The caller promises it.
        Self(pointer, PhantomData)
    }

    /// The string, with its length.
    #[inline]
    pub(in crate::kallsyms) fn get(self) -> &'a CStr {
        // SAFETY: By the invariants of `RawName` the string is NUL-terminated, valid and unchanged
        // for `'a`.
        unsafe { CStr::from_char_ptr(self.0) }
    }

    /// Whether it begins with these bytes. None of them may be NUL. Reads no more of it than that
    /// takes.
    #[inline]
    pub(in crate::kallsyms) fn begins_with(self, prefix: &[u8]) -> bool {
        prefix.iter().enumerate().all(|(place, byte)| {
            // SAFETY: By the invariants of `RawName` the string is valid up to its NUL, and none of
            // the bytes before this one was that: each was equal to one of `prefix`, where there is
            // none.
            *byte != 0 && unsafe { *self.0.add(place) } == *byte
        })
    }

    /// Whether it is this string.
    #[inline]
    pub(in crate::kallsyms) fn is(self, name: &CStr) -> bool {
        let bytes = name.to_bytes();
        self.begins_with(bytes) && {
            // SAFETY: The string begins with `bytes`, and none of these is NUL: so by the
            // invariants of `RawName` it is valid up to the byte after them.
            unsafe { *self.0.add(bytes.len()) == 0 }
        }
    }
}

impl RawName<'_> {
    /// Whether it matches a pattern, as for [`glob_match()`](super::glob_match).
    pub(in crate::kallsyms) fn matches(self, pattern: &CStr) -> bool {
        // SAFETY: Both strings are NUL-terminated; `glob_match()` reads them and does nothing else.
        unsafe { bindings::glob_match(pattern.as_char_ptr(), self.0) }
    }
}

impl<'a> From<&'a CStr> for RawName<'a> {
    fn from(name: &'a CStr) -> Self {
        // INVARIANT: A `CStr` is NUL-terminated, valid and unchanged for as long as it is borrowed.
        Self(name.as_char_ptr(), PhantomData)
    }
}
