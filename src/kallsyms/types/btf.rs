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
        Target, //
    },
    FunctionShape,
    Shape, //
};
use crate::bindings;
use core::{
    ops::ControlFlow,
    ptr::NonNull, //
};
use kernel::{
    error::from_err_ptr,
    fmt,
    prelude::{
        fmt,
        *, //
    }, //
};

crate::import! {
    fn bpf_get_btf_vmlinux() -> *mut bindings::btf = bindings::bpf_get_btf_vmlinux;
    fn btf_base_btf(btf: *const bindings::btf) -> *mut bindings::btf = bindings::btf_base_btf;
    fn btf_find_by_name_kind(btf: *const bindings::btf, name: *const c_char, kind: u8) -> i32
        = bindings::btf_find_by_name_kind;
    fn btf_name_by_offset(btf: *const bindings::btf, offset: u32) -> *const c_char
        = bindings::btf_name_by_offset;
    fn btf_nr_types(btf: *const bindings::btf) -> u32 = bindings::btf_nr_types;
    fn btf_put(btf: *mut bindings::btf) = bindings::btf_put;
    // No header that is included declares these, so their own BTF has to agree.
    pub(in super::super) fn btf_get_module_btf(module: *const kernel::bindings::module) -> *mut bindings::btf;
    pub(in super::super) fn ftrace_location(address: c_ulong) -> c_ulong;
}

/// How many steps a type can be made of: typedefs of pointers to arrays of …
const MAX_DEPTH: usize = 32;

/// The functions that answer questions about BTF.
pub(in super::super) struct Functions {
    get_vmlinux: bpf_get_btf_vmlinux,
    base: btf_base_btf,
    find: btf_find_by_name_kind,
    name: btf_name_by_offset,
    count: btf_nr_types,
    put: btf_put,
    get_module: Option<btf_get_module_btf>,
    trace: Option<ftrace_location>,
}

impl Functions {
    /// Finds them; [`None`] if the kernel was built without BTF.
    pub(in super::super) fn new(kallsyms: &Kallsyms) -> Option<Self> {
        Some(Self {
            get_vmlinux: bpf_get_btf_vmlinux::resolve(kallsyms).ok()?,
            base: btf_base_btf::resolve(kallsyms).ok()?,
            find: btf_find_by_name_kind::resolve(kallsyms).ok()?,
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
    pub(in super::super) fn with(
        self,
        get_module: Option<btf_get_module_btf>,
        trace: Option<ftrace_location>,
    ) -> Self {
        Self {
            get_module,
            trace,
            ..self
        }
    }

    /// Whether the function at this address can be traced.
    fn can_trace(&self, address: usize) -> bool {
        match &self.trace {
            // SAFETY: It looks for the address in a table; any context.
            Some(trace) => unsafe { trace.call(address) != 0 },
            None => false,
        }
    }
}

/// The types of `vmlinux`, or of a module, for as long as this lives.
///
/// # Invariants
///
/// `btf` is valid, and ours to put if `counted`.
pub struct Btf<'a> {
    functions: &'a Functions,
    btf: NonNull<bindings::btf>,
    counted: bool,
    /// Whether it was asked for because of a function that a compiler has made.
    compiled: bool,
}

impl Kallsyms {
    /// The types of the kernel itself, or of the module that `target` is of. Sleeps.
    ///
    /// [`None`] if it has none.
    pub fn btf(&self, target: &Target) -> Option<Btf<'_>> {
        let mut btf = self.btf_of(target.module())?;
        btf.compiled =
            btf.functions.can_trace(target.address()) || self.is_padded(target.address());
        Some(btf)
    }

    /// The types of the kernel itself. Sleeps.
    pub fn btf_of_vmlinux(&self) -> Option<Btf<'_>> {
        self.btf_of(None)
    }

    /// See [`Self::btf`]; somebody holds a reference to the module.
    fn btf_of(&self, module: Option<*mut bindings::module>) -> Option<Btf<'_>> {
        let functions = self.btf.as_ref()?;
        let btf = match module {
            // SAFETY: Has no requirements; what it returns stays.
            None => unsafe { functions.get_vmlinux.call() },
            // SAFETY: There is a reference to the module; what is returned is counted.
            Some(module) => unsafe { functions.get_module.as_ref()?.call(module) },
        };
        // INVARIANT: It is valid, if it is neither null nor an error.
        Some(Btf {
            functions,
            btf: NonNull::new(from_err_ptr(btf).ok()?)?,
            counted: module.is_some(),
            compiled: false,
        })
    }
}

impl Drop for Btf<'_> {
    fn drop(&mut self) {
        if self.counted {
            // SAFETY: By the type invariants.
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
    pub fn function(&self, name: &CStr) -> Option<Prototype<'_>> {
        let id = self.find(name, bindings::BTF_KIND_FUNC)?;
        let function = Type { btf: self, id };
        let prototype = Prototype {
            name: function.name(),
            ty: function.target(),
        };
        let nothing = prototype.ty.parameters().is_empty() && prototype.returns().id == 0;
        (self.compiled || !nothing).then_some(prototype)
    }

    /// The type of this name.
    pub fn named(&self, name: &CStr, kind: TypeKind) -> Option<Type<'_>> {
        let kind = match kind {
            TypeKind::Typedef => bindings::BTF_KIND_TYPEDEF,
            TypeKind::Enum => bindings::BTF_KIND_ENUM,
        };
        let id = self.find(name, kind)?;
        Some(self.ty(id))
    }

    /// The type of this [`Type::id`].
    pub fn ty(&self, id: u32) -> Type<'_> {
        Type { btf: self, id }
    }

    /// The type of this name and kind. Of a module's types only its own are looked at, not those of
    /// `vmlinux`, where a function of the same name is another one.
    fn find(&self, name: &CStr, kind: c_uint) -> Option<u32> {
        // SAFETY: By the type invariants.
        let base = unsafe { self.functions.base.call(self.btf.as_ptr()) };
        if base.is_null() {
            // SAFETY: By the type invariants; the name is NUL-terminated. A kind fits in a `u8`.
            let id = unsafe {
                self.functions
                    .find
                    .call(self.btf.as_ptr(), name.as_char_ptr(), kind as u8)
            };
            return u32::try_from(id).ok();
        }
        // SAFETY: `base` is valid for as long as what is based on it.
        let first = unsafe { self.functions.count.call(base) };
        // SAFETY: By the type invariants.
        let end = unsafe { self.functions.count.call(self.btf.as_ptr()) };
        (first..end).find(|id| {
            let ty = Type { btf: self, id: *id };
            ty.kind() == kind && *ty.name() == *name
        })
    }

    /// A string of its table.
    fn string(&self, offset: u32) -> &CStr {
        // SAFETY: By the type invariants.
        let string = unsafe { self.functions.name.call(self.btf.as_ptr(), offset) };
        match string.is_null() {
            true => c"",
            // SAFETY: A string of the table is NUL-terminated and lives as long as the BTF.
            false => unsafe { CStr::from_char_ptr(string) },
        }
    }
}

/// What to look for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// A typedef.
    Typedef,
    /// An enumeration.
    Enum,
}

/// A type.
#[derive(Clone, Copy)]
pub struct Type<'a> {
    btf: &'a Btf<'a>,
    id: u32,
}

impl<'a> Type<'a> {
    /// What the kernel has of it; [`None`] for `void`.
    fn raw(self) -> Option<&'a bindings::btf_type> {
        if self.id == 0 {
            return None;
        }
        // SAFETY: By the type invariants of `Btf`; what is returned lives as long as that, or is null.
        unsafe { bindings::btf_type_by_id(self.btf.btf.as_ptr(), self.id).as_ref() }
    }

    /// Its size or the type it is made of, as its kind has it.
    fn size_or_type(self) -> u32 {
        match self.raw() {
            // SAFETY: The union has two names for one integer.
            Some(raw) => unsafe { raw.__bindgen_anon_1.type_ },
            None => 0,
        }
    }

    /// What its kind makes a flag of.
    fn flag(self) -> bool {
        match self.raw() {
            // SAFETY: The pointer comes from a reference.
            Some(raw) => unsafe { bindings::kallsyms_helper_btf_type_kflag(raw) },
            None => false,
        }
    }

    /// One of `BTF_KIND_*`.
    fn kind(self) -> c_uint {
        match self.raw() {
            // SAFETY: The pointer comes from a reference.
            Some(raw) => unsafe { bindings::kallsyms_helper_btf_kind(raw) }.into(),
            None => bindings::BTF_KIND_UNKN,
        }
    }

    /// Its number in the BTF; 0 is `void`.
    pub fn id(self) -> u32 {
        self.id
    }

    /// How many bytes its values take; 0 if that is not said, as of `void`.
    pub fn size(self) -> usize {
        let ty = self.strip();
        match ty.kind() {
            bindings::BTF_KIND_INT
            | bindings::BTF_KIND_STRUCT
            | bindings::BTF_KIND_UNION
            | bindings::BTF_KIND_ENUM
            | bindings::BTF_KIND_ENUM64
            | bindings::BTF_KIND_FLOAT => ty.size_or_type() as usize,
            bindings::BTF_KIND_PTR => size_of::<usize>(),
            _ => 0,
        }
    }

    /// Its name, which is empty if it has none.
    pub fn name(self) -> &'a CStr {
        self.raw().map_or(c"", |raw| self.btf.string(raw.name_off))
    }

    /// The type it is made of: what a pointer points to, what a typedef stands for.
    pub fn target(self) -> Self {
        Self {
            id: self.size_or_type(),
            ..self
        }
    }

    /// Without typedefs and qualifiers at its outside.
    pub fn strip(mut self) -> Self {
        for _ in 0..MAX_DEPTH {
            match self.kind() {
                bindings::BTF_KIND_TYPEDEF
                | bindings::BTF_KIND_CONST
                | bindings::BTF_KIND_VOLATILE
                | bindings::BTF_KIND_RESTRICT
                | bindings::BTF_KIND_TYPE_TAG => self = self.target(),
                _ => break,
            }
        }
        self
    }

    /// Whether it is constant, typedefs seen through.
    pub fn is_const(mut self) -> bool {
        for _ in 0..MAX_DEPTH {
            match self.kind() {
                bindings::BTF_KIND_CONST => return true,
                bindings::BTF_KIND_TYPEDEF
                | bindings::BTF_KIND_VOLATILE
                | bindings::BTF_KIND_RESTRICT
                | bindings::BTF_KIND_TYPE_TAG => self = self.target(),
                _ => break,
            }
        }
        false
    }

    /// How its values travel.
    pub fn shape(self) -> Shape {
        let ty = self.strip();
        let Some(raw) = ty.raw() else {
            return Shape::Void;
        };
        let size = ty.size_or_type();
        match ty.kind() {
            bindings::BTF_KIND_INT => {
                // SAFETY: It is an integer's type.
                let encoding = unsafe { bindings::kallsyms_helper_btf_int_encoding(raw) };
                match u32::from(encoding) {
                    encoding if encoding & bindings::BTF_INT_BOOL != 0 => Shape::Bool,
                    encoding => Shape::Integer {
                        size,
                        signed: encoding & bindings::BTF_INT_SIGNED != 0,
                    },
                }
            }
            bindings::BTF_KIND_ENUM | bindings::BTF_KIND_ENUM64 => Shape::Enum {
                size,
                signed: ty.flag(),
            },
            bindings::BTF_KIND_PTR => Shape::Pointer,
            bindings::BTF_KIND_FLOAT => Shape::Float,
            _ => Shape::Aggregate,
        }
    }

    /// Whether it is an integer for characters: one byte, and neither `bool` nor an enumeration.
    pub fn is_char(self) -> bool {
        matches!(self.shape(), Shape::Integer { size: 1, .. })
    }

    /// Whether it is a function.
    pub fn is_function(self) -> bool {
        self.strip().kind() == bindings::BTF_KIND_FUNC_PROTO
    }

    /// Calls `f` with the name and the value (sign-extended) of each constant of an enumeration, until it
    /// breaks.
    pub fn for_each_constant<B>(
        self,
        mut f: impl FnMut(&'a CStr, u64) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let ty = self.strip();
        let Some(raw) = ty.raw() else {
            return ControlFlow::Continue(());
        };
        // SAFETY: The pointer comes from a reference.
        let count = unsafe { bindings::kallsyms_helper_btf_vlen(raw) } as usize;
        match ty.kind() {
            bindings::BTF_KIND_ENUM => {
                // SAFETY: An enumeration's type is followed by its constants, so many as it says.
                let constants = unsafe {
                    core::slice::from_raw_parts(bindings::kallsyms_helper_btf_enum(raw), count)
                };
                for constant in constants {
                    let value = match ty.flag() {
                        true => i64::from(constant.val) as u64,
                        // The bits of an unsigned constant are kept as those of a signed one.
                        false => u64::from(constant.val as u32),
                    };
                    f(self.btf.string(constant.name_off), value)?;
                }
            }
            bindings::BTF_KIND_ENUM64 => {
                // SAFETY: As above.
                let constants = unsafe {
                    core::slice::from_raw_parts(bindings::kallsyms_helper_btf_enum64(raw), count)
                };
                for constant in constants {
                    // SAFETY: The pointer comes from a reference.
                    let value = unsafe { bindings::kallsyms_helper_btf_enum64_value(constant) };
                    f(self.btf.string(constant.name_off), value)?;
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    /// The parameters, if it is a function.
    fn parameters(self) -> &'a [bindings::btf_param] {
        match self.raw() {
            Some(raw) if self.kind() == bindings::BTF_KIND_FUNC_PROTO => {
                // SAFETY: A function's type is followed by its parameters, so many as it says.
                unsafe {
                    core::slice::from_raw_parts(
                        bindings::kallsyms_helper_btf_params(raw),
                        bindings::kallsyms_helper_btf_vlen(raw) as usize,
                    )
                }
            }
            _ => &[],
        }
    }
}

/// A function's prototype. Prints as C.
///
/// # Examples
///
/// ```
/// # use crate::kallsyms::{Error, Kallsyms, Name};
/// # fn example(kallsyms: &Kallsyms) -> Result<(), Error> {
/// let name = Name::new(c"int_sqrt")?;
/// let target = kallsyms.target(&name, 0)?;
/// let btf = kallsyms.btf(&target).ok_or(Error::NoPrototype)?;
/// let prototype = btf.function(name.symbol()).ok_or(Error::NoPrototype)?;
/// pr_info!("{prototype}\n"); // unsigned long int_sqrt(unsigned long x)
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Prototype<'a> {
    name: &'a CStr,
    ty: Type<'a>,
}

/// A parameter of a function.
#[derive(Clone, Copy)]
pub struct Parameter<'a> {
    /// Its name, which may be empty.
    pub name: &'a CStr,
    /// Its type.
    pub ty: Type<'a>,
}

impl<'a> Prototype<'a> {
    /// The function's name.
    pub fn name(&self) -> &'a CStr {
        self.name
    }

    /// What it returns.
    pub fn returns(&self) -> Type<'a> {
        self.ty.target()
    }

    /// Its parameters with names and types, in order.
    pub fn parameters(&self) -> impl ExactSizeIterator<Item = Parameter<'a>> + 'a {
        let btf = self.ty.btf;
        let all = self.ty.parameters();
        let named = all.len() - usize::from(self.is_variadic());
        all[..named].iter().map(move |parameter| Parameter {
            name: btf.string(parameter.name_off),
            ty: Type {
                btf,
                id: parameter.type_,
            },
        })
    }

    /// Whether it takes more: its last parameter then has neither a name nor a type.
    pub fn is_variadic(&self) -> bool {
        self.ty
            .parameters()
            .last()
            .is_some_and(|last| last.type_ == 0)
    }

    /// Whether values of this shape travel in and out of it.
    pub fn agrees(&self, shape: &FunctionShape) -> bool {
        let parameters = self.parameters();
        parameters.len() == shape.parameters.len()
            && self.is_variadic() == shape.variadic
            && self.returns().shape().agrees(shape.returns)
            && parameters
                .zip(shape.parameters)
                .all(|(parameter, shape)| parameter.ty.shape().agrees(*shape))
    }
}

impl fmt::Display for Prototype<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        declare(f, self.returns(), MAX_DEPTH, &|f, after_pointer| {
            name(f, self.name, after_pointer)?;
            parameters(f, self.ty, MAX_DEPTH)
        })
    }
}

impl fmt::Display for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        declare(f, *self, MAX_DEPTH, &|_, _| Ok(()))
    }
}

impl fmt::Display for Parameter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        declare(f, self.ty, MAX_DEPTH, &|f, after_pointer| {
            name(f, self.name, after_pointer)
        })
    }
}

/// What is declared: writes itself after the type; the flag says whether that ended with a `*`.
type Declarator<'a> = &'a dyn Fn(&mut fmt::Formatter<'_>, bool) -> fmt::Result;

/// Writes a C declaration. C reads from the inside out: what a pointer points to stands first, and what
/// is declared, in the middle.
fn declare(
    f: &mut fmt::Formatter<'_>,
    ty: Type<'_>,
    depth: usize,
    declarator: Declarator<'_>,
) -> fmt::Result {
    let Some(depth) = depth.checked_sub(1) else {
        return f.write_str("...");
    };
    let (qualifiers, ty) = qualifiers(ty);
    match ty.kind() {
        bindings::BTF_KIND_PTR => {
            let target = ty.target();
            let grouped = matches!(
                target.kind(),
                bindings::BTF_KIND_FUNC_PROTO | bindings::BTF_KIND_ARRAY
            );
            declare(f, target, depth, &|f, after_pointer| {
                f.write_str(match (grouped, after_pointer) {
                    (true, true) => "(*",
                    (true, false) => " (*",
                    (false, true) => "*",
                    (false, false) => " *",
                })?;
                qualifiers.write(f, " ", "")?;
                declarator(f, qualifiers.is_empty())?;
                f.write_str(if grouped { ")" } else { "" })
            })
        }
        bindings::BTF_KIND_FUNC_PROTO => declare(f, ty.target(), depth, &|f, after_pointer| {
            declarator(f, after_pointer)?;
            parameters(f, ty, depth)
        }),
        bindings::BTF_KIND_ARRAY => {
            let (id, count) = match ty.raw() {
                Some(raw) => {
                    // SAFETY: An array's type is followed by its description.
                    let array = unsafe { &*bindings::kallsyms_helper_btf_array(raw) };
                    (array.type_, array.nelems)
                }
                None => (0, 0),
            };
            declare(f, Type { id, ..ty }, depth, &|f, after_pointer| {
                declarator(f, after_pointer)?;
                f.write_fmt(fmt!("[{count}]"))
            })
        }
        _ => {
            qualifiers.write(f, "", " ")?;
            base(f, ty)?;
            declarator(f, false)
        }
    }
}

/// Qualifiers of a type.
#[derive(Clone, Copy, Default)]
struct Qualifiers {
    constant: bool,
    volatile: bool,
    restrict: bool,
}

impl Qualifiers {
    fn is_empty(self) -> bool {
        !(self.constant || self.volatile || self.restrict)
    }

    fn write(self, f: &mut fmt::Formatter<'_>, before: &str, after: &str) -> fmt::Result {
        let all = [
            (self.constant, "const"),
            (self.volatile, "volatile"),
            (self.restrict, "restrict"),
        ];
        for (_, word) in all.into_iter().filter(|(there, _)| *there) {
            f.write_str(before)?;
            f.write_str(word)?;
            f.write_str(after)?;
        }
        Ok(())
    }
}

/// Takes the qualifiers off a type; tags are not C.
fn qualifiers(mut ty: Type<'_>) -> (Qualifiers, Type<'_>) {
    let mut qualifiers = Qualifiers::default();
    for _ in 0..MAX_DEPTH {
        match ty.kind() {
            bindings::BTF_KIND_CONST => qualifiers.constant = true,
            bindings::BTF_KIND_VOLATILE => qualifiers.volatile = true,
            bindings::BTF_KIND_RESTRICT => qualifiers.restrict = true,
            bindings::BTF_KIND_TYPE_TAG => {}
            _ => break,
        }
        ty = ty.target();
    }
    (qualifiers, ty)
}

/// Writes the name of a type that is not made of others.
fn base(f: &mut fmt::Formatter<'_>, ty: Type<'_>) -> fmt::Result {
    let keyword = match ty.kind() {
        bindings::BTF_KIND_UNKN => "void",
        bindings::BTF_KIND_STRUCT => "struct ",
        bindings::BTF_KIND_UNION => "union ",
        bindings::BTF_KIND_ENUM | bindings::BTF_KIND_ENUM64 => "enum ",
        bindings::BTF_KIND_FWD => match ty.flag() {
            true => "union ",
            false => "struct ",
        },
        _ => "",
    };
    f.write_str(keyword)?;
    let name = ty.name().to_bytes();
    // The compiler calls integers otherwise than people do.
    let name: &[u8] = match name {
        b"_Bool" => b"bool",
        b"short int" => b"short",
        b"short unsigned int" => b"unsigned short",
        b"long int" => b"long",
        b"long unsigned int" => b"unsigned long",
        b"long long int" => b"long long",
        b"long long unsigned int" => b"unsigned long long",
        b"" if !keyword.is_empty() && ty.id != 0 => b"{...}",
        name => name,
    };
    f.write_fmt(fmt!("{}", kernel::str::BStr::from_bytes(name)))
}

/// Writes a name, and what has to stand before it.
fn name(f: &mut fmt::Formatter<'_>, name: &CStr, after_pointer: bool) -> fmt::Result {
    let space = if name.is_empty() || after_pointer {
        ""
    } else {
        " "
    };
    f.write_fmt(fmt!("{space}{name}"))
}

/// Writes the parameters of a function type.
fn parameters(f: &mut fmt::Formatter<'_>, ty: Type<'_>, depth: usize) -> fmt::Result {
    let all = ty.parameters();
    f.write_str("(")?;
    if all.is_empty() {
        f.write_str("void")?;
    }
    for (index, parameter) in all.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { ", " })?;
        match parameter.type_ {
            0 => f.write_str("...")?,
            id => declare(f, Type { id, ..ty }, depth, &|f, after_pointer| {
                name(f, ty.btf.string(parameter.name_off), after_pointer)
            })?,
        }
    }
    f.write_str(")")
}
