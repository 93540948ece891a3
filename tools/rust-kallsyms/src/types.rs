// SPDX-License-Identifier: GPL-2.0

//! What `lookup` says of a type: its members, with offsets and sizes.

use crate::declaration::Declaration;

/// A type, or a member that a path led to.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// A structure or union: `name` is a typedef's if it has no tag.
    Whole {
        name: String,
        size: u64,
        members: Vec<Member>,
    },
    Enum {
        name: String,
        size: u64,
        constants: Vec<(String, i128)>,
    },
    /// A typedef of another type, or a type that has nothing in it. It has no size if it is
    /// incomplete.
    Plain {
        declaration: Declaration,
        typedef: bool,
        size: Option<u64>,
    },
    Member(Member),
}

/// A member. One whose type has no tag has the members of that.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub declaration: Declaration,
    pub offset: u64,
    pub size: u64,
    /// Of a bit-field: its first bit in the type, and how many it has.
    pub bits: Option<(u64, u64)>,
    pub members: Vec<Member>,
}

impl Type {
    /// Parses the lines. [`None`]: they are something else.
    pub fn parse(lines: &[&str]) -> Option<Self> {
        let (first, rest) = lines.split_first()?;
        let Some(head) = first.strip_suffix('{') else {
            return Self::parse_line(first);
        };
        let (end, body) = rest.split_last()?;
        let (size, body) = body.split_last()?;
        let size = comment(size)?.1.strip_prefix("size: ")?;
        let size = size.split(',').next()?.parse().ok()?;
        let typedef = end.trim().strip_prefix('}')?.trim_end_matches(';').trim();
        let head = head.trim_end();
        let name = match head.strip_prefix("typedef ") {
            Some(_) => typedef.to_owned(),
            None => head.to_owned(),
        };
        if head.trim_start_matches("typedef ").starts_with("enum") {
            let constants = body.iter().map(|line| {
                let (name, value) = line.trim().trim_end_matches(',').split_once(" = ")?;
                Some((name.to_owned(), value.parse().ok()?))
            });
            return Some(Self::Enum {
                name,
                size,
                constants: constants.collect::<Option<_>>()?,
            });
        }
        let mut body = body;
        let members = members(&mut body)?;
        body.is_empty().then_some(Self::Whole {
            name,
            size,
            members,
        })
    }

    fn parse_line(line: &str) -> Option<Self> {
        let (code, note) = comment(line)?;
        let code = code.trim().trim_end_matches(';');
        if !note.starts_with("size: ") && !note.starts_with("the kernel has") {
            return Some(Self::Member(member(line)?));
        }
        let (typedef, code) = match code.strip_prefix("typedef ") {
            Some(code) => (true, code),
            None => (false, code),
        };
        let declaration = match typedef {
            true => Declaration::parse(code),
            false => Declaration {
                ty: code.to_owned(),
                name: String::new(),
            },
        };
        Some(Self::Plain {
            declaration,
            typedef,
            size: note
                .strip_prefix("size: ")
                .and_then(|size| size.parse().ok()),
        })
    }

    /// The members, also of those in it that have no name, which C lets one use as if they were the
    /// type's own.
    pub fn members(&self) -> Vec<&Member> {
        let mut all = Vec::new();
        if let Self::Whole { members, .. } = self {
            visible(members, &mut all);
        }
        all
    }
}

fn visible<'a>(members: &'a [Member], all: &mut Vec<&'a Member>) {
    for member in members {
        if member.declaration.name.is_empty() {
            visible(&member.members, all);
        } else {
            all.push(member);
        }
    }
}

/// The members up to the line that closes their braces, which is left.
fn members(lines: &mut &[&str]) -> Option<Vec<Member>> {
    let mut found = Vec::new();
    while let Some((line, rest)) = lines.split_first() {
        if line.trim_start().starts_with('}') {
            break;
        }
        *lines = rest;
        let Some(before) = line.trim().strip_suffix('{') else {
            found.push(member(line)?);
            continue;
        };
        let inner = members(lines)?;
        let (end, rest) = lines.split_first()?;
        *lines = rest;
        // As one line, which declares it.
        let after = end.trim_start().strip_prefix('}')?;
        let mut whole = member(&format!("{} {{...}}{after}", before.trim_end()))?;
        whole.members = inner;
        found.push(whole);
    }
    Some(found)
}

/// A member with its offset and size, `u64 vruntime; /* 264 8 */`; of a bit-field
/// `unsigned int x:1; /* 80: 3 4 */`.
fn member(line: &str) -> Option<Member> {
    let (code, note) = comment(line)?;
    let code = code.trim().strip_suffix(';')?;
    let (code, width) = match code.rsplit_once(':') {
        Some((code, width)) => (code, Some(width.parse().ok()?)),
        None => (code, None),
    };
    let (place, size) = note.rsplit_once(' ')?;
    let (offset, bit) = match place.split_once(':') {
        Some((offset, bit)) => (offset, Some(bit.trim().parse().ok()?)),
        None => (place, None),
    };
    // A name may come after what stands for the members: `struct {...} name`.
    let declaration = match code.split_once("{...}") {
        Some((before, after)) => {
            let named = Declaration::parse(format!("int {}", after.trim()).trim());
            Declaration {
                ty: format!("{before}{{...}}{}", named.ty.trim_start_matches("int")),
                name: named.name,
            }
        }
        None => Declaration::parse(code),
    };
    Some(Member {
        declaration,
        offset: offset.trim().parse().ok()?,
        size: size.parse().ok()?,
        bits: bit.zip(width),
        members: Vec::new(),
    })
}

/// A line's code, and what its comment says.
fn comment(line: &str) -> Option<(&str, &str)> {
    let (code, note) = line.split_once("/*")?;
    Some((code, note.strip_suffix("*/")?.trim()))
}
