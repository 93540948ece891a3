// SPDX-License-Identifier: GPL-2.0

//! Tags that several types of the kernel itself have: files of its source may each have a structure
//! of the same name.

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

/// The tags that several types of the kernel itself have, once they have been looked for.
pub(crate) type KnownDuplicates = Mutex<Option<Duplicates>>;

/// The tags that several types have.
pub(crate) struct Duplicates(KVVec<Tag>);

/// What stands for a tag: where its text is, since the BTF has each text once, and whether it is a
/// union's or an enumeration's: the keyword tells those apart.
type Tag = (usize, bool, bool);

impl Duplicates {
    /// Looks at all types.
    #[inline(never)]
    pub(super) fn new(btf: &Btf<'_>) -> Result<Self, AllocError> {
        let mut tags = KVVec::new();
        for id in 1..btf.count() {
            if let Some(tag) = tag(btf.ty(id)) {
                tags.push(tag, GFP_KERNEL)?;
            }
        }
        sort(&mut tags);
        let mut duplicates = KVVec::new();
        for pair in tags.windows(2) {
            if let [one, other] = pair {
                if one == other && duplicates.last() != Some(one) {
                    duplicates.push(*one, GFP_KERNEL)?;
                }
            }
        }
        Ok(Self(duplicates))
    }

    /// Whether other types have the tag of this type.
    pub(super) fn has(&self, ty: Type<'_>) -> bool {
        tag(ty).is_some_and(|tag| self.0.binary_search(&tag).is_ok())
    }
}

/// The tag of a structure, a union or an enumeration.
fn tag(ty: Type<'_>) -> Option<Tag> {
    let is_tagged = ty.strip().id() == ty.id()
        && (ty.is_struct_or_union() || ty.is_enum())
        && !ty.is_incomplete();
    let name = ty.name();
    let place = name.as_char_ptr() as usize;
    (is_tagged && !name.is_empty()).then_some((place, ty.is_union(), ty.is_enum()))
}
