// SPDX-License-Identifier: GPL-2.0

//! One type, and what can be asked of it.

use super::{
    Btf,
    Prototype,
    Shape,
    MAX_DEPTH, //
};
use crate::bindings;
use core::{
    iter::successors,
    ops::ControlFlow, //
};
use kernel::prelude::*;

/// What to look for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// An integer, `bool` or `char`, by the name that the compiler has for it: `long unsigned int`.
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
/// What it is, a predicate such as [`Self::is_pointer`] says of the type itself; [`Self::strip`] takes
/// typedefs and qualifiers off first. The queries about sizes and contents do so themselves.
#[derive(Clone, Copy)]
pub struct Type<'a> {
    btf: &'a Btf<'a>,
    id: u32,
}

/// A member of a structure or union.
#[derive(Clone, Copy)]
pub struct Member<'a> {
    /// Its name; empty for a structure or union whose members count as those of the outer one.
    pub name: &'a CStr,
    /// Its type.
    pub ty: Type<'a>,
    /// Where it begins, in bits from the start.
    pub bit_offset: u32,
    /// How many bits it has if it is a bit-field; 0 if it is none.
    pub bitfield_size: u32,
}

impl Member<'_> {
    /// Where it begins, in bytes from the start.
    pub fn offset(&self) -> usize {
        self.bit_offset as usize / 8
    }
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

    /// What the kernel has of it; [`None`] for `void`.
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
        self.raw().map_or(c"", |raw| self.btf.string(raw.name_off))
    }

    /// Its name without typedefs and qualifiers: the tag of a structure, union or enumeration. One without
    /// a tag has the name of the typedef that stands for it, if any.
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

    /// The type itself, what it is without its outermost typedef or qualifier, and so on to the last.
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

    /// Whether it is a pointer to what each CPU has its own of (`__percpu`), which is no address.
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

    /// Whether it is an integer, `char` or `bool`.
    pub fn is_integer(self) -> bool {
        self.strip().kind() == bindings::BTF_KIND_INT
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

    /// Whether it is a structure or union of which the kernel has only the name: without size or members.
    pub fn is_incomplete(self) -> bool {
        self.strip().kind() == bindings::BTF_KIND_FWD
    }

    /// Whether it is an array.
    pub fn is_array(self) -> bool {
        self.strip().kind() == bindings::BTF_KIND_ARRAY
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
        // SAFETY: The kernel has verified that a description follows an array's type; it lives as long.
        let array = unsafe { &*bindings::kallsyms_helper_btf_array(raw) };
        Some((self.btf.ty(array.type_), array.nelems as usize))
    }

    /// What it takes and returns, if it is a function.
    pub fn prototype(self) -> Option<Prototype<'a>> {
        self.is_function().then(|| Prototype::of_type(self.strip()))
    }

    /// Its members in order, if it is a structure or union that is not incomplete; none otherwise.
    ///
    /// # Examples
    ///
    /// ```
    /// # use crate::kallsyms::{Error, Kallsyms, TypeKind};
    /// # fn example(kallsyms: &Kallsyms) -> Result<(), Error> {
    /// let btf = kallsyms.btf_of_vmlinux().ok_or(Error::NoPrototype)?;
    /// let list_head = btf.named(c"list_head", TypeKind::Struct).ok_or(Error::NotFound)?;
    /// let prev = list_head.members().find(|member| *member.name == *c"prev");
    /// assert_eq!(prev.map(|prev| prev.bit_offset), Some(usize::BITS));
    /// # Ok(())
    /// # }
    /// ```
    pub fn members(self) -> impl ExactSizeIterator<Item = Member<'a>> + 'a {
        let ty = self.strip();
        let members: &[bindings::btf_member] = match (ty.kind(), ty.raw()) {
            (bindings::BTF_KIND_STRUCT | bindings::BTF_KIND_UNION, Some(raw)) => {
                // SAFETY: The kernel has verified that a structure's or union's type is followed by its
                // members, as many as `vlen` says; they live as long as the BTF, unchanged.
                unsafe {
                    core::slice::from_raw_parts(
                        bindings::kallsyms_helper_btf_members(raw),
                        bindings::kallsyms_helper_btf_vlen(raw) as usize,
                    )
                }
            }
            _ => &[],
        };
        members.iter().map(move |member| {
            let (bit_offset, bitfield_size) = ty.raw().map_or((0, 0), |raw| {
                // SAFETY: `raw` is a reference to the type that has the member, to which `member` is one.
                unsafe {
                    (
                        bindings::kallsyms_helper___btf_member_bit_offset(raw, member),
                        bindings::kallsyms_helper___btf_member_bitfield_size(raw, member),
                    )
                }
            });
            Member {
                name: self.btf.string(member.name_off),
                ty: self.btf.ty(member.type_),
                bit_offset,
                bitfield_size,
            }
        })
    }

    /// Its member of this name, perhaps one of a structure or union without a name in it; it begins so many bits from
    /// the start of this type.
    pub fn member(self, name: &[u8]) -> Option<Member<'a>> {
        self.member_within(name, MAX_DEPTH)
    }

    fn member_within(self, name: &[u8], depth: usize) -> Option<Member<'a>> {
        let depth = depth.checked_sub(1)?;
        self.members().find_map(|member| {
            if member.name.to_bytes() == name {
                return Some(member);
            }
            if !member.name.is_empty() {
                return None;
            }
            let found = member.ty.member_within(name, depth)?;
            Some(Member {
                bit_offset: member.bit_offset.saturating_add(found.bit_offset),
                ..found
            })
        })
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
                // SAFETY: The kernel has verified that an integer's type is followed by its encoding.
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
        // SAFETY: `raw` is a reference, so that the helper can read `info` of it.
        let count = unsafe { bindings::kallsyms_helper_btf_vlen(raw) } as usize;
        match ty.kind() {
            bindings::BTF_KIND_ENUM => {
                // SAFETY: The kernel has verified that an enumeration's type is followed by its
                // constants, as many as `vlen` says; they live as long as the BTF, unchanged.
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
                // SAFETY: The kernel has verified that the type of a 64-bit enumeration is followed by
                // its constants, as many as `vlen` says; they live as long as the BTF, unchanged.
                let constants = unsafe {
                    core::slice::from_raw_parts(bindings::kallsyms_helper_btf_enum64(raw), count)
                };
                for constant in constants {
                    // SAFETY: `constant` is a reference, so that the helper can read both its halves.
                    let value = unsafe { bindings::kallsyms_helper_btf_enum64_value(constant) };
                    f(self.btf.string(constant.name_off), value)?;
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    /// The parameters, if it is a function.
    pub(super) fn parameters(self) -> &'a [bindings::btf_param] {
        match self.raw() {
            Some(raw) if self.kind() == bindings::BTF_KIND_FUNC_PROTO => {
                // SAFETY: The kernel has verified that a function's type is followed by its parameters,
                // as many as `vlen` says; they live as long as the BTF, unchanged.
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
