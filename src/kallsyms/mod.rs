// SPDX-License-Identifier: GPL-2.0

//! Every symbol of the running kernel, and safe ways to the functions that it does not export.
//!
//! ```
//! use crate::kallsyms::{Bootstrap, Error, Kallsyms};
//!
//! crate::import! {
//!     fn nr_running() -> c_uint;
//! }
//!
//! fn example() -> Result<(), Error> {
//!     let kallsyms = Kallsyms::new(Bootstrap::Auto)?;
//!     let nr_running = nr_running::resolve(&kallsyms)?;
//!     // SAFETY: It adds up a counter of each CPU, in any context.
//!     pr_info!("{} processes run\n", unsafe { nr_running.call() });
//!     Ok(())
//! }
//! ```
//!
//! # What there is
//!
//! | you want | use |
//! |---|---|
//! | to begin | [`Kallsyms::new`]: it finds `kallsyms_lookup_name()`, and the rest by that |
//! | to use functions and variables whose names you know | [`import!`](crate::import) |
//! | to call functions whose names are known at run time | [`Function::resolve`] |
//! | all symbols of `vmlinux`, or of modules too | [`Kallsyms::for_each`], [`Kallsyms::for_each_of_all`] |
//! | symbols by module, name and kind | [`Kallsyms::query`] with a [`Query`] |
//! | the modules | [`Kallsyms::modules`] |
//! | the address of a name, the symbol at an address | [`Kallsyms::lookup_name`], [`Kallsyms::at`] |
//! | to know when modules come and go | [`Kallsyms::watch`] |
//! | to read memory that may not be there | [`nofault::read`] |
//! | the kernel's own types | [`Kallsyms::btf`], [`Btf`], [`Prototype`], [`Type`] |
//!
//! To vendor this library copy `src/kallsyms/` and `bindings/`; `docs/library.md` says how they
//! are built. An [`Error`] says in words what went wrong: log it.
//!
//! # Soundness
//!
//! Safe code can do what it likes with what the library gives it: forget it, keep it, nest it, send
//! it to another thread where the types allow that, and use it in a destructor or inside of a walk.
//! These rules make it so; the files in `tests/compile_fail/` hold what must not compile for them.
//!
//! 1. **What is called is there.** A [`Target`] is the entry of a function, in text that is not
//!    freed: the kernel's own, or a live module's to which the [`Target`] holds a reference.
//!    Whatever can be called owns its [`Target`], and nothing can be taken out of it. The fields of
//!    an imported function's type are private to a module in which there is no code of the user's.
//! 2. **What is called has the signature.** [`Kallsyms::check`] always compares it with the
//!    kernel's own types. For [`import!`](crate::import) the compiler also compares it with a
//!    header's declaration of the same name, if one is given. Only where the kernel has no type for
//!    one of its own functions is a declaration enough, and only one of `bindgen`'s. (Functions in
//!    assembly have none; x86's headers declare some that have an ABI of their own, such as
//!    `rep_movs_alternative()`: their caller has to know.) [`Shaped`], [`Register`], [`Arguments`],
//!    [`Signature`] and [`Takes`] are `unsafe` to implement, since that comparison believes them.
//! 3. **What is called is what was meant.** An imported function is the kernel's own, unless its
//!    declaration names a module: a module cannot put a function of the same name in its place. A
//!    [`Name`] without a module can mean a module's function, so put `vmlinux:` before it where
//!    that matters. Static calls have names of their own, so that importing a function which the
//!    kernel has a static call for does not change where C code goes.
//! 4. **Calling is `unsafe`.** What a function demands of its arguments, of locks and of the
//!    context, only the caller can know; so is everything `unsafe` that goes around one of the
//!    checks above.
//! 5. **A static call has one owner.** One value of each imported function's type, and of
//!    [`Kallsyms`], lives at a time, and each [`Function`] has a slot of its own. A forgotten one
//!    keeps its static call, and its module loaded; calls through it still go where they should.
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
//!    that has it: a forgotten one ends when its module goes, and removing that module never ends.
//!    The kernel does not patch a module's static calls any more when the module goes, so nothing
//!    can be resolved then.
//!
//! Functions whose documentation says that they sleep must be called where that is allowed; the
//! kernel's own crate has the same rule (and `klint` to check it), and breaking it makes the kernel
//! complain.
//!
//! C header: [`include/linux/kallsyms.h`](srctree/include/linux/kallsyms.h)

// First, since rustdoc lists the methods of a type in the order of these lines.
mod essentials;

mod bootstrap;
mod error;
mod functions;
mod modules;
pub mod nofault;
pub(crate) mod sort;
mod symbols;
mod types;
mod vmlinux;

// What `import!` makes of a declaration needs these, and hidden methods name the last one.
#[doc(hidden)]
pub mod hidden {
    pub use super::functions::{
        same,
        Header,
        Import,
        Slot, //
    };
}

pub use self::{
    bootstrap::Bootstrap,
    error::Error,
    functions::{
        static_call,
        Arguments,
        Function,
        Kfuncs,
        Register,
        Signature,
        Takes,
        Target,
        Variable,
        Words,
        SLOTS,
        WORDS,
        WORD_SLOTS, //
    },
    modules::{
        Change,
        Module,
        ModuleName,
        ModuleRef,
        Modules,
        NameIndex,
        Transient,
        TransientPosition,
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
        TypeKind,
        ValueShape, //
    }, //
};

use core::ptr::NonNull;
use kernel::{
    prelude::{
        fmt,
        *, //
    },
    str::CString,
    sync::SetOnce, //
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

/// The way to the kernel's symbols. One value can live at a time: share it by reference. Dropping
/// it may sleep.
///
/// # Invariants
///
/// `module_list` points to the kernel's variable `modules`.
pub struct Kallsyms {
    vmlinux: vmlinux::Vmlinux,
    on_each_symbol: kallsyms_on_each_symbol,
    lookup: kallsyms_lookup,
    module_mutex: modules::ModuleMutex,
    module_list: NonNull<kernel::bindings::list_head>,
    index: Option<symbols::Index>,
    exports: Option<symbols::Exports>,
    btf: Option<types::Functions>,
    transients: SetOnce<modules::Transients>,
    parts: SetOnce<symbols::Parts>,
    attributes: SetOnce<symbols::Attributes>,
    kfuncs: SetOnce<Kfuncs>,
}

// SAFETY: The pointer is to the kernel's list of modules, which all threads use under
// `module_mutex`. The other fields are functions to call and addresses, which belong to no thread.
unsafe impl Send for Kallsyms {}
// SAFETY: No method changes a field. The kernel's functions that they call can be called by several
// threads at once, and the list is read only with the mutex locked.
unsafe impl Sync for Kallsyms {}

impl Kallsyms {
    /// Whether the function `name` at `target` takes and returns what `shape` says. May sleep.
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
        &self.vmlinux.layout
    }
}
