// SPDX-License-Identifier: GPL-2.0

//! The kernel's own types: what the functions of `vmlinux` and of the modules take and return.
//!
//! The kernel has parsed and verified its BTF; this asks it. Functions that the compiler has changed
//! (`.isra`, `.constprop`), those of Rust, and those of the same name with different prototypes, are not in
//! it. Those of assembly are, but as what they are not: whatever such a function takes, it is said to be
//! `void f(void)`. So that is believed only of a function that a compiler has made: which can be traced,
//! or has padding before it.
//!
//! C header: [`include/linux/btf.h`](srctree/include/linux/btf.h)

use super::{
    super::{
        Kallsyms,
        Module,
        Symbol,
        Target, //
    },
    Prototype,
    Type,
    TypeKind, //
};
use crate::bindings;
use core::{
    ops::ControlFlow,
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
    pub(in super::super) fn btf_get_module_btf(module: *const kernel::bindings::module) -> *mut bindings::btf;
    pub(in super::super) fn ftrace_location(address: c_ulong) -> c_ulong;
}

/// What follows the name of a kfunc in that of its prototype with implicit arguments.
const IMPLICIT: &[u8] = b"_impl";

/// How long the name of a function can be, with the NUL.
const NAME_LEN: usize = bindings::KSYM_NAME_LEN as usize;

/// A name of two parts, if it is no longer than that of a function can be.
fn join<'b>(buffer: &'b mut [u8; NAME_LEN], parts: [&[u8]; 2]) -> Option<&'b CStr> {
    let [rest @ .., _] = &mut *buffer;
    let mut room = rest.iter_mut();
    for byte in parts.into_iter().flatten() {
        *room.next()? = *byte;
    }
    CStr::from_bytes_until_nul(buffer).ok()
}

/// The kernel's functions that answer questions about BTF.
pub(in super::super) struct Functions {
    get_vmlinux: bpf_get_btf_vmlinux,
    base: btf_base_btf,
    find: btf_find_by_name_kind,
    get: btf_get,
    name: btf_name_by_offset,
    count: btf_nr_types,
    put: btf_put,
    get_module: Option<btf_get_module_btf>,
    trace: Option<ftrace_location>,
}

impl Functions {
    /// Finds them; [`None`] if the kernel was built without BTF.
    #[inline(never)]
    pub(in super::super) fn new(kallsyms: &Kallsyms) -> Option<Self> {
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

    /// Takes the functions whose prototypes those of [`Self::new`] confirm: the one that gives a module's
    /// BTF, without which modules have no prototypes; and the one that tells what can be traced, without
    /// which no function is believed to be `void f(void)`.
    pub(in super::super) fn confirmed(
        &mut self,
        get_module: Option<btf_get_module_btf>,
        trace: Option<ftrace_location>,
    ) {
        self.get_module = get_module;
        self.trace = trace;
    }

    /// Where the function at this address is traced, if it can be.
    fn trace_location(&self, address: usize) -> Option<usize> {
        // SAFETY: `ftrace_location()` compares the address with those in its tables, under RCU, and
        // reads nothing at it: any address and any context will do.
        let location = unsafe { self.trace.as_ref()?.call(address) };
        (location != 0).then_some(location)
    }
}

/// The types of `vmlinux`, or of a module, for as long as this lives.
///
/// # Invariants
///
/// - `btf` points to BTF that the kernel has verified, and that is not freed while this lives: it is that
///   of `vmlinux`, which the kernel never frees, or this holds a reference to it.
/// - This holds such a reference, to give back once, if and only if `counted`.
pub struct Btf<'a> {
    functions: &'a Functions,
    btf: NonNull<bindings::btf>,
    counted: bool,
    /// The address of the function because of which it was asked for, and what knows more about that.
    function: Option<(&'a Kallsyms, usize)>,
}

/// A reference to BTF, which keeps a module's types when the module goes. [`Kallsyms::release`] gives it back; one
/// that is dropped otherwise keeps them for ever.
///
/// # Invariants
///
/// The pointer is to BTF that the kernel has verified, and to which this holds a reference.
pub struct HeldBtf(NonNull<bindings::btf>);

// SAFETY: The kernel counts references to BTF, and any thread can use one or give it back.
unsafe impl Send for HeldBtf {}
// SAFETY: Through a shared reference the pointer is compared, and more references to the BTF are taken.
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
        // SAFETY: The BTF is valid, by the invariants of `HeldBtf`, so that there is a reference already.
        unsafe { functions.get.call(held.0.as_ptr()) };
        // INVARIANT: `held` points to valid, verified BTF, and the reference that `btf_get()` has taken is ours.
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
            // SAFETY: `held` has a reference, by its invariants, and goes with this. `btf_put()` frees what is left by
            // RCU or a work item, and does not sleep.
            unsafe { functions.put.call(held.0.as_ptr()) };
        }
    }

    /// The types of the kernel itself, or of the module that has `target`. Sleeps: the kernel takes a
    /// mutex of its own for either, and parses its BTF when it is asked for the first time.
    ///
    /// [`None`] if it has none.
    pub fn btf(&self, target: &Target) -> Option<Btf<'_>> {
        let mut btf = self.btf_of(target.module())?;
        btf.function = Some((self, target.address()));
        Some(btf)
    }

    /// The types of the kernel itself. Sleeps, as [`Self::btf`] does.
    pub fn btf_of_vmlinux(&self) -> Option<Btf<'_>> {
        self.btf_of(None)
    }

    /// The types of the kernel itself, or of the module that has `symbol`. Sleeps, as [`Self::btf`] does.
    ///
    /// Nobody waits for the list of modules, which is locked as long as a module's symbol is there, while holding the
    /// mutex that this takes.
    pub fn btf_of_symbol(&self, symbol: &Symbol<'_>) -> Option<Btf<'_>> {
        let mut btf = self.btf_of(symbol.module().map(Module::as_ptr))?;
        btf.function = Some((self, symbol.address()));
        Some(btf)
    }

    /// Whether it is known that a compiler has made the function at this address, so that its prototype in the BTF can
    /// be believed whatever it is. Any context.
    pub fn is_compiled(&self, address: usize) -> bool {
        self.can_trace(address) || self.is_padded(address)
    }

    /// Whether the function at this address can be traced, as `available_filter_functions` of tracefs has them. Any
    /// context.
    pub fn can_trace(&self, address: usize) -> bool {
        self.trace_location(address).is_some()
    }

    /// The address in the function at this one at which ftrace has it call who traces it. Any context.
    pub fn trace_location(&self, address: usize) -> Option<usize> {
        self.btf.as_ref()?.trace_location(address)
    }

    /// See [`Self::btf`]. The module cannot go: the caller holds a reference to it, as a [`Target`] and a
    /// [`ModuleRef`](super::super::symbols::ModuleRef) do, or has the list of modules locked.
    #[inline(never)]
    pub(in super::super) fn btf_of(
        &self,
        module: Option<*mut bindings::module>,
    ) -> Option<Btf<'_>> {
        let functions = self.btf.as_ref()?;
        let btf = match module {
            // SAFETY: `bpf_get_btf_vmlinux()` takes no argument. It locks `bpf_verifier_lock`, a mutex that
            // no caller of ours holds, and may sleep, which the callers of functions that "sleep" may.
            None => unsafe { functions.get_vmlinux.call() },
            // SAFETY: The module is valid, because a reference to it is held, or the list that it is on is locked.
            // `btf_get_module_btf()` locks `btf_module_mutex`, which no caller of ours holds, and may sleep, which the
            // callers of functions that "sleep" may.
            Some(module) => unsafe { functions.get_module.as_ref()?.call(module) },
        };
        // INVARIANT: What is neither null nor an error is valid, verified BTF. That of `vmlinux` is never
        // freed; with that of a module comes a reference, which is ours.
        Some(Btf {
            functions,
            btf: NonNull::new(from_err_ptr(btf).ok()?)?,
            counted: module.is_some(),
            function: None,
        })
    }
}

impl Drop for Btf<'_> {
    #[inline(never)]
    fn drop(&mut self) {
        if self.counted {
            // SAFETY: A counted `Btf` holds a reference, which nobody gives back but this one `drop()`.
            // `btf_put()` frees what is left by RCU or a work item, and does not sleep.
            unsafe { self.functions.put.call(self.btf.as_ptr()) };
        }
    }
}

impl Btf<'_> {
    /// The prototype of the function of this name, which has to be that of the target these types were
    /// asked for ([`Kallsyms::btf`]); [`None`] if there is none that can be believed.
    ///
    /// `void f(void)` is believed only of a target that a compiler has made, since it is also what is said
    /// of every function of assembly.
    ///
    /// A kfunc can have implicit arguments, which BPF programs do not write and the verifier adds. What has its
    /// name in the BTF lacks them; this is the prototype of the function itself.
    pub fn function(&self, name: &CStr) -> Option<Prototype<'_>> {
        let written = self.function_as_written(name)?;
        let prototype = self.with_implicit_arguments(&written).unwrap_or(written);
        let nothing = prototype.takes_nothing() && prototype.returns().id() == 0;
        let is_compiled = || {
            self.function
                .is_some_and(|(kallsyms, address)| kallsyms.is_compiled(address))
        };
        (!nothing || is_compiled()).then_some(prototype)
    }

    /// As [`Self::function`], without implicit arguments, and believed of whatever has this name.
    pub fn function_as_written(&self, name: &CStr) -> Option<Prototype<'_>> {
        let id = self.find(name, bindings::BTF_KIND_FUNC)?;
        Some(Prototype::of_function(self.ty(id)))
    }

    /// The prototype with implicit arguments, if the BTF has one: `resolve_btfids` calls it `NAME_impl`, and its
    /// parameters are those of `NAME` and some more. (The kernel has pairs of functions with such names, too; they
    /// do not match.)
    #[inline(never)]
    pub fn with_implicit_arguments<'a>(&'a self, written: &Prototype<'a>) -> Option<Prototype<'a>> {
        let mut name = [0; NAME_LEN];
        let name = join(&mut name, [written.name().to_bytes(), IMPLICIT])?;
        let id = self.find(name, bindings::BTF_KIND_FUNC)?;
        written.continued_by(&Prototype::of_function(self.ty(id)))
    }

    /// If this is such a prototype with implicit arguments, the one without them, and this with the name of that.
    #[inline(never)]
    pub fn without_implicit_arguments<'a>(
        &'a self,
        whole: &Prototype<'a>,
    ) -> Option<(Prototype<'a>, Prototype<'a>)> {
        let mut name = [0; NAME_LEN];
        let name = join(
            &mut name,
            [whole.name().to_bytes().strip_suffix(IMPLICIT)?, b""],
        )?;
        let written = self.function_as_written(name)?;
        let named = written.continued_by(whole)?;
        Some((written, named))
    }

    /// The type of this name (the tag, of a structure, union or enumeration) and kind.
    ///
    /// Of a module's types, its own come before those of `vmlinux`. Files of the kernel's source may each
    /// have a type of the same name; this is one of them. A structure or union of which the kernel has no
    /// more than the name is found too: see [`Type::is_incomplete`].
    pub fn named(&self, name: &CStr, kind: TypeKind) -> Option<Type<'_>> {
        if name.is_empty() {
            return None;
        }
        let find = |kind| {
            self.find(name, kind)
                .or_else(|| self.find_in_base(name, kind))
        };
        let forward = |union| {
            let ty = self.ty(find(bindings::BTF_KIND_FWD)?);
            (ty.is_union() == union).then_some(ty.id())
        };
        let id = match kind {
            TypeKind::Int => find(bindings::BTF_KIND_INT),
            TypeKind::Typedef => find(bindings::BTF_KIND_TYPEDEF),
            TypeKind::Struct => find(bindings::BTF_KIND_STRUCT).or_else(|| forward(false)),
            TypeKind::Union => find(bindings::BTF_KIND_UNION).or_else(|| forward(true)),
            TypeKind::Enum => {
                find(bindings::BTF_KIND_ENUM).or_else(|| find(bindings::BTF_KIND_ENUM64))
            }
        };
        id.map(|id| self.ty(id))
    }

    /// Takes a reference of its own.
    pub fn hold(&self) -> HeldBtf {
        // SAFETY: `self.btf` is valid, by the invariants of `Btf`, so that there is a reference already, or it is that
        // of `vmlinux`, which always has one.
        unsafe { self.functions.get.call(self.btf.as_ptr()) };
        // INVARIANT: `self.btf` is verified BTF, by the invariants of `Btf`; the reference was just taken.
        HeldBtf(self.btf)
    }

    /// The type of this [`Type::id`].
    pub fn ty(&self, id: u32) -> Type<'_> {
        Type::new(self, id)
    }

    /// The type of this name and kind. Of a module's types only its own are looked at, not those of
    /// `vmlinux`, where a function of the same name is another one.
    fn find(&self, name: &CStr, kind: c_uint) -> Option<u32> {
        if self.base().is_none() {
            return self.find_by(self.btf, name, kind);
        }
        (self.first()..self.count()).find(|id| {
            let ty = self.ty(*id);
            ty.kind() == kind && *ty.name() == *name
        })
    }

    /// The type of this name and kind among those of `vmlinux` that a module's are based on.
    fn find_in_base(&self, name: &CStr, kind: c_uint) -> Option<u32> {
        self.find_by(self.base()?, name, kind)
    }

    /// Has the kernel look for the name, in BTF that is this one's or its base's.
    fn find_by(&self, btf: NonNull<bindings::btf>, name: &CStr, kind: c_uint) -> Option<u32> {
        // SAFETY: `self.btf` is valid, by the invariants of `Btf`, and holds a reference to its base, which
        // so is valid as well; the name is NUL-terminated. No lock is taken. A kind fits in a `u8`.
        let id = unsafe {
            self.functions
                .find
                .call(btf.as_ptr(), name.as_char_ptr(), kind as u8)
        };
        u32::try_from(id).ok()
    }

    /// The BTF of `vmlinux` that a module's BTF refers to; valid for as long as `self` is.
    #[inline(never)]
    fn base(&self) -> Option<NonNull<bindings::btf>> {
        // SAFETY: `self.btf` is valid, by the invariants of `Btf`; the function reads a pointer from it.
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
    #[inline(never)]
    pub fn count(&self) -> u32 {
        // SAFETY: `self.btf` is valid, by the invariants of `Btf`; the function reads the number of types.
        unsafe { self.functions.count.call(self.btf.as_ptr()) }
    }

    /// Whether the type of this id is one of `vmlinux`, on whose types those of a module are based.
    pub fn is_of_base(&self, id: u32) -> bool {
        self.base().is_none() || id < self.first()
    }

    /// The id of the first type that is its own: of a module, the first that is not one of `vmlinux`.
    #[inline(never)]
    pub fn first(&self) -> u32 {
        match self.base() {
            // SAFETY: `base` is valid for as long as `self`; the function reads the number of types.
            Some(base) => unsafe { self.functions.count.call(base.as_ptr()) },
            None => 1,
        }
    }

    /// The type of the variable of this name. The kernel has those of its per-CPU variables; there may be others.
    pub fn variable(&self, name: &CStr) -> Option<Type<'_>> {
        let id = self.find(name, bindings::BTF_KIND_VAR)?;
        Some(self.ty(id).target())
    }

    /// The prototypes of all functions whose [`Prototype::id`] is `first` or more, as BTF has them: functions of
    /// assembly too.
    pub fn functions_since(&self, first: u32) -> impl Iterator<Item = Prototype<'_>> {
        self.of_kind(bindings::BTF_KIND_FUNC, first)
            .map(Prototype::of_function)
    }

    /// All types of one kind, from an id on.
    fn of_kind(&self, kind: c_uint, first: u32) -> impl Iterator<Item = Type<'_>> {
        (first..self.count())
            .map(|id| self.ty(id))
            .filter(move |ty| ty.kind() == kind)
    }

    /// The value of a constant (sign-extended), and whether it has a sign, that any of the enumerations has: those of a
    /// module, but not those of `vmlinux` on which they are based. Looks at all types.
    pub fn constant(&self, name: &CStr) -> Option<(u64, bool)> {
        let mut enums = (self.first()..self.count())
            .map(|id| self.ty(id))
            .filter(|ty| {
                matches!(
                    ty.kind(),
                    bindings::BTF_KIND_ENUM | bindings::BTF_KIND_ENUM64
                )
            });
        enums.find_map(|ty| {
            let found = ty.for_each_constant(|constant, value| match *constant == *name {
                true => ControlFlow::Break(value),
                false => ControlFlow::Continue(()),
            });
            found.break_value().map(|value| (value, ty.flag()))
        })
    }

    /// What the kernel has of the type of this id; [`None`] if it has no such type.
    pub(super) fn raw(&self, id: u32) -> Option<&bindings::btf_type> {
        // SAFETY: `self.btf` is valid, by the invariants of `Btf`. For an id that it does not have, the
        // function returns null; for another, a type that lives as long as the BTF, unchanged.
        unsafe { bindings::btf_type_by_id(self.btf.as_ptr(), id).as_ref() }
    }

    /// A string of its table; empty if there is none at the offset.
    #[inline(never)]
    pub(super) fn string(&self, offset: u32) -> &CStr {
        // SAFETY: `self.btf` is valid, by the invariants of `Btf`. For an offset that is not in its table
        // the function returns null.
        let string = unsafe { self.functions.name.call(self.btf.as_ptr(), offset) };
        match string.is_null() {
            true => c"",
            // SAFETY: The kernel has verified that the table ends with a NUL; it lives as long as the BTF,
            // unchanged.
            false => unsafe { CStr::from_char_ptr(string) },
        }
    }
}
