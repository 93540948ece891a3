// SPDX-License-Identifier: GPL-2.0

//! What everybody needs of [`Kallsyms`]: rustdoc lists this first.

use super::{
    functions::may_call,
    kallsyms_lookup,
    kallsyms_on_each_symbol,
    modules,
    symbols,
    types,
    vmlinux::Vmlinux,
    Bootstrap,
    Error,
    Kallsyms,
    Name,
    Place,
    Position,
    Query,
    Symbol,
    Tally,
    Target, //
};
use crate::bindings;
use core::ops::ControlFlow;
use kernel::{
    prelude::*,
    sync::SetOnce, //
};

impl Kallsyms {
    /// Finds `kallsyms_lookup_name()`, and what else the library calls. May sleep.
    ///
    /// # Errors
    ///
    /// [`Error::Bootstrap`]: `kallsyms_lookup_name()` was not found. [`Error::NotFound`]: the
    /// kernel lacks one of the other functions. [`Error::InUse`]: there is a value of this type
    /// already. [`Error::Nested`]: this thread has the list of modules locked, as a closure that
    /// watches modules has.
    #[inline(never)] // frame
    pub fn new(bootstrap: Bootstrap) -> Result<Self, Error> {
        // It is large, so it stays where it is.
        let mut found = Self::without_types(bootstrap);
        match &mut found {
            Ok(kallsyms) if kallsyms.module_mutex.is_ours() => return Err(Error::Nested),
            Ok(kallsyms) => kallsyms.learn_types(),
            Err(_) => {}
        }
        found
    }

    /// Calls `f` for every symbol of `vmlinux`, in the order of their addresses, until it breaks.
    ///
    /// Returns what `f` broke with. Nothing is allocated. Process context; `f` may sleep, walk, and
    /// do anything else that a process can: no lock is held, and others may run every few symbols.
    ///
    /// Reads the kernel's tables, where they are as this library knows them ([`Self::has_index`]),
    /// so that names which nobody asks for are not expanded. Elsewhere it wraps
    /// `kallsyms_on_each_symbol()`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use crate::kallsyms::{Kallsyms, Kind};
    /// # use core::ops::ControlFlow;
    /// # fn example(kallsyms: &Kallsyms) {
    /// let mut functions = 0;
    /// let first = kallsyms.for_each(|symbol| {
    ///     functions += usize::from(symbol.kind() == Kind::Text);
    ///     if symbol.begins_with(b"tcp_") {
    ///         ControlFlow::Break(symbol.address())
    ///     } else {
    ///         ControlFlow::Continue(())
    ///     }
    /// });
    /// # assert!(functions > 1000 && first.is_break());
    /// # }
    /// ```
    pub fn for_each<B, F>(&self, f: F) -> ControlFlow<B>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        self.for_each_since(&mut 0, f)
    }

    /// Calls `f` for every symbol that is chosen, until it breaks; those beyond the limit are
    /// counted.
    ///
    /// First come the symbols of `vmlinux`, in the order of their addresses, then the modules'
    /// symbols, the module loaded last first. Where every pattern for names begins with text, a
    /// binary search finds the names in `vmlinux`, which allocates four bytes for each; where it
    /// does not, or where that fails, a walk does.
    ///
    /// Process context. For the symbols of modules `f` runs with the list of modules locked: see
    /// [`Modules`](crate::kallsyms::Modules).
    ///
    /// # Errors
    ///
    /// [`Error::Nested`]: this thread is walking over the modules already. [`Error::Interrupted`]:
    /// the process is to die.
    pub fn query<B, F>(&self, query: &Query<'_>, f: F) -> Result<(ControlFlow<B>, Tally), Error>
    where
        F: FnMut(&Symbol<'_>) -> ControlFlow<B>,
    {
        let mut position = Position::new();
        let walked = self.go_on(query, &mut position, true, f)?;
        let mut tally = position.tally;
        if walked.is_break() {
            // The symbol that `f` broke at.
            tally.shown += 1;
            tally.matched += 1;
            tally.total += 1;
        }
        Ok((walked, tally))
    }

    /// The function of this name, checked and pinned. May sleep.
    ///
    /// `position` says which one if there are several, as livepatch's `sympos` does: 1 is the first
    /// of [`Self::for_each_named`]; 0 means that there must be only one, in `vmlinux` or, if there
    /// is none, in the modules. So a name that `vmlinux` has means its own function, whatever
    /// modules are loaded, and costs no search of those.
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

    /// Calls `f` with the symbol that `address` lies in, if there is one; of several with the same
    /// address, the first.
    ///
    /// Any context. `f` gets copies of the names, and may do whatever its caller may; the module
    /// can be gone by then.
    ///
    /// Wraps `kallsyms_lookup()`, so that it finds BPF programs and ftrace's trampolines too.
    ///
    /// # Examples
    ///
    /// ```
    /// # use crate::kallsyms::Kallsyms;
    /// # fn example(kallsyms: &Kallsyms) -> Option<()> {
    /// let address = kallsyms.lookup_name(c"tcp_sendmsg")? + 1;
    /// let offset = kallsyms.at(address, |place| {
    ///     (place.name == c"tcp_sendmsg").then_some(place.offset)
    /// })?;
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

    /// Makes the index, and finds what knows the types: first the functions that need only
    /// `vmlinux`'s types, by which the others are then checked.
    #[inline(never)] // frame
    fn learn_types(&mut self) {
        self.index = symbols::Index::new(self);
        self.btf = types::Functions::new(self);
        let modules = types::btf_get_module_btf::resolve(self).ok();
        let trace = types::ftrace_location_range::resolve(self).ok();
        if let Some(btf) = &mut self.btf {
            btf.confirmed(modules, trace);
        }
        self.exports = symbols::Exports::new(self);
    }

    /// See [`new`](Self::new); without what knows the types.
    #[inline(never)] // frame
    fn without_types(bootstrap: Bootstrap) -> Result<Self, Error> {
        let vmlinux = Vmlinux::new(bootstrap)?;
        macro_rules! named {
            ($name:ident) => {{
                let target = vmlinux.function($name::NAME)?;
                // SAFETY: The symbol has the function's name, and the compiler has compared the
                // signature with the header's declaration.
                unsafe { $name::new(target) }?
            }};
        }
        let module_mutex = vmlinux.variable::<bindings::mutex>(c"module_mutex")?;
        let module_list = vmlinux.variable(c"modules")?;
        if !modules::has_this_module(module_list) {
            return Err(Error::Unknown(c"modules"));
        }
        // INVARIANT: `module_list` is the kernel's variable `modules`: the only one of that name,
        // with room for a `list_head`, and this module is on the list.
        Ok(Self {
            on_each_symbol: named!(kallsyms_on_each_symbol),
            lookup: named!(kallsyms_lookup),
            // SAFETY: It is the address of the kernel's only variable of that name, which has the
            // size of a mutex.
            module_mutex: unsafe { modules::ModuleMutex::new(module_mutex) },
            module_list,
            vmlinux,
            index: None,
            exports: None,
            btf: None,
            transients: SetOnce::new(),
            parts: SetOnce::new(),
            attributes: SetOnce::new(),
            kfuncs: SetOnce::new(),
        })
    }
}
