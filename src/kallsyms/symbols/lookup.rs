// SPDX-License-Identifier: GPL-2.0

//! From a name to symbols, and from an address to a symbol.

use super::{
    super::{
        modules::ModuleRef,
        Error,
        Kallsyms,
        Target, //
    },
    symbol::{
        Origin,
        RawName, //
    },
    Kind,
    Layout,
    Symbol,
    VMLINUX, //
};
use crate::bindings;
use core::ops::ControlFlow;
use kernel::{
    prelude::*,
    sync::rcu, //
};

/// The functions that never return, by objtool's list.
const NORETURNS: &[&str] = include!(concat!(env!("KALLSYMS_BINDINGS"), "/noreturns.rs"));

/// Prefixes of symbols for the padding before a function.
const PADDING: [&[u8]; 2] = [b"__pfx_", b"__cfi_"];

/// The name of a symbol, or of several: `name`, or `module:name`, where the kernel itself is the module
/// `vmlinux`.
#[derive(Clone, Copy)]
pub struct Name<'a> {
    module: Option<&'a [u8]>,
    symbol: &'a CStr,
}

impl<'a> Name<'a> {
    /// Takes a name apart.
    ///
    /// # Errors
    ///
    /// [`Error::BadName`]: the symbol's part is empty, has `KSYM_NAME_LEN` bytes or more, or one that is not
    /// printable ASCII; or the module's part is empty or too long for a module.
    pub fn new(name: &'a CStr) -> Result<Self, Error> {
        let bytes = name.to_bytes_with_nul();
        let (module, symbol) = match bytes.iter().position(|byte| *byte == b':') {
            Some(colon) => (Some(&bytes[..colon]), &bytes[colon + 1..]),
            None => (None, bytes),
        };
        let symbol = CStr::from_bytes_with_nul(symbol).map_err(|_| Error::BadName)?;
        Self::of_parts(module, symbol)
    }

    /// The name of a symbol, perhaps of a certain module, or of `vmlinux`.
    ///
    /// # Errors
    ///
    /// As [`Self::new`].
    pub fn of_parts(module: Option<&'a [u8]>, symbol: &'a CStr) -> Result<Self, Error> {
        let good = |bytes: &[u8], limit: usize| {
            (1..limit).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic)
        };
        let good_module = module.is_none_or(|module| good(module, bindings::MODULE_NAME_LEN));
        if good(symbol.to_bytes(), bindings::KSYM_NAME_LEN as usize) && good_module {
            Ok(Self { module, symbol })
        } else {
            Err(Error::BadName)
        }
    }

    /// The symbol's part.
    pub fn symbol(&self) -> &'a CStr {
        self.symbol
    }

    /// Whether only symbols of `vmlinux` are meant.
    pub(in crate::kallsyms) fn is_of_vmlinux(&self) -> bool {
        self.module.is_some() && self.has_module(VMLINUX)
    }

    /// Whether symbols of the module (or of `vmlinux`) are meant.
    pub fn has_module(&self, module: &CStr) -> bool {
        self.module.is_none_or(|name| name == module.to_bytes())
    }
}

/// Where an address lies: in which symbol, how far behind its beginning.
pub struct Place<'a> {
    /// The symbol's name.
    pub name: &'a CStr,
    /// The module's name, or [`None`] for the kernel itself.
    pub module: Option<&'a CStr>,
    /// How far the address lies behind the symbol's.
    pub offset: usize,
    /// How many bytes there are until the next symbol.
    pub size: usize,
}

impl Kallsyms {
    /// The address of the first symbol of this name: of `vmlinux`, or else of a module, in the order in
    /// which the kernel looks. `module:name` is looked for in the module only. Any context.
    ///
    /// Wraps `kallsyms_lookup_name()`.
    #[inline(never)]
    pub fn lookup_name(&self, name: &CStr) -> Option<usize> {
        // SAFETY: The name is NUL-terminated. `kallsyms_lookup_name()` takes no lock but RCU, for the modules,
        // and can be called from any context.
        match unsafe { self.lookup_name.call(name.as_char_ptr()) } {
            0 => None,
            address => Some(address),
        }
    }

    /// Calls `f` for every symbol of this name, first those of `vmlinux` and then those of modules, until
    /// it breaks. Sleeps; `f` runs with the list of modules locked (see [`Modules`](crate::kallsyms::Modules)).
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
        let modules = self.lock_modules()?;
        let walked = self.for_each_named_of_vmlinux(name, &mut f);
        match walked {
            ControlFlow::Break(_) => Ok(walked),
            ControlFlow::Continue(()) => Ok(modules.for_each_named(name, &mut f)),
        }
    }

    /// Calls `f` for every symbol of `vmlinux` of this name, until it breaks. Sleeps.
    #[inline(never)]
    fn for_each_named_of_vmlinux<B>(
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
        /// Only `kallsyms_on_each_match_symbol()` may call this, with `data` a pointer to a [`Walk`] of this
        /// `B` that nobody else uses.
        unsafe extern "C" fn each<B>(data: *mut c_void, address: c_ulong) -> c_int {
            // SAFETY: `data` points to a `Walk` of this type, which nobody else uses until this returns.
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
            name: name.symbol.into(),
            layout: &self.layout,
            f,
            broke: None,
        };
        // SAFETY:
        // - `each` is made for the type of `walk`, which is borrowed by nobody else until the call
        //   returns;
        // - the closure runs on this thread, and only before the call returns, so that whatever it
        //   borrows is alive;
        // - the name is NUL-terminated;
        // - the function calls `cond_resched()`: we are in a process that may sleep, as this function's
        //   documentation demands; `module_mutex`, which may be held, does not forbid it.
        unsafe {
            self.on_each_match_symbol.call(
                Some(each::<B>),
                name.symbol.as_char_ptr(),
                (&raw mut walk).cast(),
            )
        };
        match walk.broke {
            Some(value) => ControlFlow::Break(value),
            None => ControlFlow::Continue(()),
        }
    }

    /// The function of this name, checked and pinned. Sleeps.
    ///
    /// `position` says which one if there are several, as livepatch's `sympos` does: 1 is the first of
    /// [`Self::for_each_named`]; 0 means that there must be only one, in `vmlinux` or, if there is none, in the
    /// modules. So a name that `vmlinux` has means its own function, whatever modules are loaded, and costs no search
    /// of those.
    ///
    /// # Errors
    ///
    /// - [`Error::NotFound`]: there is no such symbol, or none at this position.
    /// - [`Error::Ambiguous`]: there are several, and `position` is 0.
    /// - [`Error::NotText`]: it is data, or code that has been freed or will be.
    /// - [`Error::Refused`]: it is code that nobody may call.
    /// - [`Error::Padding`]: it is the padding before a function.
    /// - [`Error::NoReturn`]: it is a function that never returns.
    /// - [`Error::ModuleNotLive`]: its module is coming or going.
    /// - [`Error::Nested`]: this thread is walking over the modules.
    pub fn target(&self, name: &Name<'_>, position: usize) -> Result<Target, Error> {
        self.find_target(name, position, may_call)
    }

    /// As [`Self::target`], but does not refuse functions for what they are: those that never return, and
    /// those that must not be instrumented. Sleeps.
    ///
    /// # Errors
    ///
    /// Those of [`Self::target`], but [`Error::NoReturn`], and [`Error::Refused`] only for entry code.
    ///
    /// # Safety
    ///
    /// The caller must know that the function can be called.
    pub unsafe fn target_unchecked(
        &self,
        name: &Name<'_>,
        position: usize,
    ) -> Result<Target, Error> {
        self.find_target(name, position, |_| Ok(()))
    }

    /// The function of this name, if `may_call` has nothing against it.
    fn find_target(
        &self,
        name: &Name<'_>,
        position: usize,
        may_call: fn(&Symbol<'_>) -> Result<(), Error>,
    ) -> Result<Target, Error> {
        let mut found = 0;
        let mut target = Err(Error::NotFound);
        let mut each = |symbol: &Symbol<'_>| {
            found += 1;
            if found == position.max(1) {
                target = pin(symbol).and_then(|target| may_call(symbol).map(|()| target));
            }
            match found == position {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        // The lock is taken for `vmlinux` too, so that whether this fails does not depend on where the function is.
        let modules = self.lock_modules()?;
        let mut of_vmlinux = 0;
        let walked = self.for_each_named_of_vmlinux(name, &mut |symbol| {
            of_vmlinux += 1;
            each(symbol)
        });
        let only_one = position == 0 && of_vmlinux == 1;
        if walked.is_continue() && !only_one {
            let _ = modules.for_each_named(name, &mut each);
        }
        drop(modules);
        match position {
            0 if found > 1 => Err(Error::Ambiguous(found)),
            _ => target,
        }
    }

    /// The size of the symbol that `address` lies in, and how far it lies behind its beginning; [`None`] if
    /// it lies in none. Any context.
    ///
    /// Wraps `kallsyms_lookup_size_offset()`.
    #[inline(never)]
    pub fn extent(&self, address: usize) -> Option<(usize, usize)> {
        let (mut size, mut offset) = (0, 0);
        // SAFETY: `size` and `offset` are valid for writes. The function takes any address, no lock but RCU,
        // and can be called from any context.
        match unsafe {
            self.lookup_size_offset
                .call(address, &mut size, &mut offset)
        } {
            0 => None,
            _ => Some((size, offset)),
        }
    }

    /// Calls `f` with the symbol that `address` lies in, if there is one; of several with the same address,
    /// the first.
    ///
    /// Any context. `f` gets copies of the names, and may do whatever its caller may; the module can be gone by then.
    ///
    /// Wraps `kallsyms_lookup()`, so that it finds BPF programs and ftrace's trampolines too.
    ///
    /// # Examples
    ///
    /// ```
    /// # use crate::kallsyms::Kallsyms;
    /// # fn example(kallsyms: &Kallsyms) -> Option<()> {
    /// let address = kallsyms.lookup_name(c"tcp_sendmsg")? + 1;
    /// let offset = kallsyms.at(address, |place| (place.name == c"tcp_sendmsg").then_some(place.offset))?;
    /// assert_eq!(offset, Some(1));
    /// # Some(())
    /// # }
    /// ```
    pub fn at<R>(&self, address: usize, f: impl FnOnce(&Place<'_>) -> R) -> Option<R> {
        let mut name = [0; bindings::KSYM_NAME_LEN as usize];
        let mut module = [0; bindings::MODULE_NAME_LEN];
        self.place(address, &mut name, &mut module)
            .map(|place| f(&place))
    }

    /// Copies the names of the symbol that `address` lies in, and of its module, and says where it lies.
    #[inline(never)]
    fn place<'b>(
        &self,
        address: usize,
        name: &'b mut [u8; bindings::KSYM_NAME_LEN as usize],
        module: &'b mut [u8; bindings::MODULE_NAME_LEN],
    ) -> Option<Place<'b>> {
        let (mut size, mut offset) = (0, 0);
        let mut module_name = core::ptr::null_mut();
        let guard = rcu::read_lock();
        // SAFETY: All four are valid for writes, and the buffer has the `KSYM_NAME_LEN` bytes that the function
        // writes at most. It takes any address, no lock but RCU, and can be called from any context.
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
            // SAFETY: The name is NUL-terminated, and of a module that is not freed before `guard` unlocks RCU.
            copy(unsafe { CStr::from_char_ptr(found) }, name);
        }
        if !module_name.is_null() {
            // SAFETY: The module's name is NUL-terminated, and the module is not freed before `guard` unlocks RCU.
            copy(unsafe { CStr::from_char_ptr(module_name) }, module);
        }
        drop(guard);
        Some(Place {
            name: CStr::from_bytes_until_nul(name).ok()?,
            module: match module_name.is_null() {
                true => None,
                false => Some(CStr::from_bytes_until_nul(module).ok()?),
            },
            offset,
            size,
        })
    }
}

/// Copies as much of a string as there is room for, with a NUL behind it.
fn copy(from: &CStr, to: &mut [u8]) {
    let Some((last, room)) = to.split_last_mut() else {
        return;
    };
    *last = 0;
    for (to, from) in room.iter_mut().zip(from.to_bytes_with_nul()) {
        *to = *from;
    }
}

impl Kallsyms {
    /// Whether there is a symbol for padding right before the function at `address`, as objtool makes one
    /// where the compiler was told to leave room. Any context.
    pub(in crate::kallsyms) fn is_padded(&self, address: usize) -> bool {
        let before = address.wrapping_sub(1);
        self.at(before, |place| is_padding(place.name))
            .unwrap_or(false)
    }
}

/// Whether the symbol names the padding before a function.
fn is_padding(name: &CStr) -> bool {
    PADDING
        .iter()
        .any(|prefix| name.to_bytes().starts_with(prefix))
}

impl Symbol<'_> {
    /// Whether [`Kallsyms::target`] finds a function here that may be called. `Ok` with an error: only
    /// [`Kallsyms::target_unchecked`] does. A module's function must not be called after it.
    ///
    /// # Errors
    ///
    /// Those of [`Kallsyms::target_unchecked`].
    pub fn may_be_called(&self) -> Result<Option<Error>, Error> {
        pin(self).map(|_| may_call(self).err())
    }
}

/// Fails if a function must not be called for what it is.
fn may_call(symbol: &Symbol<'_>) -> Result<(), Error> {
    let name = symbol.name().to_bytes();
    if NORETURNS.iter().any(|noreturn| noreturn.as_bytes() == name) {
        return Err(Error::NoReturn);
    }
    match symbol.kind() {
        kind @ Kind::NoinstrText => Err(Error::Refused(kind)),
        _ => Ok(()),
    }
}

/// Pins a function, if the symbol is one.
fn pin(symbol: &Symbol<'_>) -> Result<Target, Error> {
    if is_padding(symbol.name()) {
        return Err(Error::Padding);
    }
    let pin: Option<ModuleRef> = match symbol.module() {
        Some(module) => Some(module.pin()?),
        None => None,
    };
    match symbol.kind() {
        // SAFETY: A symbol that is not padding names the entry of a function. The text of `vmlinux` is never
        // freed, nor is that of a module while `pin` holds it: `kind()` has told both from init text.
        Kind::Text | Kind::NoinstrText => Ok(unsafe { Target::new(symbol.address(), pin) }),
        kind @ Kind::EntryText => Err(Error::Refused(kind)),
        kind => Err(Error::NotText(kind)),
    }
}
