// SPDX-License-Identifier: GPL-2.0

//! Makes text of values, for the log and for files.

pub(crate) mod error_name;
pub(crate) mod object;
pub(crate) mod symbol_name;
pub(crate) mod value;

use self::{
    error_name::ErrorNames,
    value::Value, //
};

use crate::{
    failure::Failure,
    kallsyms::{
        nofault,
        Kallsyms, //
    },
    module_bindings, //
};
use kernel::{
    fmt,
    prelude::{
        fmt,
        *, //
    },
    str::CString,
    sync::Arc, //
};

/// What is known about values beyond their types.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    /// Knows the names of functions.
    pub(crate) kallsyms: &'a Kallsyms,
    /// Knows the names of errors.
    pub(crate) errors: &'a ErrorNames,
    /// Whether device memory is read as well: reading a register may change the device.
    pub(crate) devices: bool,
    /// How many bytes of a string are shown.
    pub(crate) text_limit: usize,
}

impl Facts<'_> {
    /// Reads memory. Fails with `EPERM` if it is a device's, and with `EFAULT` if nothing is there.
    pub(crate) fn read(&self, address: usize, to: &mut [u8]) -> Result {
        let last = address.wrapping_add(to.len().saturating_sub(1));
        // SAFETY: The function takes any address.
        let is_memory = |address| unsafe { module_bindings::rust_kallsyms_is_memory(address) };
        if !(self.devices || is_memory(address) && is_memory(last)) {
            return Err(EPERM);
        }
        nofault::read(address, to)
    }
}

/// The function that was called.
pub(crate) struct Callee {
    /// Its name.
    pub(crate) name: CString,
    /// Whether the user called it by an alias.
    pub(crate) alias: bool,
    /// The module, or `vmlinux`.
    pub(crate) module: CString,
    /// Its size in bytes.
    pub(crate) size: usize,
}

/// The line for a call during which the kernel warned of something.
pub(crate) const WARNED: &str =
    "the kernel warned of something while it ran; its report is in the log";

/// The outcome of an expression.
pub(crate) struct Outcome {
    /// For a call, the function.
    pub(crate) callee: Option<Arc<Callee>>,
    /// The type of the value, or the prototype of the function, as C.
    pub(crate) prototype: CString,
    /// The value, or what the function returned.
    pub(crate) value: Value,
    /// The values in its temporaries, with the names of the parameters.
    pub(crate) temporaries: KVec<(CString, Value)>,
    /// How many nanoseconds it took.
    pub(crate) nanoseconds: i64,
    /// Whether it tainted the kernel.
    pub(crate) tainted: bool,
    /// Whether the kernel warned of something meanwhile.
    pub(crate) warned: bool,
}

impl Outcome {
    /// The outcome of an expression that is not a call.
    #[inline(never)]
    pub(crate) fn of_value(value: Value, prototype: CString) -> Result<KBox<Self>, Failure> {
        let outcome = Self {
            callee: None,
            prototype,
            value,
            temporaries: KVec::new(),
            nanoseconds: 0,
            tainted: false,
            warned: false,
        };
        Ok(KBox::new(outcome, GFP_KERNEL)?)
    }

    /// The value and the temporaries as text; with addresses only if `show`.
    pub(crate) fn values(&self, show: bool) -> impl fmt::Display + '_ {
        Values {
            outcome: self,
            show,
        }
    }
}

/// See [`Outcome::values`].
struct Values<'a> {
    outcome: &'a Outcome,
    show: bool,
}

impl fmt::Display for Values<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { outcome, show } = *self;
        f.write_fmt(fmt!("{}", outcome.value.display(show)))?;
        for (name, value) in &outcome.temporaries {
            f.write_fmt(fmt!(", {} = {}", &**name, value.display(show)))?;
        }
        Ok(())
    }
}
