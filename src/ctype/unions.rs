// SPDX-License-Identifier: GPL-2.0

//! Finds members, and whether a union leaves in doubt what is there.

use crate::kallsyms::{
    Member,
    Type, //
};

/// How deep structures, unions and arrays can be nested.
const MAX_DEPTH: usize = 16;

/// The member with this name, also in structures and unions in the type that have no name; and
/// whether it is certain to be there: no union around it has a member with something else in that
/// place.
pub(super) fn member<'a>(ty: Type<'a>, name: &[u8]) -> Option<(Member<'a>, bool)> {
    member_within(ty, name, MAX_DEPTH)
}

fn member_within<'a>(ty: Type<'a>, name: &[u8], depth: usize) -> Option<(Member<'a>, bool)> {
    let depth = depth.checked_sub(1)?;
    ty.members().find_map(|member| {
        let (found, is_certain) = if member.name.to_bytes() == name {
            (member, true)
        } else if member.name.is_empty() {
            member_within(member.ty, name, depth)?
        } else {
            return None;
        };
        let offset = if member.name.is_empty() {
            found.bit_offset
        } else {
            0
        };
        let agree = !ty.is_union()
            || ty
                .members()
                .all(|other| has_at(other.ty, offset, found.ty, depth));
        let bit_offset = member.bit_offset + offset;
        Some((
            Member {
                bit_offset,
                ..found
            },
            is_certain && agree,
        ))
    })
}

/// Whether a type always has the `wanted` one this many bits from its start, whichever members of
/// unions are in use.
fn has_at(ty: Type<'_>, bit_offset: u32, wanted: Type<'_>, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    if bit_offset == 0 && ty.is_same(wanted) {
        return true;
    }
    if let Some((element, _)) = ty.array() {
        let bits = element.size() as u32 * 8;
        let inside = bit_offset < ty.size() as u32 * 8;
        return bits > 0 && inside && has_at(element, bit_offset % bits, wanted, depth);
    }
    let mut around = ty.members().filter(|member| {
        let size = member.ty.size() as u32 * 8;
        (member.bit_offset..member.bit_offset.saturating_add(size)).contains(&bit_offset)
    });
    let has = |member: Member<'_>| has_at(member.ty, bit_offset - member.bit_offset, wanted, depth);
    if ty.is_union() {
        let mut members = ty.members();
        members.len() > 0 && members.all(has)
    } else {
        around.next().is_some_and(has)
    }
}
