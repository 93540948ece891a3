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
    prelude::*,
    sync::Mutex, //
};

/// The names that several types of the kernel itself have, once they have been looked for.
pub(crate) type KnownDuplicates = Mutex<Option<Duplicates>>;

/// The names that several types have, in order.
pub(crate) struct Duplicates(KVVec<Name>);

/// The address of a name's text, which the BTF stores only once; then whether the name is a
/// union's, an enumeration's or a typedef's. Names with different keywords are different names.
type Name = (usize, bool, bool, bool);

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
    let name = ty.name();
    let place = name.as_char_ptr() as usize;
    if name.is_empty() {
        return None;
    }
    if ty.is_typedef() {
        return Some((place, false, false, true));
    }
    let is_tagged = ty.strip().id() == ty.id()
        && (ty.is_struct_or_union() || ty.is_enum())
        && !ty.is_incomplete();
    is_tagged.then_some((place, ty.is_union(), ty.is_enum(), false))
}
