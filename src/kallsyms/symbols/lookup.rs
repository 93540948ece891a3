// SPDX-License-Identifier: GPL-2.0

//! From a name to symbols, and from an address to a symbol.

use super::{
    name::RawName,
    symbol::Origin,
    Kind,
    Layout,
    Name,
    Symbol,
    VMLINUX, //
};
use crate::{
    bindings,
    kallsyms::{
        Error,
        Kallsyms,
        NameIndex, //
    }, //
};
use core::ops::ControlFlow;
use kernel::{
    prelude::*,
    sync::rcu, //
};

/// Where an address lies: in which symbol, and how far from its beginning.
pub struct Place<'a> {
    /// The symbol's name.
    pub name: &'a CStr,
    /// The module's name, or `None` for the kernel itself.
    pub module: Option<&'a CStr>,
    /// How far the address lies from the symbol's.
    pub offset: usize,
    /// How many bytes there are until the next symbol.
    pub size: usize,
}

impl Kallsyms {
    /// The address of the first symbol of this name: of `vmlinux`, or else of a module, in the
    /// order in which the kernel looks. `module:name` is looked for in the module only. Any
    /// context.
    ///
    /// Wraps `kallsyms_lookup_name()`.
    #[inline(never)] // size
    pub fn lookup_name(&self, name: &CStr) -> Option<usize> {
        // SAFETY: The name is NUL-terminated. `kallsyms_lookup_name()` takes no lock but RCU, for
        // the modules, and can be called from any context.
        match unsafe { self.vmlinux.lookup_name.call(name.as_char_ptr()) } {
            0 => None,
            address => Some(address),
        }
    }

    /// Calls `f` for every symbol of this name, first in `vmlinux` and then in modules, until it
    /// breaks. May sleep; `f` runs with the list of modules locked (see
    /// [`Modules`](crate::kallsyms::Modules)).
    ///
    /// Wraps `kallsyms_on_each_match_symbol()`, for `vmlinux`.
    ///
    /// # Errors
    ///
    /// [`Error::Nested`]: this thread is walking over the modules already.
    pub fn for_each_named<B, F>(&self, name: &Name<'_>, mut f: F) -> Result<ControlFlow<B>, Error>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        self.for_each_named_of_all(name, None, &mut f)
    }

    /// As [`Self::for_each_named`], for many names of one module after the other: `index` becomes
    /// the module's. The names have to have a module.
    ///
    /// # Errors
    ///
    /// Those of [`Self::for_each_named`].
    pub fn for_each_named_by<B, F>(
        &self,
        index: &mut NameIndex,
        name: &Name<'_>,
        mut f: F,
    ) -> Result<ControlFlow<B>, Error>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        self.for_each_named_of_all(name, Some(index), &mut f)
    }

    fn for_each_named_of_all<B>(
        &self,
        name: &Name<'_>,
        index: Option<&mut NameIndex>,
        f: &mut dyn FnMut(&Symbol<'_>) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B>, Error> {
        let modules = self.lock_modules()?;
        let walked = self.for_each_named_of_vmlinux(name, f);
        match walked {
            ControlFlow::Break(_) => Ok(walked),
            ControlFlow::Continue(()) => Ok(modules.for_each_named(name, index, f)),
        }
    }

    /// Calls `f` for every symbol of `vmlinux` of this name, until it breaks. May sleep.
    #[inline(never)] // frame
    pub(in crate::kallsyms) fn for_each_named_of_vmlinux<B>(
        &self,
        name: &Name<'_>,
        f: &mut dyn FnMut(&Symbol<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        struct Walk<'a, B> {
            name: RawName<'a>,
            layout: &'a Layout,
            f: &'a mut dyn FnMut(&Symbol<'_>) -> ControlFlow<B>,
            broke: Option<B>,
        }

        /// # Safety
        ///
        /// Only `kallsyms_on_each_match_symbol()` may call this, with `data` a pointer to a
        /// [`Walk`] of this `B` that nobody else uses.
        unsafe extern "C" fn each<B>(data: *mut c_void, address: c_ulong) -> c_int {
            // SAFETY: `data` points to a `Walk` of this type, which nobody else uses until this
            // returns.
            let walk = unsafe { &mut *data.cast::<Walk<'_, B>>() };
            let symbol = Symbol {
                address,
                origin: Origin::Vmlinux(walk.layout, walk.name),
            };
            match (walk.f)(&symbol) {
                ControlFlow::Continue(()) => 0,
                ControlFlow::Break(value) => {
                    walk.broke = Some(value);
                    1
                }
            }
        }

        if !name.has_module(VMLINUX) {
            return ControlFlow::Continue(());
        }
        let mut walk = Walk {
            name: name.symbol().into(),
            layout: &self.vmlinux.layout,
            f,
            broke: None,
        };
        // SAFETY: `each` expects a pointer to a value of this type, and nobody else uses `walk`
        // until the call returns. The closure runs only before that, on this thread, so what it
        // borrows is alive. The name is NUL-terminated. The function may sleep, and so may our
        // caller, even with `module_mutex` held.
        unsafe {
            self.vmlinux.on_each_match_symbol.call(
                Some(each::<B>),
                name.symbol().as_char_ptr(),
                (&raw mut walk).cast(),
            )
        };
        match walk.broke {
            Some(value) => ControlFlow::Break(value),
            None => ControlFlow::Continue(()),
        }
    }

    /// Calls `f` with the symbol of this name, and returns what that returns. `position` is as for
    /// [`Self::target`].
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::Ambiguous`], [`Error::Nested`]; and the errors of `f`.
    pub(in crate::kallsyms) fn with_only<T>(
        &self,
        name: &Name<'_>,
        position: usize,
        f: &mut dyn FnMut(&Symbol<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut found = 0;
        let mut result = Err(Error::NotFound);
        let mut each = |symbol: &Symbol<'_>| {
            found += 1;
            if found == position.max(1) {
                result = f(symbol);
            }
            if found == position {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        // The lock is taken for `vmlinux` too, so that whether this fails does not depend on where
        // the symbol is.
        let modules = self.lock_modules()?;
        let mut of_vmlinux = 0;
        let walked = self.for_each_named_of_vmlinux(name, &mut |symbol| {
            of_vmlinux += 1;
            each(symbol)
        });
        let only_one = position == 0 && of_vmlinux == 1;
        if walked.is_continue() && !only_one {
            let _ = modules.for_each_named(name, None, &mut each);
        }
        drop(modules);
        match position {
            0 if found > 1 => Err(Error::Ambiguous(found)),
            _ => result,
        }
    }

    /// The size of the symbol that `address` lies in, and how far it lies from its beginning;
    /// `None` if it lies in none. Any context.
    ///
    /// Wraps `kallsyms_lookup_size_offset()`.
    #[inline(never)] // size
    pub fn extent(&self, address: usize) -> Option<(usize, usize)> {
        let (mut size, mut offset) = (0, 0);
        // SAFETY: `size` and `offset` are valid for writes. The function takes any address, no lock
        // but RCU, and can be called from any context.
        match unsafe {
            self.vmlinux
                .lookup_size_offset
                .call(address, &mut size, &mut offset)
        } {
            0 => None,
            _ => Some((size, offset)),
        }
    }

    /// Copies the names of the symbol that `address` lies in, and of its module, and says where it
    /// lies.
    #[inline(never)] // frame
    pub(in crate::kallsyms) fn place<'b>(
        &self,
        address: usize,
        name: &'b mut [u8; bindings::KSYM_NAME_LEN as usize],
        module: &'b mut [u8; bindings::MODULE_NAME_LEN],
    ) -> Option<Place<'b>> {
        let (mut size, mut offset) = (0, 0);
        let mut module_name = core::ptr::null_mut();
        let guard = rcu::read_lock();
        // SAFETY: All four are valid for writes, and the buffer has the `KSYM_NAME_LEN` bytes that
        // the function writes at most. It takes any address, no lock but RCU, and can be called
        // from any context.
        let found = unsafe {
            self.lookup.call(
                address,
                &mut size,
                &mut offset,
                &mut module_name,
                name.as_mut_ptr().cast(),
            )
        };
        if found.is_null() {
            return None;
        }
        // Before Linux 6.9 it does not copy the name of a module's symbol.
        if found != name.as_ptr().cast() {
            // SAFETY: The name is NUL-terminated, and of a module that is not freed before `guard`
            // unlocks RCU.
            copy(unsafe { CStr::from_char_ptr(found) }, name);
        }
        if !module_name.is_null() {
            // SAFETY: The module's name is NUL-terminated, and the module is not freed before
            // `guard` unlocks RCU.
            copy(unsafe { CStr::from_char_ptr(module_name) }, module);
        }
        drop(guard);
        Some(Place {
            name: CStr::from_bytes_until_nul(name).ok()?,
            module: if module_name.is_null() {
                None
            } else {
                Some(CStr::from_bytes_until_nul(module).ok()?)
            },
            offset,
            size,
        })
    }
}

impl Kallsyms {
    /// Calls `f` for every symbol that begins at `address`, in `vmlinux` or in a module, until it
    /// breaks. May sleep; for a module's symbols `f` runs with the list of modules locked: see
    /// [`Modules`](crate::kallsyms::Modules).
    ///
    /// # Errors
    ///
    /// [`Error::Nested`]: this thread is walking over the modules already.
    pub fn for_each_at<B, F>(&self, address: usize, mut f: F) -> Result<ControlFlow<B>, Error>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        let mut at = |symbol: &Symbol<'_>| {
            if symbol.address() == address {
                f(symbol)
            } else {
                ControlFlow::Continue(())
            }
        };
        let walked = match self.for_each_of_vmlinux_at(address, &mut at) {
            Some(walked) => walked,
            None => self.for_each(&mut at),
        };
        // No module has an address of a section of `vmlinux`.
        if walked.is_break() || self.vmlinux.layout.kind(address) != Kind::Other {
            return Ok(walked);
        }
        Ok(self
            .lock_modules()?
            .for_each(|module| match module.kind(address) {
                Kind::Other => ControlFlow::Continue(()),
                _ => module.for_each(&mut at),
            }))
    }

    /// Calls `f` for the symbols of `vmlinux` that begin at `address`, until it breaks. `None`: a
    /// walk has to find them.
    fn for_each_of_vmlinux_at<B>(
        &self,
        address: usize,
        f: &mut dyn FnMut(&Symbol<'_>) -> ControlFlow<B>,
    ) -> Option<ControlFlow<B>> {
        let index = self.index.as_ref()?;
        for symbol in index.first_from(address)?..index.count {
            if index.address(symbol) != Some(address) {
                break;
            }
            let walked = index.with_symbol(&self.vmlinux.layout, symbol, f);
            if let Some(ControlFlow::Break(_)) = walked {
                return walked;
            }
        }
        Some(ControlFlow::Continue(()))
    }
}

/// Copies as much of a string as there is room for, then a NUL.
fn copy(from: &CStr, to: &mut [u8]) {
    let Some((last, room)) = to.split_last_mut() else {
        return;
    };
    *last = 0;
    for (to, from) in room.iter_mut().zip(from.to_bytes_with_nul()) {
        *to = *from;
    }
}
