// SPDX-License-Identifier: GPL-2.0

//! One call of a function found by name.

use crate::kallsyms::{
    self,
    Function,
    Kallsyms, //
};
use kernel::{
    prelude::*,
    str::CString, //
};

/// Names that people use for functions which are called otherwise today: macros, in the headers.
const ALIASES: [(&[u8], &CStr); 1] = [(b"printk", c"_printk")];

/// What `printk()` prints when it is given nothing to print.
const GREETING: &CStr = c"rust_kallsyms: hello, this line was printed by printk() itself\n";

/// `int _printk(const char *fmt, ...)`
type Printk = unsafe extern "C" fn(*const c_char, ...) -> c_int;

/// Why there was no call.
pub(crate) enum Error {
    /// The function cannot be had.
    Kallsyms(kallsyms::Error),
    /// Its prototype is not known.
    Prototype,
    /// There was no memory.
    NoMemory,
}

/// A call that was made.
pub(crate) struct Outcome {
    /// The name of the function called, which may differ from what the user wrote.
    pub(crate) name: CString,
    /// What it returned.
    pub(crate) value: c_int,
}

/// Calls the function `name`.
pub(crate) fn call(kallsyms: &Kallsyms, name: &[u8]) -> Result<Outcome, Error> {
    let name = match ALIASES.iter().find(|(alias, _)| *alias == name) {
        Some((_, today)) => CString::try_from(*today).map_err(|_| Error::NoMemory)?,
        None => c_string(name)?,
    };
    let target = kallsyms.target(&name).map_err(Error::Kallsyms)?;
    if *name != *c"_printk" {
        return Err(Error::Prototype);
    }
    // SAFETY: That is the signature of `_printk()`.
    let printk = unsafe { Function::<Printk>::new(target) }.map_err(Error::Kallsyms)?;
    Ok(Outcome {
        // SAFETY: The format is a string without conversions; `printk()` can be called from anywhere.
        value: unsafe { printk.call((GREETING.as_char_ptr(),)) },
        name,
    })
}

/// `bytes` with a NUL at the end.
fn c_string(bytes: &[u8]) -> Result<CString, Error> {
    // A name with a NUL inside is none that a symbol has.
    if bytes.contains(&0) {
        return Err(Error::Kallsyms(kallsyms::Error::BadName));
    }
    let mut name = KVec::with_capacity(bytes.len() + 1, GFP_KERNEL).map_err(|_| Error::NoMemory)?;
    name.extend_from_slice(bytes, GFP_KERNEL)
        .map_err(|_| Error::NoMemory)?;
    name.push(0, GFP_KERNEL).map_err(|_| Error::NoMemory)?;
    let name =
        CStr::from_bytes_with_nul(&name).map_err(|_| Error::Kallsyms(kallsyms::Error::BadName))?;
    CString::try_from(name).map_err(|_| Error::NoMemory)
}
