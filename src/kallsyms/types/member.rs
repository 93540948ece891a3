// SPDX-License-Identifier: GPL-2.0

//! What structures and enumerations consist of: members and constants.

use super::{
    Btf,
    Type,
    MAX_DEPTH, //
};
use crate::{
    bindings,
    kallsyms::symbols::RawName, //
};
use core::ops::ControlFlow;
use kernel::prelude::*;

/// A member of a structure or union.
#[derive(Clone, Copy)]
pub struct Member<'a> {
    /// Its name; empty for a structure or union whose members count as members of the outer one.
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
        let raw = ty.raw();
        let members: &[bindings::btf_member] = match (ty.kind(), raw) {
            (bindings::BTF_KIND_STRUCT | bindings::BTF_KIND_UNION, Some(raw)) => {
                // SAFETY: The kernel has verified that a structure's or union's type is followed by
                // its members, as many as `vlen` says; they live as long as the BTF, unchanged.
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
            let (bit_offset, bitfield_size) = raw.map_or((0, 0), |raw| {
                // SAFETY: `raw` is a reference to the type that has the member, to which `member`
                // is one.
                unsafe {
                    (
                        bindings::kallsyms_helper___btf_member_bit_offset(raw, member),
                        bindings::kallsyms_helper___btf_member_bitfield_size(raw, member),
                    )
                }
            });
            Member {
                name: self.btf().string(member.name_off),
                ty: self.btf().ty(member.type_),
                bit_offset,
                bitfield_size,
            }
        })
    }

    /// Its member of this name, perhaps in a structure or union without a name. Its offset counts
    /// from the start of this type.
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

    /// Calls `f` with the name and the value (sign-extended) of each constant of an enumeration,
    /// until it breaks.
    pub fn for_each_constant<B>(
        self,
        mut f: impl FnMut(&'a CStr, u64) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        self.for_each_raw_constant(|name, value| f(name.get(), value))
    }

    /// As [`Self::for_each_constant`], without the length of the name.
    fn for_each_raw_constant<B>(
        self,
        mut f: impl FnMut(RawName<'a>, u64) -> ControlFlow<B>,
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
                    let value = if ty.flag() {
                        i64::from(constant.val) as u64
                    } else {
                        // The field is signed, whatever the constant is.
                        u64::from(constant.val as u32)
                    };
                    f(self.btf().raw_string(constant.name_off), value)?;
                }
            }
            bindings::BTF_KIND_ENUM64 => {
                // SAFETY: The kernel has verified that the type of a 64-bit enumeration is followed
                // by its constants, as many as `vlen` says; they live as long as the BTF,
                // unchanged.
                let constants = unsafe {
                    core::slice::from_raw_parts(bindings::kallsyms_helper_btf_enum64(raw), count)
                };
                for constant in constants {
                    // SAFETY: `constant` is a reference, so that the helper can read both its
                    // halves.
                    let value = unsafe { bindings::kallsyms_helper_btf_enum64_value(constant) };
                    f(self.btf().raw_string(constant.name_off), value)?;
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

impl Btf<'_> {
    /// The value (sign-extended) of a constant in any of the enumerations, and the enumeration. A
    /// module's BTF is searched without the `vmlinux` on which it is based. Looks at all types,
    /// from the id `first` on.
    pub fn constant(&self, name: &CStr, first: u32) -> Option<(u64, Type<'_>)> {
        let mut enums = (first.max(self.first())..self.count())
            .map(|id| self.ty(id))
            .filter(|ty| {
                matches!(
                    ty.kind(),
                    bindings::BTF_KIND_ENUM | bindings::BTF_KIND_ENUM64
                )
            });
        enums.find_map(|ty| {
            let found = ty.for_each_raw_constant(|constant, value| {
                if constant.is(name) {
                    ControlFlow::Break(value)
                } else {
                    ControlFlow::Continue(())
                }
            });
            found.break_value().map(|value| (value, ty))
        })
    }
}
