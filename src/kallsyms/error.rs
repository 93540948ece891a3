// SPDX-License-Identifier: GPL-2.0

//! What can go wrong, and the errno that says so.

use super::Kind;
use kernel::{
    bindings,
    fmt,
    prelude::fmt, //
};

/// Why a symbol was not found, or may not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// `kallsyms_lookup_name()` itself was not found. `EOPNOTSUPP`.
    Bootstrap,
    /// There is no symbol of this name. `ENOENT`.
    NotFound,
    /// It is not text, so it cannot be called. `EFAULT`.
    NotText(Kind),
    /// It is text, but of a kind that must not be called from here. `EPERM`.
    Refused(Kind),
    /// Its module is still coming, or already going. `EBUSY`.
    ModuleNotLive,
    /// The one value of this import is alive elsewhere. `EBUSY`.
    InUse,
    /// All slots for functions known only at run time are taken. `EUSERS`.
    NoSlot,
    /// The name is empty, too long, or has characters that no symbol has. `EINVAL`.
    BadName,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bootstrap => f.write_str("kallsyms_lookup_name cannot be found on this kernel"),
            Self::NotFound => f.write_str("no such symbol"),
            Self::NotText(kind) => f.write_fmt(fmt!("it is {kind}, not a function")),
            Self::Refused(kind) => f.write_fmt(fmt!("it is {kind}, which must not be called")),
            Self::ModuleNotLive => f.write_str("its module is coming or going"),
            Self::InUse => f.write_str("it is imported already"),
            Self::NoSlot => f.write_str("too many functions are held at once"),
            Self::BadName => f.write_str("not a symbol's name"),
        }
    }
}

impl From<Error> for kernel::error::Error {
    fn from(error: Error) -> Self {
        let errno = match error {
            Error::Bootstrap => bindings::EOPNOTSUPP,
            Error::NotFound => bindings::ENOENT,
            Error::NotText(_) => bindings::EFAULT,
            Error::Refused(_) => bindings::EPERM,
            Error::ModuleNotLive | Error::InUse => bindings::EBUSY,
            Error::NoSlot => bindings::EUSERS,
            Error::BadName => bindings::EINVAL,
        };
        // No errno is too large for an `i32`.
        Self::from_errno(-(errno as i32))
    }
}
