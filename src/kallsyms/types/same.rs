// SPDX-License-Identifier: GPL-2.0

//! Whether two types are the same, however they are named.

use super::{
    Prototype,
    Type, //
};
use crate::bindings;
use core::iter::successors;

/// How many pointers, arrays and functions deep types are looked into.
const MAX_DEPTH: usize = 8;

impl Type<'_> {
    /// Whether the two are the same type, typedefs and qualifiers aside, also in what they point
    /// to, consist of and take.
    ///
    /// Integers, structures, unions and enumerations are the same if their names are: the two can
    /// be of the BTF of different modules, where a structure can also be incomplete.
    pub fn is_same(self, other: Type<'_>) -> bool {
        same(self, other, MAX_DEPTH)
    }

    /// Whether the two, of one BTF, differ in nothing but the tags of what they point to.
    pub(super) fn is_same_but_for_tags(self, other: Type<'_>) -> bool {
        same_but_for_tags(self, other, MAX_DEPTH)
    }

    /// Without type tags at its outside.
    fn untagged(self) -> Self {
        let tag = |ty: &Self| ty.kind() == bindings::BTF_KIND_TYPE_TAG;
        let next = |ty: &Self| tag(ty).then(|| ty.target());
        successors(Some(self), next)
            .take(MAX_DEPTH)
            .last()
            .unwrap_or(self)
    }

    /// Whether both are the same entry of the BTF, typedefs and qualifiers aside.
    pub fn is_identical(self, other: Type<'_>) -> bool {
        let (this, other) = (self.strip(), other.strip());
        let shared = || this.btf().is_of_base(this.id()) && this.btf().has_same_base(other.btf());
        this.id() == other.id() && (this.btf().is_same(other.btf()) || shared())
    }

    /// Its kind, where what is incomplete or long is not told from what is not.
    fn class(self) -> u32 {
        match self.kind() {
            bindings::BTF_KIND_FWD if self.flag() => bindings::BTF_KIND_UNION,
            bindings::BTF_KIND_FWD => bindings::BTF_KIND_STRUCT,
            bindings::BTF_KIND_ENUM64 => bindings::BTF_KIND_ENUM,
            kind => kind,
        }
    }
}

fn same_but_for_tags(a: Type<'_>, b: Type<'_>, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let (a, b) = (a.untagged(), b.untagged());
    let has_target = matches!(
        a.kind(),
        bindings::BTF_KIND_PTR
            | bindings::BTF_KIND_CONST
            | bindings::BTF_KIND_VOLATILE
            | bindings::BTF_KIND_RESTRICT
    );
    a.id() == b.id()
        || (has_target && a.kind() == b.kind() && same_but_for_tags(a.target(), b.target(), depth))
}

fn same(a: Type<'_>, b: Type<'_>, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let (a, b) = (a.strip(), b.strip());
    if a.is_identical(b) {
        return true;
    }
    if a.class() != b.class() {
        return false;
    }
    if let (Some(a), Some(b)) = (a.pointee(), b.pointee()) {
        return same(a, b, depth);
    }
    if let (Some((a, x)), Some((b, y))) = (a.array(), b.array()) {
        return x == y && same(a, b, depth);
    }
    if let (Some(a), Some(b)) = (a.prototype(), b.prototype()) {
        return same_function(&a, &b, depth);
    }
    // `void` is identical, and has no name.
    !a.name().is_empty() && a.name() == b.name()
}

fn same_function(a: &Prototype<'_>, b: &Prototype<'_>, depth: usize) -> bool {
    let (x, y) = (a.parameters(), b.parameters());
    a.is_variadic() == b.is_variadic()
        && x.len() == y.len()
        && same(a.returns(), b.returns(), depth)
        && x.zip(y).all(|(x, y)| same(x.ty, y.ty, depth))
}
