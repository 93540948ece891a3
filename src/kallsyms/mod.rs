// SPDX-License-Identifier: GPL-2.0

//! Every symbol of the running kernel, and safe ways to the functions it does not export.
//!
//! [`Kallsyms::new`] finds `kallsyms_lookup_name()` and, by it, what else is needed. From then on
//!
//! - [`Kallsyms::for_each`] walks over the symbols;
//! - [`import!`](crate::import) declares unexported functions whose names are known beforehand;
//! - [`Function`] is a function whose name is known only at run time.
//!
//! To vendor this library copy `src/kallsyms/` and `bindings/`, declare the modules `kallsyms` and
//! `bindings` in the crate root, and include `bindings/bindings.mk` from the `Kbuild` file.
//!
//! C header: [`include/linux/kallsyms.h`](srctree/include/linux/kallsyms.h)

mod bootstrap;
mod error;
mod function;
mod import;
pub mod static_call;
mod symbol;
mod walk;

pub use self::{
    error::Error,
    function::{
        Arguments,
        Function,
        Register,
        Signature,
        Takes,
        Target,
        SLOTS, //
    },
    symbol::{
        Kind,
        Layout,
        Symbol, //
    },
};

use crate::bindings;
use kernel::prelude::*;

/// The type of the callback of `kallsyms_on_each_symbol()`.
type Each = Option<unsafe extern "C" fn(*mut c_void, *const c_char, c_ulong) -> c_int>;

crate::import! {
    fn kallsyms_lookup_name(name: *const c_char) -> c_ulong = bindings::kallsyms_lookup_name;
    fn kallsyms_on_each_symbol(each: Each, data: *mut c_void) -> c_int
        = bindings::kallsyms_on_each_symbol;
}

/// The way to the kernel's symbols. One value can live at a time.
pub struct Kallsyms {
    lookup_name: kallsyms_lookup_name,
    on_each_symbol: kallsyms_on_each_symbol,
    layout: Layout,
}

impl Kallsyms {
    /// Finds `kallsyms_lookup_name()`, and what else the library calls. Sleeps.
    ///
    /// # Errors
    ///
    /// [`Error::Bootstrap`]: it is not to be found. [`Error::NotFound`]: the kernel lacks one of the
    /// other functions. [`Error::InUse`]: there is a value of this type already.
    pub fn new() -> Result<Self, Error> {
        let address = bootstrap::kprobe().ok_or(Error::Bootstrap)?;
        // SAFETY: The bootstrap found the entry of that function, which is of `vmlinux` and not freed.
        let lookup_name = kallsyms_lookup_name::new(unsafe { Target::vmlinux(address) })?;
        // SAFETY: The name is NUL-terminated; the function can be called from anywhere.
        let lookup = |name: &CStr| match unsafe { lookup_name.call(name.as_char_ptr()) } {
            0 => None,
            address => Some(address),
        };
        let layout = Layout::new(lookup);
        let function = |name| match lookup(name) {
            Some(address) if layout.kind(address) == Kind::Text => {
                // SAFETY: It is the address of a symbol in the text of `vmlinux` that is not freed.
                Ok(unsafe { Target::vmlinux(address) })
            }
            Some(address) => Err(Error::NotText(layout.kind(address))),
            None => Err(Error::NotFound),
        };
        Ok(Self {
            on_each_symbol: kallsyms_on_each_symbol::new(function(kallsyms_on_each_symbol::NAME)?)?,
            layout,
            lookup_name,
        })
    }

    /// The address of the symbol `name`, or of `module:name`.
    ///
    /// A bare name is looked for in `vmlinux` first and then in the modules. Any context.
    ///
    /// Wraps `kallsyms_lookup_name()`.
    ///
    /// # Errors
    ///
    /// [`Error::BadName`]: empty, `KSYM_NAME_LEN` bytes or more, or not printable.
    /// [`Error::NotFound`]: there is none.
    pub fn lookup(&self, name: &CStr) -> Result<usize, Error> {
        let bytes = name.to_bytes();
        if !(1..bindings::KSYM_NAME_LEN as usize).contains(&bytes.len())
            || !bytes.iter().all(u8::is_ascii_graphic)
        {
            return Err(Error::BadName);
        }
        // SAFETY: The name is NUL-terminated; the function can be called from anywhere.
        match unsafe { self.lookup_name.call(name.as_char_ptr()) } {
            0 => Err(Error::NotFound),
            address => Ok(address),
        }
    }

    /// The function `name`, checked and pinned.
    ///
    /// # Errors
    ///
    /// Those of [`Self::lookup`]. [`Error::NotText`]: it is data, or code that was freed.
    /// [`Error::Refused`]: it is code that nobody may call.
    pub fn target(&self, name: &CStr) -> Result<Target, Error> {
        let address = self.lookup(name)?;
        match self.layout.kind(address) {
            // SAFETY: It is text of `vmlinux` that is not freed, and a symbol's address is an entry.
            Kind::Text => Ok(unsafe { Target::vmlinux(address) }),
            kind @ (Kind::EntryText | Kind::NoinstrText) => Err(Error::Refused(kind)),
            kind => Err(Error::NotText(kind)),
        }
    }

    /// The function `name` as a value that can be called; see [`Function`].
    ///
    /// # Errors
    ///
    /// Those of [`Self::target`], and [`Error::NoSlot`].
    ///
    /// # Safety
    ///
    /// The function must have the signature `F`.
    pub unsafe fn function<F: Signature>(&self, name: &CStr) -> Result<Function<F>, Error> {
        // SAFETY: By the safety requirement.
        unsafe { Function::new(self.target(name)?) }
    }
}
