// SPDX-License-Identifier: GPL-2.0

//! Walking over the kernel's symbols.

use super::{
    name::RawName,
    symbol::Origin,
    Layout,
    Symbol, //
};
use crate::kallsyms::{
    Error,
    Kallsyms, //
};
use core::ops::ControlFlow;
use kernel::prelude::*;

impl Kallsyms {
    /// As [`Self::for_each`], from symbol number `next` on; `next` is then the number of the symbol
    /// that `f` broke at, or how many there are.
    #[inline(never)] // frame
    pub(in crate::kallsyms) fn for_each_since<B, F>(
        &self,
        next: &mut u32,
        mut f: F,
    ) -> ControlFlow<B>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        if let Some(index) = &self.index {
            index.walk(&self.vmlinux.layout, next, &mut f)?;
            if *next >= index.count {
                return ControlFlow::Continue(());
            }
        }
        // The tables say nothing, or no more.
        let f: &mut dyn FnMut(&Symbol<'_>) -> ControlFlow<B> = &mut f;
        self.for_each_by_kernel(next, f)
    }

    /// As [`Self::for_each_since`], whatever the tables have.
    ///
    /// Wraps `kallsyms_on_each_symbol()`.
    #[inline(never)] // frame
    pub(super) fn for_each_by_kernel<B, F>(&self, next: &mut u32, f: F) -> ControlFlow<B>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        struct Walk<'a, B, F> {
            layout: &'a Layout,
            /// The number of the symbol that comes next, and of the first one that is wanted.
            number: u32,
            next: &'a mut u32,
            f: F,
            broke: Option<B>,
        }

        /// # Safety
        ///
        /// Only `kallsyms_on_each_symbol()` may call this, with `data` a pointer to a [`Walk`] of
        /// these `B` and `F` that nobody else uses, and `name` a NUL-terminated string that stays
        /// valid until this returns.
        unsafe extern "C" fn each<B, F>(
            data: *mut c_void,
            name: *const c_char,
            address: c_ulong,
        ) -> c_int
        where
            F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
        {
            // SAFETY: `data` points to a `Walk` of these types, which nobody else uses until this
            // returns.
            let walk = unsafe { &mut *data.cast::<Walk<'_, B, F>>() };
            walk.number += 1;
            if walk.number <= *walk.next {
                return 0;
            }
            // SAFETY: `kallsyms_on_each_symbol()` passes a NUL-terminated string, in a buffer of
            // its own that stays as it is until this returns; `symbol` does not outlive that.
            let name = unsafe { RawName::new(name) };
            let symbol = Symbol {
                address,
                origin: Origin::Vmlinux(walk.layout, name),
            };
            match (walk.f)(&symbol) {
                ControlFlow::Continue(()) => {
                    *walk.next = walk.number;
                    0
                }
                ControlFlow::Break(value) => {
                    walk.broke = Some(value);
                    1
                }
            }
        }

        let mut walk = Walk {
            layout: &self.vmlinux.layout,
            number: 0,
            next,
            f,
            broke: None,
        };
        // SAFETY:
        // - `each` is made for the type of `walk`, which is borrowed by nobody else until the call
        //   returns;
        // - the closure runs on this thread, and only before the call returns, so that whatever it
        //   borrows is alive;
        // - the function calls `cond_resched()`: we are in a process, and hold no lock that forbids
        //   to sleep, as this function's documentation demands.
        unsafe {
            self.on_each_symbol
                .call(Some(each::<B, F>), (&raw mut walk).cast())
        };
        match walk.broke {
            Some(value) => ControlFlow::Break(value),
            None => ControlFlow::Continue(()),
        }
    }

    /// As [`Self::for_each`], until `f` fails.
    ///
    /// # Errors
    ///
    /// What `f` failed with.
    pub fn try_for_each<E, F>(&self, mut f: F) -> Result<(), E>
    where
        F: FnMut(&Symbol<'_>) -> Result<(), E>,
    {
        let walked = self.for_each(|symbol| match f(symbol) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        });
        match walked {
            ControlFlow::Break(error) => Err(error),
            ControlFlow::Continue(()) => Ok(()),
        }
    }

    /// Calls `f` for every symbol of every module, until it breaks.
    ///
    /// Nothing is allocated. Process context. `f` runs with the list of modules locked: it may
    /// sleep, but see [`Modules`](crate::kallsyms::Modules) for what it must not do.
    ///
    /// # Errors
    ///
    /// [`Error::Nested`]: this thread is walking over the modules already.
    pub fn for_each_of_modules<B, F>(&self, mut f: F) -> Result<ControlFlow<B>, Error>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        Ok(self
            .lock_modules()?
            .for_each(|module| module.for_each(&mut f)))
    }

    /// Calls `f` for every symbol of `vmlinux` and then of every module, until it breaks.
    ///
    /// These are the symbols that `/proc/kallsyms` has, without those which come and go while the
    /// kernel runs: of kprobes, ftrace's trampolines and BPF programs. None of these is a function
    /// to call, and the file itself is the only way to iterate over them.
    ///
    /// # Errors
    ///
    /// Those of [`Self::for_each_of_modules`], which `f` can only run into when it was called for
    /// `vmlinux`.
    pub fn for_each_of_all<B, F>(&self, mut f: F) -> Result<ControlFlow<B>, Error>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        match self.for_each(&mut f) {
            ControlFlow::Break(value) => Ok(ControlFlow::Break(value)),
            ControlFlow::Continue(()) => self.for_each_of_modules(f),
        }
    }
}
