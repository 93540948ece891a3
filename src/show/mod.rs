// SPDX-License-Identifier: GPL-2.0

//! What an expression gave, as text for the log and for files.

pub(crate) mod error_name;
pub(crate) mod object;
pub(crate) mod value;

use self::value::Value;
use crate::failure::Failure;
use kernel::{
    fmt,
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// The function that was called.
pub(crate) struct Callee {
    /// Its name.
    pub(crate) name: CString,
    /// Whether the user called it otherwise.
    pub(crate) alias: bool,
    /// The module, or `vmlinux`.
    pub(crate) module: CString,
    /// How many bytes it has.
    pub(crate) size: usize,
}

/// What an expression gave.
pub(crate) struct Outcome {
    /// Of a call, the function.
    pub(crate) callee: Option<Callee>,
    /// The type of the value, or the prototype of the function, as C.
    pub(crate) prototype: CString,
    /// The value, or what the function returned.
    pub(crate) value: Value,
    /// What is in the temporaries that were its arguments, by the names of its parameters.
    pub(crate) temporaries: KVec<(CString, Value)>,
    /// How many nanoseconds it took.
    pub(crate) nanoseconds: i64,
    /// Whether the kernel is tainted by it.
    pub(crate) tainted: bool,
}

impl Outcome {
    /// What an expression gave that is no call.
    #[inline(never)]
    pub(crate) fn of_value(value: Value, prototype: CString) -> Result<KBox<Self>, Failure> {
        let outcome = Self {
            callee: None,
            prototype,
            value,
            temporaries: KVec::new(),
            nanoseconds: 0,
            tainted: false,
        };
        Ok(KBox::new(outcome, GFP_KERNEL)?)
    }

    /// The value as text, and what is in the temporaries; addresses only if `show`.
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
