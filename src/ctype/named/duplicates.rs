// SPDX-License-Identifier: GPL-2.0

//! Tags that several types of the kernel itself have: files of its source may each have a structure of the same name.

use crate::kallsyms::{
    Btf,
    Type, //
};
use kernel::{
    alloc::AllocError,
    prelude::*,
    sync::Mutex, //
};

/// The tags that several types of the kernel itself have, when they have been looked for.
pub(crate) type KnownDuplicates = Mutex<Option<Duplicates>>;

/// The tags that several types have: where the BTF has their text.
pub(crate) struct Duplicates(KVVec<usize>);

impl Duplicates {
    /// Looks at all types.
    #[inline(never)]
    pub(super) fn new(btf: &Btf<'_>) -> Result<Self, AllocError> {
        let all = || (1..btf.count()).filter_map(|id| tag(btf.ty(id)));
        // A table with a place for each tag, which is found by the tag's lowest bits or follows that place.
        let places = (2 * all().count() + 1).next_power_of_two();
        let mut table = KVVec::from_elem(0usize, places, GFP_KERNEL)?;
        let mut duplicates = KVVec::new();
        for tag in all() {
            let mut place = tag;
            while let Some(known) = table.get_mut(place & (places - 1)) {
                if *known == 0 {
                    *known = tag;
                    break;
                }
                if *known == tag {
                    duplicates.push(tag, GFP_KERNEL)?;
                    break;
                }
                place = place.wrapping_add(1);
            }
        }
        Ok(Self(duplicates))
    }

    /// Whether there are others of the tag of this type.
    pub(super) fn has(&self, ty: Type<'_>) -> bool {
        tag(ty).is_some_and(|tag| self.0.contains(&tag))
    }
}

/// What stands for the tag of a structure, a union or an enumeration: where its text is, since the BTF has each text once.
fn tag(ty: Type<'_>) -> Option<usize> {
    let is_tagged = ty.strip().id() == ty.id()
        && (ty.is_struct_or_union() || ty.is_enum())
        && !ty.is_incomplete();
    let name = ty.name();
    (is_tagged && !name.is_empty()).then_some(name.as_char_ptr() as usize)
}
