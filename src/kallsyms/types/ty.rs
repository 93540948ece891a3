// SPDX-License-Identifier: GPL-2.0

//! One type, and what can be asked of it.

use super::{
    Btf,
    Shape,
    MAX_DEPTH, //
};
use crate::{
    bindings,
    kallsyms::symbols::RawName, //
};
use core::iter::successors;
use kernel::prelude::*;

/// What to look for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// An integer, `bool` or `char`, by a name that compilers have for it: `unsigned long`, or
    /// `long unsigned int`.
    Int,
    /// A typedef.
    Typedef,
    /// A structure, by its tag.
    Struct,
    /// A union, by its tag.
    Union,
    /// An enumeration, by its tag.
    Enum,
}

/// A type, for as long as the BTF it is of.
///
/// What it is, a predicate such as [`Self::is_pointer`] says of the type itself; [`Self::strip`]
/// takes typedefs and qualifiers off first. The queries about sizes and contents do so themselves.
#[derive(Clone, Copy)]
pub struct Type<'a> {
    btf: &'a Btf<'a>,
    id: u32,
}

impl<'a> Type<'a> {
    /// The type of this id.
    pub(super) fn new(btf: &'a Btf<'a>, id: u32) -> Self {
        Self { btf, id }
    }

    /// The BTF it is of.
    pub fn btf(self) -> &'a Btf<'a> {
        self.btf
    }

    /// What the kernel has of it; `None` for `void`.
    pub(super) fn raw(self) -> Option<&'a bindings::btf_type> {
        match self.id {
            0 => None,
            id => self.btf.raw(id),
        }
    }

    /// Its size or the type it is made of, as its kind has it.
    fn size_or_type(self) -> u32 {
        match self.raw() {
            // SAFETY: Both members of the union are `u32`, so that either can be read.
            Some(raw) => unsafe { raw.__bindgen_anon_1.type_ },
            None => 0,
        }
    }

    /// What its kind makes a flag of.
    pub(super) fn flag(self) -> bool {
        match self.raw() {
            // SAFETY: `raw` is a reference, so that the helper can read `info` of it.
            Some(raw) => unsafe { bindings::kallsyms_helper_btf_type_kflag(raw) },
            None => false,
        }
    }

    /// One of `BTF_KIND_*`.
    pub(super) fn kind(self) -> c_uint {
        match self.raw() {
            // SAFETY: `raw` is a reference, so that the helper can read `info` of it.
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
        let mut count = 1usize;
        let mut ty = self.strip();
        for _ in 0..MAX_DEPTH {
            let Some((element, length)) = ty.array() else {
                break;
            };
            count = count.saturating_mul(length);
            ty = element.strip();
        }
        let size = match ty.kind() {
            bindings::BTF_KIND_INT
            | bindings::BTF_KIND_STRUCT
            | bindings::BTF_KIND_UNION
            | bindings::BTF_KIND_ENUM
            | bindings::BTF_KIND_ENUM64
            | bindings::BTF_KIND_FLOAT => ty.size_or_type() as usize,
            bindings::BTF_KIND_PTR => size_of::<usize>(),
            _ => 0,
        };
        count.saturating_mul(size)
    }

    /// Its name, which is empty if it has none.
    pub fn name(self) -> &'a CStr {
        self.raw_name().get()
    }

    /// Whether it has this name. Quicker than comparing [`Self::name`].
    pub fn is_named(self, name: &CStr) -> bool {
        self.raw_name().is(name)
    }

    /// What stands for its name: types of one BTF have the same if they have the same name; 0 if
    /// it has none.
    pub fn name_offset(self) -> u32 {
        self.raw().map_or(0, |raw| raw.name_off)
    }

    /// Its name, without the length.
    pub(super) fn raw_name(self) -> RawName<'a> {
        let btf = self.btf;
        self.raw()
            .map_or(c"".into(), |raw| btf.raw_string(raw.name_off))
    }

    /// Its name, of an integer as people write it: `unsigned long`, and not gcc's
    /// `long unsigned int`.
    pub fn usual_name(self) -> &'a CStr {
        usual(self.name())
    }

    /// Its name without typedefs and qualifiers: the tag of a structure, union or enumeration. One
    /// without a tag has the name of the typedef that stands for it, if any.
    pub fn tag(self) -> &'a CStr {
        let names = self
            .layers()
            .map(Self::name)
            .filter(|name| !name.is_empty());
        names.last().unwrap_or_default()
    }

    /// The type it is made of: what a pointer points to, what a typedef stands for, what a function
    /// returns.
    pub fn target(self) -> Self {
        match self.kind() {
            bindings::BTF_KIND_PTR
            | bindings::BTF_KIND_FUNC
            | bindings::BTF_KIND_FUNC_PROTO
            | bindings::BTF_KIND_TYPEDEF
            | bindings::BTF_KIND_CONST
            | bindings::BTF_KIND_VOLATILE
            | bindings::BTF_KIND_RESTRICT
            | bindings::BTF_KIND_VAR
            | bindings::BTF_KIND_TYPE_TAG => Self {
                id: self.size_or_type(),
                ..self
            },
            _ => Self { id: 0, ..self },
        }
    }

    /// The type itself, what it is without its outermost typedef or qualifier, and so on to the
    /// last.
    fn layers(self) -> impl Iterator<Item = Self> + 'a {
        successors(Some(self), |ty| ty.is_layer().then(|| ty.target())).take(MAX_DEPTH)
    }

    /// Whether it is a typedef, or a type with a qualifier.
    fn is_layer(self) -> bool {
        matches!(
            self.kind(),
            bindings::BTF_KIND_TYPEDEF
                | bindings::BTF_KIND_CONST
                | bindings::BTF_KIND_VOLATILE
                | bindings::BTF_KIND_RESTRICT
                | bindings::BTF_KIND_TYPE_TAG
        )
    }

    /// Without typedefs and qualifiers at its outside.
    pub fn strip(self) -> Self {
        self.layers().last().unwrap_or(self)
    }

    /// Whether it is constant, typedefs seen through.
    pub fn is_const(self) -> bool {
        self.layers()
            .any(|ty| ty.kind() == bindings::BTF_KIND_CONST)
    }

    /// Whether it is volatile, typedefs seen through.
    pub fn is_volatile(self) -> bool {
        self.layers()
            .any(|ty| ty.kind() == bindings::BTF_KIND_VOLATILE)
    }

    /// Whether it is a pointer to per-CPU memory (`__percpu`), which is not an address.
    pub fn is_per_cpu(self) -> bool {
        let target = self.pointee();
        target.is_some_and(|target| {
            target
                .layers()
                .any(|ty| ty.kind() == bindings::BTF_KIND_TYPE_TAG && *ty.name() == *c"percpu")
        })
    }

    /// Whether it is `void`.
    pub fn is_void(self) -> bool {
        self.strip().id == 0
    }

    /// Whether it is an enumeration.
    pub fn is_enum(self) -> bool {
        matches!(
            self.strip().kind(),
            bindings::BTF_KIND_ENUM | bindings::BTF_KIND_ENUM64
        )
    }

    /// Whether it is a pointer.
    pub fn is_pointer(self) -> bool {
        self.strip().kind() == bindings::BTF_KIND_PTR
    }

    /// Whether it is a structure, perhaps an incomplete one.
    pub fn is_struct(self) -> bool {
        let ty = self.strip();
        match ty.kind() {
            bindings::BTF_KIND_STRUCT => true,
            bindings::BTF_KIND_FWD => !ty.flag(),
            _ => false,
        }
    }

    /// Whether it is a union, perhaps an incomplete one.
    pub fn is_union(self) -> bool {
        let ty = self.strip();
        match ty.kind() {
            bindings::BTF_KIND_UNION => true,
            bindings::BTF_KIND_FWD => ty.flag(),
            _ => false,
        }
    }

    /// Whether it is a structure or a union, perhaps an incomplete one.
    pub fn is_struct_or_union(self) -> bool {
        self.is_struct() || self.is_union()
    }

    /// Whether the kernel has only the name of this structure or union, without size or members.
    pub fn is_incomplete(self) -> bool {
        self.strip().kind() == bindings::BTF_KIND_FWD
    }

    /// Whether it is a typedef itself.
    pub fn is_typedef(self) -> bool {
        self.kind() == bindings::BTF_KIND_TYPEDEF
    }

    /// Whether it is of the same kind of BTF as another one: both structures, or both typedefs.
    pub fn is_kind_of(self, other: Self) -> bool {
        self.kind() == other.kind()
    }

    /// Whether it is a function.
    pub fn is_function(self) -> bool {
        self.strip().kind() == bindings::BTF_KIND_FUNC_PROTO
    }

    /// Whether it is an integer for characters: one byte, and neither `bool` nor an enumeration.
    pub fn is_char(self) -> bool {
        matches!(self.shape(), Shape::Integer { size: 1, .. })
    }

    /// What it points to, if it is a pointer.
    pub fn pointee(self) -> Option<Self> {
        self.is_pointer().then(|| self.strip().target())
    }

    /// The type of its elements and their number, if it is an array. One of unknown length has 0.
    pub fn array(self) -> Option<(Self, usize)> {
        let ty = self.strip();
        let raw = ty.raw()?;
        if ty.kind() != bindings::BTF_KIND_ARRAY {
            return None;
        }
        // SAFETY: The kernel has verified that a description follows an array's type; it lives as
        // long.
        let array = unsafe { &*bindings::kallsyms_helper_btf_array(raw) };
        Some((self.btf.ty(array.type_), array.nelems as usize))
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
                // SAFETY: The kernel has verified that an integer's type is followed by its
                // encoding.
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

    /// The parameters, if it is a function.
    pub(super) fn parameters(self) -> &'a [bindings::btf_param] {
        match self.raw() {
            Some(raw) if self.kind() == bindings::BTF_KIND_FUNC_PROTO => {
                // SAFETY: The kernel has verified that a function's type is followed by its
                // parameters, as many as `vlen` says; they live as long as the BTF, unchanged.
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

/// What gcc calls C's integers, and what Clang and people do.
const INTEGERS: [(&CStr, &CStr); 6] = [
    (c"short int", c"short"),
    (c"short unsigned int", c"unsigned short"),
    (c"long int", c"long"),
    (c"long unsigned int", c"unsigned long"),
    (c"long long int", c"long long"),
    (c"long long unsigned int", c"unsigned long long"),
];

/// An integer's usual name, whichever compiler has named it. Other names stay.
fn usual(name: &CStr) -> &CStr {
    let is = INTEGERS.iter().find(|(gcc, _)| *gcc == name);
    is.map_or(name, |(_, clang)| clang)
}

/// What the other compiler calls the integer of this name, if that is different.
fn other(name: &CStr) -> Option<&'static CStr> {
    INTEGERS.iter().find_map(|(gcc, clang)| match name {
        name if name == *gcc => Some(*clang),
        name if name == *clang => Some(*gcc),
        _ => None,
    })
}

impl Btf<'_> {
    /// The type of this name (the tag, of a structure, union or enumeration) and kind.
    ///
    /// A module's own types come before those in `vmlinux`. Files of the kernel's source may each
    /// have a type of the same name; this is one of them. A structure or union is also found if the
    /// kernel has only its name: see [`Type::is_incomplete`].
    pub fn named(&self, name: &CStr, kind: TypeKind) -> Option<Type<'_>> {
        if name.is_empty() {
            return None;
        }
        // If there is none of the first kind, one of the second.
        let kinds = match kind {
            TypeKind::Int => [bindings::BTF_KIND_INT; 2],
            TypeKind::Typedef => [bindings::BTF_KIND_TYPEDEF; 2],
            TypeKind::Struct => [bindings::BTF_KIND_STRUCT, bindings::BTF_KIND_FWD],
            TypeKind::Union => [bindings::BTF_KIND_UNION, bindings::BTF_KIND_FWD],
            TypeKind::Enum => [bindings::BTF_KIND_ENUM, bindings::BTF_KIND_ENUM64],
        };
        let own = self.find_own(name, kinds);
        let id = own
            .into_iter()
            .zip(kinds)
            .find_map(|(own, kind)| own.or_else(|| self.find_of_vmlinux(name, kind)))
            .or_else(|| match kind {
                TypeKind::Int => self.find_of_vmlinux(other(name)?, bindings::BTF_KIND_INT),
                _ => None,
            });
        let ty = self.ty(id?);
        // A name alone says whether it is a union's.
        let is_wrong = ty.is_incomplete() && ty.is_union() != (kind == TypeKind::Union);
        (!is_wrong).then_some(ty)
    }

    /// The type of this [`Type::id`].
    pub fn ty(&self, id: u32) -> Type<'_> {
        Type::new(self, id)
    }

    /// The type of the variable of this name. The kernel has types for its per-CPU variables; it
    /// may have others.
    pub fn variable(&self, name: &CStr) -> Option<Type<'_>> {
        let id = self.find(name, bindings::BTF_KIND_VAR)?;
        Some(self.ty(id).target())
    }

    /// All types of one kind, from an id on.
    pub(super) fn of_kind(&self, kind: c_uint, first: u32) -> impl Iterator<Item = Type<'_>> {
        (first..self.count())
            .map(|id| self.ty(id))
            .filter(move |ty| ty.kind() == kind)
    }
}
