// SPDX-License-Identifier: GPL-2.0

//! Every symbol of the running kernel, and safe ways to the functions it does not export.
//!
//! [`Kallsyms::new`] finds `kallsyms_lookup_name()` and, by it, what else is needed. From then on
//!
//! - [`Kallsyms::for_each`] walks over the symbols of `vmlinux`, [`Kallsyms::modules`] over the
//!   modules and theirs, [`Kallsyms::query`] over those that a [`Query`] chooses;
//! - [`Kallsyms::watch`] calls a closure for each module that comes or goes;
//! - [`Kallsyms::target`] finds a function by its [`Name`], and [`Kallsyms::at`] the symbol at an
//!   address;
//! - [`import!`](crate::import) declares unexported functions whose names are known beforehand;
//! - [`Function`] is a function whose name is known only at run time.
//!
//! To vendor this library copy `src/kallsyms/` and `bindings/`; `examples/README.md` says how they
//! are built.
//!
//! # Soundness
//!
//! Safe code can do what it likes with what the library gives it: forget it, keep it, nest it, send
//! it to another thread where the types allow that, and use it in a destructor or inside of a walk.
//! These rules make it so; the files in `tests/compile_fail/` hold what must not compile for them.
//!
//! 1. **What is called is there.** A [`Target`] is the entry of a function, in text that is not
//!    freed: that of the kernel itself, or of a live module to which the [`Target`] holds a
//!    reference. Whatever can be called owns its [`Target`], and nothing can be taken out of it.
//!    The fields of an imported function's type are private to a module in which there is no code
//!    of the user's.
//! 2. **What is called has the signature.** [`Kallsyms::check`] compares it with the kernel's own
//!    types, always; of [`import!`](crate::import) the compiler compares it with a header's
//!    declaration as well, if one is named, which has to be that of the same name. Only where the
//!    kernel has no type for one of its own functions is a declaration enough, and only one of
//!    `bindgen`'s. (Functions in assembly have none; x86's headers declare some that have an ABI of
//!    their own, such as `rep_movs_alternative()`: that is for who calls them to know.) [`Shaped`],
//!    [`Register`], [`Arguments`], [`Signature`] and [`Takes`] are `unsafe` to implement, since
//!    that comparison believes them.
//! 3. **What is called is what was meant.** An imported function is the kernel's own, unless its
//!    declaration names a module: a module cannot put a function of the same name in its place. A
//!    [`Name`] without a module can mean a module's function, so put `vmlinux:` before it where
//!    that matters. Static calls have names of their own, so that importing a function which the
//!    kernel has a static call for does not change where C code goes.
//! 4. **Calling is `unsafe`.** What a function demands of its arguments, of locks and of the
//!    context, only the caller can know; so is everything `unsafe` that goes around one of the
//!    checks above.
//! 5. **A static call has one owner.** One value of each imported function's type, and of
//!    [`Kallsyms`], lives at a time, and each [`Function`] has a slot of its own. One that is
//!    forgotten keeps its static call, and its module loaded, for ever; calls through it still go
//!    where they should.
//! 6. **No lock outlives a closure.** `module_mutex` is held only while a closure runs, and
//!    [`Modules`] is only lent to it. A thread that holds it and would take it again gets
//!    [`Error::Nested`]. No closure runs under RCU or with preemption or interrupts disabled, so
//!    that each of them may sleep if its caller may. A [`Watch`] that ends while its thread has the
//!    lock is taken off the kernel's list later, so that it waits for nobody.
//! 7. **What is lent is not kept.** A [`Module`], a [`Symbol`], a [`Place`] and their names live as
//!    long as the closure that gets them; a [`Btf`] and its types keep the [`Kallsyms`] that they
//!    are of, and hold a reference to the BTF.
//! 8. **What is read is checked.** The kernel's tables of names are compared with what its
//!    functions say, and every access to them is bounds-checked; foreign types and functions come
//!    from `bindgen`, never from memory.
//! 9. **What is called from outside stays.** A [`Watch`] keeps the kernel from freeing the module
//!    that has it: one that is forgotten ends when its module goes, and who removes the module then
//!    waits for ever.
//!
//! Functions whose documentation says that they sleep must be called where that is allowed; the
//! kernel's own crate has the same rule (and `klint` to check it), and breaking it makes the kernel
//! complain.
//!
//! C header: [`include/linux/kallsyms.h`](srctree/include/linux/kallsyms.h)

mod bootstrap;
mod error;
mod functions;
mod modules;
pub(crate) mod nofault;
mod symbols;
mod types;

#[doc(hidden)]
pub use self::{
    bootstrap::Bootstrap,
    error::Error,
    functions::{
        same,
        static_call,
        Arguments,
        Function,
        Import,
        Kfuncs,
        Register,
        Signature,
        Slot,
        Takes,
        Target,
        Words,
        SLOTS,
        WORDS, //
    },
    modules::{
        Change,
        Module,
        ModuleName,
        ModuleRef,
        Modules,
        Watch, //
    },
    symbols::{
        glob_match,
        Export,
        Kind,
        Layout,
        Name,
        Place,
        Position,
        Query,
        Symbol,
        Tally,
        VMLINUX, //
    },
    types::{
        Btf,
        FunctionShape,
        HeldBtf,
        Member,
        Parameter,
        Prototype,
        Shape,
        Shaped,
        Taken,
        Travel,
        Type,
        TypeKind, //
    }, //
};

use core::ptr::NonNull;
use kernel::{
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// The callback of `kallsyms_on_each_symbol()`.
type Each = Option<unsafe extern "C" fn(*mut c_void, *const c_char, c_ulong) -> c_int>;

/// The callback of `kallsyms_on_each_match_symbol()`.
type EachMatch = Option<unsafe extern "C" fn(*mut c_void, c_ulong) -> c_int>;

crate::import! {
    fn kallsyms_lookup_name(name: *const c_char) -> c_ulong = bindings::kallsyms_lookup_name;
    fn kallsyms_on_each_symbol(each: Each, data: *mut c_void) -> c_int
        = bindings::kallsyms_on_each_symbol;
    fn kallsyms_on_each_match_symbol(
        each: EachMatch,
        name: *const c_char,
        data: *mut c_void,
    ) -> c_int = bindings::kallsyms_on_each_match_symbol;
    fn kallsyms_lookup_size_offset(
        address: c_ulong,
        size: *mut c_ulong,
        offset: *mut c_ulong,
    ) -> c_int = bindings::kallsyms_lookup_size_offset;
    fn kallsyms_lookup(
        address: c_ulong,
        size: *mut c_ulong,
        offset: *mut c_ulong,
        module: *mut *mut c_char,
        name: *mut c_char,
    ) -> *const c_char = bindings::kallsyms_lookup;
}

/// The way to the kernel's symbols. One value can live at a time: share it by reference. To drop it
/// sleeps.
///
/// # Invariants
///
/// `module_list` points to the kernel's variable `modules`.
pub struct Kallsyms {
    lookup_name: kallsyms_lookup_name,
    on_each_symbol: kallsyms_on_each_symbol,
    on_each_match_symbol: kallsyms_on_each_match_symbol,
    lookup_size_offset: kallsyms_lookup_size_offset,
    lookup: kallsyms_lookup,
    module_mutex: modules::ModuleMutex,
    module_list: NonNull<kernel::bindings::list_head>,
    layout: Layout,
    index: Option<symbols::Index>,
    exports: Option<symbols::Exports>,
    btf: Option<types::Functions>,
}

// SAFETY: The pointer is to the kernel's list of modules, which all threads use under
// `module_mutex`. The other fields are functions to call and addresses, which belong to no thread.
unsafe impl Send for Kallsyms {}
// SAFETY: No method changes a field. The kernel's functions that they call can be called by several
// threads at once, and the list is read only with the mutex locked.
unsafe impl Sync for Kallsyms {}

impl Kallsyms {
    /// Finds `kallsyms_lookup_name()`, and what else the library calls. Sleeps.
    ///
    /// # Errors
    ///
    /// [`Error::Bootstrap`]: `kallsyms_lookup_name()` was not found. [`Error::NotFound`]: the
    /// kernel lacks one of the other functions. [`Error::InUse`]: there is a value of this type
    /// already. [`Error::Nested`]: this thread has the list of modules locked, as a closure that
    /// watches modules has.
    #[inline(never)]
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

    /// Makes the index, and finds what knows the types: first those of `vmlinux`, which then
    /// confirm what else is needed to know those of a function.
    #[inline(never)]
    fn learn_types(&mut self) {
        self.index = symbols::Index::new(self);
        self.btf = types::Functions::new(self);
        let modules = types::btf_get_module_btf::resolve(self).ok();
        let trace = types::ftrace_location::resolve(self).ok();
        if let Some(btf) = &mut self.btf {
            btf.confirmed(modules, trace);
        }
        self.exports = symbols::Exports::new(self);
    }

    /// See [`new`](Self::new); without what knows the types.
    #[inline(never)]
    fn without_types(bootstrap: Bootstrap) -> Result<Self, Error> {
        let address = bootstrap.find().ok_or(Error::Bootstrap(bootstrap))?;
        // SAFETY: The bootstrap found the entry of `kallsyms_lookup_name()`, which is a function of
        // `vmlinux` that is not freed; the compiler has compared the signature with the header's
        // declaration.
        let lookup_name = unsafe { kallsyms_lookup_name::new(Target::new(address, None)) }?;
        let lookup = |name: &CStr| {
            // SAFETY: The name is NUL-terminated; the function can be called from any context.
            match unsafe { lookup_name.call(name.as_char_ptr()) } {
                0 => None,
                address => Some(address),
            }
        };
        let layout = Layout::new(lookup);
        let function = |name| match lookup(name) {
            Some(address) if layout.kind(address) == Kind::Text => {
                // SAFETY: The address is that of a function's symbol, in the text of `vmlinux` that
                // is never freed.
                Ok(unsafe { Target::new(address, None) })
            }
            Some(address) => Err(Error::NotText(layout.kind(address))),
            None => Err(Error::NotFound),
        };
        let variable = |name| match lookup(name) {
            Some(address) if matches!(layout.kind(address), Kind::Data | Kind::Bss) => {
                NonNull::new(address as *mut c_void).ok_or(Error::NotFound)
            }
            _ => Err(Error::NotFound),
        };
        macro_rules! named {
            ($name:ident) => {{
                let target = function($name::NAME)?;
                // SAFETY: The symbol has the function's name, and the compiler has compared the
                // signature with the header's declaration.
                unsafe { $name::new(target) }?
            }};
        }
        // INVARIANT: `variable()` returned the kernel's `modules`.
        Ok(Self {
            on_each_symbol: named!(kallsyms_on_each_symbol),
            on_each_match_symbol: named!(kallsyms_on_each_match_symbol),
            lookup_size_offset: named!(kallsyms_lookup_size_offset),
            lookup: named!(kallsyms_lookup),
            // SAFETY: It is the address of the kernel's variable of that name.
            module_mutex: unsafe { modules::ModuleMutex::new(variable(c"module_mutex")?.cast()) },
            module_list: variable(c"modules")?.cast(),
            layout,
            lookup_name,
            index: None,
            exports: None,
            btf: None,
        })
    }

    /// Whether the function `name` at `target` takes and returns what `shape` says. Sleeps.
    ///
    /// What is compared is how many arguments there are and how they and the value travel: how wide
    /// they are, whether they have a sign, whether they are pointers.
    ///
    /// # Errors
    ///
    /// [`Error::NoPrototype`]: the kernel has none to compare with. [`Error::Mismatch`]: they
    /// differ.
    pub fn check(&self, target: &Target, name: &CStr, shape: &FunctionShape) -> Result<(), Error> {
        let btf = self.btf(target).ok_or(Error::NoPrototype)?;
        let prototype = btf.function(name).ok_or(Error::NoPrototype)?;
        if prototype.agrees(shape) {
            return Ok(());
        }
        let text = CString::try_from_fmt(fmt!("the kernel has `{prototype}`, not `{shape}`"));
        Err(text.map_or(Error::NoMemory, Error::Mismatch))
    }

    /// The sections of `vmlinux`.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }
}
