// SPDX-License-Identifier: GPL-2.0

//! Variables of the kernel and of modules.

use crate::kallsyms::{
    Error,
    Kallsyms,
    Kind,
    ModuleRef,
    Name,
    Symbol, //
};
use kernel::prelude::*;

/// How many bytes more than its type a variable may have: kallsyms knows no sizes in `vmlinux`,
/// only the distance to the next symbol.
const SLACK: usize = 63;

/// A variable, which stays where it is for as long as this lives.
///
/// # Invariants
///
/// There are `size` bytes of data at `address`, in `vmlinux`, where they are never freed, or in the
/// module that `pin` holds.
pub struct Variable {
    address: usize,
    size: usize,
    #[allow(dead_code)]
    pin: Option<ModuleRef>,
}

impl Variable {
    /// Its address.
    pub fn address(&self) -> usize {
        self.address
    }

    /// How many bytes it has, as far as that is known: at least as many as were asked for.
    pub fn size(&self) -> usize {
        self.size
    }
}

impl Kallsyms {
    /// The variable of this name, which has `size` bytes, pinned. May sleep.
    ///
    /// There must be only one of this name, in `vmlinux` or, if there is none, in the modules; and
    /// its symbol must have room for `size` bytes, but not for 64 more.
    ///
    /// # Errors
    ///
    /// - [`Error::NotFound`]: there is no such symbol.
    /// - [`Error::Ambiguous`]: there are several.
    /// - [`Error::NotData`]: it is not a variable, or one of each CPU's own.
    /// - [`Error::WrongSize`]: it has less or more room.
    /// - [`Error::ModuleNotLive`]: its module is coming or going.
    /// - [`Error::Nested`]: this thread is walking over the modules.
    ///
    /// # Examples
    ///
    /// ```
    /// # use crate::kallsyms::{Error, Kallsyms, Name};
    /// # fn example(kallsyms: &Kallsyms) -> Result<(), Error> {
    /// let panic_timeout = kallsyms.variable(&Name::new(c"panic_timeout")?, size_of::<c_int>())?;
    /// // SAFETY: It is an `int` that is there for as long as `panic_timeout`.
    /// let seconds = unsafe { (panic_timeout.address() as *const c_int).read_volatile() };
    /// # assert!(seconds >= -1);
    /// # assert!(kallsyms.variable(&Name::new(c"panic_timeout")?, 512).is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn variable(&self, name: &Name<'_>, size: usize) -> Result<Variable, Error> {
        self.with_only(name, 0, &mut |symbol| self.pin_variable(symbol, size))
    }

    /// Pins a variable, if the symbol is one and has this size.
    fn pin_variable(&self, symbol: &Symbol<'_>, size: usize) -> Result<Variable, Error> {
        match symbol.kind() {
            Kind::Data | Kind::Bss | Kind::Rodata => {}
            kind => return Err(Error::NotData(kind)),
        }
        let pin = match symbol.module() {
            Some(module) => Some(module.pin()?),
            None => None,
        };
        let room = symbol.size(self).unwrap_or(0);
        if !fits(room, size) {
            return Err(Error::WrongSize(room));
        }
        // INVARIANT: The symbol is of data with this much room, of `vmlinux` or of a pinned module.
        Ok(Variable {
            address: symbol.address(),
            size: room,
            pin,
        })
    }
}

/// Whether a variable of `size` bytes can have this much room.
pub(in crate::kallsyms) fn fits(room: usize, size: usize) -> bool {
    (size..=size.saturating_add(SLACK)).contains(&room)
}
