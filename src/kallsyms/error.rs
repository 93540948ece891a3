// SPDX-License-Identifier: GPL-2.0

//! What can go wrong, and the errno that says so.

use super::{
    Bootstrap,
    Kind, //
};
use kernel::{
    alloc::AllocError,
    bindings,
    fmt,
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// Why a symbol was not found, or may not be used. Its text says so in words: log it.
///
/// Made an [`Error`](kernel::error::Error) of the kernel's, as `?` does, it is an errno and nothing
/// else.
#[derive(Debug)]
pub enum Error {
    /// What is wrong with the symbol of this name.
    Of(CString, KBox<Error>),
    /// `kallsyms_lookup_name()` itself was not found in this way. `EOPNOTSUPP`.
    Bootstrap(Bootstrap),
    /// There is no symbol of this name, or none at this position. `ENOENT`.
    NotFound,
    /// There are several symbols of this name: this many. `ENOTUNIQ`.
    Ambiguous(usize),
    /// It is not text that could be called. `EFAULT`.
    NotText(Kind),
    /// It is not a variable. `EFAULT`.
    NotData(Kind),
    /// The variable has this many bytes, and its type has not. `EPROTOTYPE`.
    WrongSize(usize),
    /// The kernel's variable of this name is not what this library knows. `EOPNOTSUPP`.
    Unknown(&'static CStr),
    /// It is text that must not be called from here. `EPERM`.
    Refused(Kind),
    /// It is the padding before a function. `EPERM`.
    Padding,
    /// It is a part of a function or a label in one (`.cold`, `$x`), not the entry. `EPERM`.
    Part,
    /// It is a function that never returns. `EPERM`.
    NoReturn,
    /// The kernel has no prototype of it, so that no signature can be checked. `ENODATA`.
    NoPrototype,
    /// Its prototype and the signature differ; this says how they look. `EPROTOTYPE`.
    Mismatch(CString),
    /// Its module is still coming, or already going. `EBUSY`.
    ModuleNotLive,
    /// The one value of this type is alive elsewhere. `EBUSY`.
    InUse,
    /// All slots for functions known only at run time are taken. `EUSERS`.
    NoSlot,
    /// The name is empty, too long, or has characters that no symbol has. `EINVAL`.
    BadName,
    /// This thread is walking over the modules already. `EDEADLK`.
    Nested,
    /// The process that asks is to die. `EINTR`.
    Interrupted,
    /// There is no memory. `ENOMEM`.
    NoMemory,
    /// Something else than this library has failed. Its own errno.
    Kernel(kernel::error::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bootstrap(tried) => f.write_fmt(fmt!(
                "kallsyms_lookup_name was not found; tried: {}",
                match tried {
                    Bootstrap::Auto => "scan and kprobe",
                    Bootstrap::Kprobe => "kprobe",
                    Bootstrap::Address(_) => "the given address, which is not its entry",
                    Bootstrap::Scan => "scan",
                }
            )),
            Self::Of(name, error) => f.write_fmt(fmt!("{}: {error}", &**name)),
            Self::NotFound => f.write_str("no such symbol"),
            Self::Ambiguous(count) => f.write_fmt(fmt!("{count} symbols have this name")),
            Self::NotText(kind) => f.write_fmt(fmt!("it is {kind}, not a function")),
            Self::NotData(kind) => f.write_fmt(fmt!("it is {kind}, not a variable")),
            Self::WrongSize(room) => f.write_fmt(fmt!(
                "it has room for {room} bytes, which its type does not fill"
            )),
            Self::Unknown(name) => f.write_fmt(fmt!(
                "this kernel's `{name}` is not as the library knows it"
            )),
            Self::Refused(kind) => f.write_fmt(fmt!("it is {kind} text, which must not be called")),
            Self::Padding => f.write_str("it is the padding before a function"),
            Self::Part => f.write_str("it is a part of a function, not its entry"),
            Self::NoReturn => f.write_str("it never returns"),
            Self::NoPrototype => f.write_str("the kernel has no prototype of it"),
            Self::Mismatch(text) => f.write_fmt(fmt!("{}", &**text)),
            Self::ModuleNotLive => f.write_str("its module is coming or going"),
            Self::InUse => f.write_str("it is in use already"),
            Self::NoSlot => f.write_str("too many functions are held at once"),
            Self::BadName => f.write_str("not a symbol's name"),
            Self::Nested => f.write_str("the modules are being walked over already"),
            Self::Interrupted => f.write_str("interrupted"),
            Self::NoMemory => f.write_str("no memory"),
            Self::Kernel(error) => f.write_fmt(fmt!("{error:?}")),
        }
    }
}

impl From<AllocError> for Error {
    fn from(_: AllocError) -> Self {
        Self::NoMemory
    }
}

/// So that one function can use `?` on what this library and what the kernel's crate returns.
impl From<kernel::error::Error> for Error {
    fn from(error: kernel::error::Error) -> Self {
        Self::Kernel(error)
    }
}

impl From<Error> for kernel::error::Error {
    fn from(error: Error) -> Self {
        error.to_errno()
    }
}

impl Error {
    /// The error without the name of the symbol.
    pub fn cause(&self) -> &Self {
        match self {
            Self::Of(_, error) => error.cause(),
            error => error,
        }
    }

    /// Whether there is no such symbol.
    pub fn is_not_found(&self) -> bool {
        matches!(self.cause(), Self::NotFound)
    }

    /// The error with the name of the symbol, if there is memory for it.
    pub(super) fn of(self, name: &dyn fmt::Display) -> Self {
        let Ok(text) = CString::try_from_fmt(fmt!("{name}")) else {
            return self;
        };
        match KBox::new_uninit(GFP_KERNEL) {
            Ok(place) => Self::Of(text, KBox::write(place, self)),
            Err(_) => self,
        }
    }

    /// The errno that says so.
    pub fn to_errno(&self) -> kernel::error::Error {
        let errno = match self.cause() {
            Error::Bootstrap(_) | Error::Unknown(_) => bindings::EOPNOTSUPP,
            Error::NotFound | Error::Of(..) => bindings::ENOENT,
            Error::Ambiguous(_) => bindings::ENOTUNIQ,
            Error::NotText(_) | Error::NotData(_) => bindings::EFAULT,
            Error::Refused(_) | Error::Padding | Error::Part | Error::NoReturn => bindings::EPERM,
            Error::NoPrototype => bindings::ENODATA,
            Error::Mismatch(_) | Error::WrongSize(_) => bindings::EPROTOTYPE,
            Error::ModuleNotLive | Error::InUse => bindings::EBUSY,
            Error::NoSlot => bindings::EUSERS,
            Error::BadName => bindings::EINVAL,
            Error::Nested => bindings::EDEADLK,
            Error::Interrupted => bindings::EINTR,
            Error::NoMemory => bindings::ENOMEM,
            Error::Kernel(error) => return *error,
        };
        // No errno is too large for an `i32`.
        kernel::error::Error::from_errno(-(errno as i32))
    }
}
