// SPDX-License-Identifier: GPL-2.0

//! Names that several types of the kernel itself have: files of its source may each have a
//! structure, or a typedef, of the same name.

use crate::kallsyms::{
    sort::sort,
    Btf,
    Type, //
};
use kernel::{
    alloc::AllocError,
    prelude::*, //
};

/// The names that several types have, in order.
pub(crate) struct Duplicates(KVVec<Name>);

/// The address of a name's text, which the BTF stores only once, and above it a number for the
/// keyword. Names with different keywords are different names.
type Name = u64;

impl Duplicates {
    /// Looks at all types.
    #[inline(never)]
    pub(super) fn new(btf: &Btf<'_>) -> Result<Self, AllocError> {
        let mut names = KVVec::new();
        for id in 1..btf.count() {
            if let Some(name) = name(btf.ty(id)) {
                names.push(name, GFP_KERNEL)?;
            }
        }
        sort(&mut names);
        let mut duplicates = KVVec::new();
        for pair in names.windows(2) {
            if let [one, other] = pair {
                if one == other && duplicates.last() != Some(one) {
                    duplicates.push(*one, GFP_KERNEL)?;
                }
            }
        }
        Ok(Self(duplicates))
    }

    /// Whether other types have the name of this one.
    pub(super) fn has(&self, ty: Type<'_>) -> bool {
        name(ty).is_some_and(|name| self.0.binary_search(&name).is_ok())
    }
}

/// The name of a structure, a union, an enumeration or a typedef.
fn name(ty: Type<'_>) -> Option<Name> {
    let place = ty.name_offset();
    if place == 0 {
        return None;
    }
    let keyword = if ty.is_typedef() {
        0
    } else if ty.strip().id() != ty.id() || ty.is_incomplete() {
        return None;
    } else if ty.is_struct() {
        1
    } else if ty.is_union() {
        2
    } else if ty.is_enum() {
        3
    } else {
        return None;
    };
    Some(u64::from(place) << 2 | keyword)
}
