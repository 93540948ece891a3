// SPDX-License-Identifier: GPL-2.0

//! The names of errors: `-EINVAL`.

use crate::{
    kallsyms::Kallsyms,
    module_bindings, //
};
use kernel::{
    bindings,
    prelude::*, //
};

crate::import! {
    fn errname(errno: c_int) -> *const c_char = module_bindings::errname;
}

/// The kernel's names of errors.
pub(crate) struct ErrorNames(Option<errname>);

impl ErrorNames {
    /// May sleep.
    pub(crate) fn new(kallsyms: &Kallsyms) -> Self {
        Self(errname::resolve(kallsyms).ok())
    }

    /// The name of an error, with its minus, if the value is one.
    pub(crate) fn name(&self, value: i64) -> Option<&'static CStr> {
        let errno = i32::try_from(value).ok().filter(|errno| *errno < 0)?;
        // SAFETY: `errname()` takes any number.
        let name = unsafe { self.0.as_ref()?.call(errno) };
        // SAFETY: A name that is not null is a static string of the kernel's.
        (!name.is_null()).then(|| unsafe { CStr::from_char_ptr(name) })
    }
}

/// The error in a pointer such as `ERR_PTR(-EINVAL)`; [`None`] for an address.
pub(crate) fn of_pointer(address: usize) -> Option<i64> {
    let error = address as i64;
    (-i64::from(bindings::MAX_ERRNO)..0)
        .contains(&error)
        .then_some(error)
}
