// SPDX-License-Identifier: GPL-2.0

//! The kernel's own types: what the functions of `vmlinux` and of the modules take and return.
//!
//! The kernel has parsed and verified its BTF; this asks it. It lacks functions that the compiler
//! has changed (`.isra`, `.constprop`), functions in Rust, and functions that share a name but not
//! a prototype. It has functions in assembly, but as what they are not: `void f(void)`, whatever
//! they take. So that prototype is believed only of a function that a compiler has made: one that
//! can be traced, or has padding before it.
//!
//! C header: [`include/linux/btf.h`](srctree/include/linux/btf.h)

use crate::{
    bindings,
    kallsyms::{
        symbols::RawName,
        Kallsyms, //
    }, //
};
use core::{
    ops::Range,
    ptr::NonNull, //
};
use kernel::{
    error::from_err_ptr,
    prelude::*, //
};

crate::import! {
    fn bpf_get_btf_vmlinux() -> *mut bindings::btf = bindings::bpf_get_btf_vmlinux;
    fn btf_base_btf(btf: *const bindings::btf) -> *mut bindings::btf = bindings::btf_base_btf;
    fn btf_find_by_name_kind(btf: *const bindings::btf, name: *const c_char, kind: u8) -> i32
        = bindings::btf_find_by_name_kind;
    fn btf_get(btf: *mut bindings::btf) = bindings::btf_get;
    fn btf_name_by_offset(btf: *const bindings::btf, offset: u32) -> *const c_char
        = bindings::btf_name_by_offset;
    fn btf_nr_types(btf: *const bindings::btf) -> u32 = bindings::btf_nr_types;
    fn btf_put(btf: *mut bindings::btf) = bindings::btf_put;
    // No header that is included declares these, so their own BTF has to agree.
    pub(in crate::kallsyms) fn btf_get_module_btf(module: *const kernel::bindings::module) -> *mut bindings::btf;
    pub(in crate::kallsyms) fn ftrace_location_range(start: c_ulong, end: c_ulong) -> c_ulong;
}

/// The kernel's functions that answer questions about BTF.
pub(in crate::kallsyms) struct Functions {
    get_vmlinux: bpf_get_btf_vmlinux,
    base: btf_base_btf,
    find: btf_find_by_name_kind,
    get: btf_get,
    name: btf_name_by_offset,
    count: btf_nr_types,
    put: btf_put,
    get_module: Option<btf_get_module_btf>,
    trace: Option<ftrace_location_range>,
}

impl Functions {
    /// Finds them; `None` if the kernel was built without BTF.
    #[inline(never)] // frame
    pub(in crate::kallsyms) fn new(kallsyms: &Kallsyms) -> Option<Self> {
        Some(Self {
            get_vmlinux: bpf_get_btf_vmlinux::resolve(kallsyms).ok()?,
            base: btf_base_btf::resolve(kallsyms).ok()?,
            find: btf_find_by_name_kind::resolve(kallsyms).ok()?,
            get: btf_get::resolve(kallsyms).ok()?,
            name: btf_name_by_offset::resolve(kallsyms).ok()?,
            count: btf_nr_types::resolve(kallsyms).ok()?,
            put: btf_put::resolve(kallsyms).ok()?,
            get_module: None,
            trace: None,
        })
    }

    /// Adds the functions whose prototypes are checked by means of the others: one gives a module's
    /// BTF, without which modules have no prototypes; the other tells what can be traced, without
    /// which no function is believed to be `void f(void)`.
    pub(in crate::kallsyms) fn confirmed(
        &mut self,
        get_module: Option<btf_get_module_btf>,
        trace: Option<ftrace_location_range>,
    ) {
        self.get_module = get_module;
        self.trace = trace;
    }

    /// Where the function at these addresses is traced, if it can be.
    pub(in crate::kallsyms) fn trace_location(&self, function: Range<usize>) -> Option<usize> {
        let last = function.end.checked_sub(1)?;
        // SAFETY: `ftrace_location_range()` compares the addresses with those in its tables, under
        // RCU, and reads nothing at them: any addresses and any context will do.
        let location = unsafe { self.trace.as_ref()?.call(function.start, last) };
        (location != 0).then_some(location)
    }
}

/// The types of `vmlinux`, or of a module, for as long as this lives.
///
/// # Invariants
///
/// - `btf` points to BTF that the kernel has verified, and that is not freed while this lives: it
///   is the BTF of `vmlinux`, which the kernel never frees, or this holds a reference to it.
/// - This holds such a reference, to give back once, if and only if `counted`.
pub struct Btf<'a> {
    functions: &'a Functions,
    btf: NonNull<bindings::btf>,
    counted: bool,
    /// The address of the function whose BTF this is, and what can tell more about the function.
    pub(super) function: Option<(&'a Kallsyms, usize)>,
}

/// A reference to BTF, which keeps a module's types when the module goes. [`Kallsyms::release`]
/// gives it back; dropping it otherwise leaks them.
///
/// # Invariants
///
/// The pointer is to BTF that the kernel has verified, and to which this holds a reference.
pub struct HeldBtf(NonNull<bindings::btf>);

// SAFETY: The kernel counts references to BTF, and any thread can use one or give it back.
unsafe impl Send for HeldBtf {}
// SAFETY: Through a shared reference the pointer is compared, and more references to the BTF are
// taken.
unsafe impl Sync for HeldBtf {}

impl HeldBtf {
    /// Whether it is a reference to this BTF.
    pub fn is_of(&self, btf: &Btf<'_>) -> bool {
        self.0 == btf.btf
    }
}

impl Kallsyms {
    /// The types that are held.
    pub fn held(&self, held: &HeldBtf) -> Option<Btf<'_>> {
        let functions = self.btf.as_ref()?;
        // SAFETY: The BTF is valid, by the invariants of `HeldBtf`, so that there is a reference
        // already.
        unsafe { functions.get.call(held.0.as_ptr()) };
        // INVARIANT: `held` points to valid, verified BTF, and the reference that `btf_get()` has
        // taken is ours.
        Some(Btf {
            functions,
            btf: held.0,
            counted: true,
            function: None,
        })
    }

    /// Gives a reference back.
    pub fn release(&self, held: HeldBtf) {
        if let Some(functions) = &self.btf {
            // SAFETY: `held` has a reference, by its invariants, and goes with this. `btf_put()`
            // frees what is left by RCU or a work item, and does not sleep.
            unsafe { functions.put.call(held.0.as_ptr()) };
        }
    }

    /// See [`Self::btf`]. The module cannot go: the caller holds a reference to it, as a [`Target`]
    /// and a [`ModuleRef`](crate::kallsyms::modules::ModuleRef) do, or has the list of modules
    /// locked.
    #[inline(never)] // size
    pub(in crate::kallsyms) fn btf_of(
        &self,
        module: Option<*mut bindings::module>,
    ) -> Option<Btf<'_>> {
        let functions = self.btf.as_ref()?;
        let btf = match module {
            // SAFETY: `bpf_get_btf_vmlinux()` takes no argument. When the BTF has not been parsed
            // yet, it locks a mutex (`btf_vmlinux_lock`; up to 7.2 `bpf_verifier_lock`) that no
            // caller of ours holds, and may sleep, which the callers of functions that "sleep" may.
            None => unsafe { functions.get_vmlinux.call() },
            // SAFETY: The module is valid, because a reference to it is held, or the list that it
            // is on is locked. `btf_get_module_btf()` locks `btf_module_mutex`, which no caller of
            // ours holds, and may sleep, which the callers of functions that "sleep" may.
            Some(module) => unsafe { functions.get_module.as_ref()?.call(module) },
        };
        // INVARIANT: What is neither null nor an error is valid, verified BTF. The BTF of `vmlinux`
        // is never freed; a module's comes with a reference, which is ours.
        Some(Btf {
            functions,
            btf: NonNull::new(from_err_ptr(btf).ok()?)?,
            counted: module.is_some(),
            function: None,
        })
    }
}

impl Clone for Btf<'_> {
    fn clone(&self) -> Self {
        if self.counted {
            // SAFETY: `self.btf` is valid, and this holds a reference to it already.
            unsafe { self.functions.get.call(self.btf.as_ptr()) };
        }
        // INVARIANT: It is the same BTF; if references to it are counted, this one was just taken.
        Self { ..*self }
    }
}

impl Drop for Btf<'_> {
    #[inline(never)] // size
    fn drop(&mut self) {
        if self.counted {
            // SAFETY: A counted `Btf` holds a reference, which nobody gives back but this one
            // `drop()`. `btf_put()` frees what is left by RCU or a work item, and does not sleep.
            unsafe { self.functions.put.call(self.btf.as_ptr()) };
        }
    }
}

impl Btf<'_> {
    /// Takes a reference of its own.
    pub fn hold(&self) -> HeldBtf {
        // SAFETY: `self.btf` is valid, by the invariants of `Btf`, so that there is a reference
        // already, or it is the BTF of `vmlinux`, which always has one.
        unsafe { self.functions.get.call(self.btf.as_ptr()) };
        // INVARIANT: `self.btf` is verified BTF, by the invariants of `Btf`; the reference was just
        // taken.
        HeldBtf(self.btf)
    }

    /// The type of this name and kind. In a module's BTF only its own types are looked at: a
    /// function of the same name in `vmlinux` is another one.
    pub(super) fn find(&self, name: &CStr, kind: c_uint) -> Option<u32> {
        match self.base() {
            None => self.find_of_vmlinux(name, kind),
            Some(_) => self.find_own(name, [kind])[0],
        }
    }

    /// For each of the kinds the first type of this name that is a module's own.
    #[inline(never)] // size
    pub(super) fn find_own<const N: usize>(
        &self,
        name: &CStr,
        kinds: [c_uint; N],
    ) -> [Option<u32>; N] {
        let mut found = [None; N];
        if self.base().is_none() {
            return found;
        }
        for id in self.first()..self.count() {
            let ty = self.ty(id);
            let kind = ty.kind();
            let place = kinds.iter().position(|wanted| *wanted == kind);
            if let Some(found @ None) = place.and_then(|place| found.get_mut(place)) {
                *found = ty.is_named(name).then_some(id);
            }
            if found[0].is_some() {
                break;
            }
        }
        found
    }

    /// The type of this name and kind of `vmlinux`.
    pub(super) fn find_of_vmlinux(&self, name: &CStr, kind: c_uint) -> Option<u32> {
        let btf = self.base().unwrap_or(self.btf);
        // SAFETY: `self.btf` is valid, by the invariants of `Btf`, and holds a reference to its
        // base, which so is valid as well; the name is NUL-terminated. No lock is taken. A kind
        // fits in a `u8`.
        let id = unsafe {
            self.functions
                .find
                .call(btf.as_ptr(), name.as_char_ptr(), kind as u8)
        };
        u32::try_from(id).ok()
    }

    /// The BTF of `vmlinux` that a module's BTF refers to; valid for as long as `self` is.
    #[inline(never)] // size
    fn base(&self) -> Option<NonNull<bindings::btf>> {
        // SAFETY: `self.btf` is valid, by the invariants of `Btf`; the function reads a pointer
        // from it.
        NonNull::new(unsafe { self.functions.base.call(self.btf.as_ptr()) })
    }

    /// The kernel's own, which is valid for as long as `self` is.
    pub fn as_ptr(&self) -> *mut bindings::btf {
        self.btf.as_ptr()
    }

    /// Whether both are of the same module, or of the kernel itself.
    pub fn is_same(&self, other: &Self) -> bool {
        self.btf == other.btf
    }

    /// Whether both have the same types of `vmlinux`: they are based on them, or are them.
    pub(super) fn has_same_base(&self, other: &Self) -> bool {
        self.base().unwrap_or(self.btf) == other.base().unwrap_or(other.btf)
    }

    /// How many types there are; their ids are below this.
    #[inline(never)] // size
    pub fn count(&self) -> u32 {
        // SAFETY: `self.btf` is valid, by the invariants of `Btf`; the function reads the number of
        // types.
        unsafe { self.functions.count.call(self.btf.as_ptr()) }
    }

    /// Whether the type with this id is in the BTF of `vmlinux`, on which a module's is based.
    pub fn is_of_base(&self, id: u32) -> bool {
        self.base().is_none() || id < self.first()
    }

    /// The id of the first type that is its own: of a module, the first that is not one of
    /// `vmlinux`.
    #[inline(never)] // size
    pub fn first(&self) -> u32 {
        match self.base() {
            // SAFETY: `base` is valid for as long as `self`; the function reads the number of
            // types.
            Some(base) => unsafe { self.functions.count.call(base.as_ptr()) },
            None => 1,
        }
    }

    /// What the kernel has of the type of this id; `None` if it has no such type.
    pub(super) fn raw(&self, id: u32) -> Option<&bindings::btf_type> {
        // SAFETY: `self.btf` is valid, by the invariants of `Btf`. For an id that it does not have,
        // the function returns null; for another, a type that lives as long as the BTF, unchanged.
        unsafe { bindings::btf_type_by_id(self.btf.as_ptr(), id).as_ref() }
    }

    /// A string of its table; empty if there is none at the offset.
    #[inline(never)] // size
    pub(super) fn string(&self, offset: u32) -> &CStr {
        self.raw_string(offset).get()
    }

    /// As [`Self::string`], without its length.
    pub(super) fn raw_string(&self, offset: u32) -> RawName<'_> {
        // SAFETY: `self.btf` is valid, by the invariants of `Btf`. For an offset that is not in its
        // table the function returns null.
        let string = unsafe { self.functions.name.call(self.btf.as_ptr(), offset) };
        if string.is_null() {
            c"".into()
        } else {
            // SAFETY: The kernel has verified that the table ends with a NUL; it lives as long as
            // the BTF, unchanged.
            unsafe { RawName::new(string) }
        }
    }
}
