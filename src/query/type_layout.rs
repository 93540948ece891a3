// SPDX-License-Identifier: GPL-2.0

//! What types consist of, in C's words, with offsets and sizes as pahole(1) has them.

use super::written_type::NamedType;
use crate::{
    failure::{
        Failure,
        Written, //
    },
    kallsyms::{
        Kallsyms,
        Member,
        Parameter,
        Position,
        Shape,
        Type, //
    },
    print::to_c_string,
    text::{
        Step,
        TypePath, //
    }, //
};
use core::{
    cell::Cell,
    ops::ControlFlow, //
};
use kernel::{
    alloc::AllocError,
    fmt,
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// How deep structures can be nested.
const MAX_DEPTH: usize = 16;

/// Takes a line, until there is enough.
type Sink<'a> = &'a mut dyn FnMut(fmt::Arguments<'_>) -> ControlFlow<()>;

/// A step into an object of a type.
enum Way {
    Member(CString),
    Pointee(CString),
    Element(usize),
}

/// A type to look up, or something in an object of it.
pub(crate) struct TypeLookup {
    /// The parameter or file in which it was written.
    source: &'static str,
    ty: NamedType,
    /// The steps, and where each was written.
    way: KVec<(Way, usize)>,
    /// Where the type was found last, if it has been.
    place: Cell<Option<Position>>,
}

/// What a path ends at.
struct End<'a> {
    /// The member passed last; without a name if there was none.
    member: Member<'a>,
    /// Whether the path leads through members or elements.
    inside: bool,
}

impl TypeLookup {
    /// What was written.
    pub(crate) fn new(written: &Written<'_>, path: &TypePath<'_>) -> Result<Self, Failure> {
        let ty = NamedType::of(written, &path.ty)?;
        let mut way = KVec::new();
        let mut steps = path.steps.clone();
        loop {
            let column = written.column - 1 + steps.column();
            let Some(step) = steps.next() else {
                break;
            };
            let step = step.map_err(|error| written.error(error))?;
            let name = |name| to_c_string(fmt!("{name}"));
            let step = match step {
                Step::Member(member) => Way::Member(name(member)?),
                Step::Pointee(member) => Way::Pointee(name(member)?),
                Step::Element(index) => Way::Element(index),
            };
            way.push((step, column), GFP_KERNEL)?;
        }
        Ok(Self {
            source: written.source,
            ty,
            way,
            place: Cell::new(None),
        })
    }

    /// Fails if the type does not exist, or what the path leads to. May sleep.
    pub(crate) fn check(&self, kallsyms: &Kallsyms) -> Result<(), Failure> {
        self.with(kallsyms, |_| Ok(()))
    }

    /// Calls `line` for each line of what is known, until it breaks. Sleeps.
    pub(crate) fn for_each_line(&self, kallsyms: &Kallsyms, line: Sink<'_>) -> Result<(), Failure> {
        self.with(kallsyms, |end| {
            let _ = if end.inside {
                member_line(&end.member, 0, line)?
            } else {
                self.whole(end.member.ty, line)?
            };
            Ok(())
        })
    }

    /// Whether there is such a type.
    pub(crate) fn is_known(&self, kallsyms: &Kallsyms) -> Result<bool, Failure> {
        Ok(self.find(kallsyms, |_| ())?.is_some())
    }

    /// Calls `f` with the first type of this name: of the kernel itself, or else of a module.
    fn find<R>(
        &self,
        kallsyms: &Kallsyms,
        mut f: impl FnMut(Type<'_>) -> R,
    ) -> Result<Option<R>, Failure> {
        // First where it was, and if that module is gone, everywhere.
        for mut position in Iterator::chain(self.place.take().into_iter(), [Position::new()]) {
            let found = kallsyms.for_each_btf_from(
                &mut position,
                |_| true,
                |_, btf, _| match self.ty.target(btf) {
                    Some(ty) => ControlFlow::Break(f(ty)),
                    None => ControlFlow::Continue(()),
                },
            );
            if let ControlFlow::Break(found) = found.map_err(|error| error.to_errno())? {
                self.place.set(Some(position));
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Calls `f` with what the path ends at.
    #[inline(never)]
    fn with(
        &self,
        kallsyms: &Kallsyms,
        mut f: impl FnMut(&End<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let found = self.find(kallsyms, |ty| self.end(ty).and_then(|end| f(&end)))?;
        found.unwrap_or_else(|| Err(self.ty.unknown()))
    }

    /// Follows the path, as C's `offsetof()` does: offsets count from the beginning of the whole,
    /// and after `->` from the beginning of what the pointer points to.
    #[inline(never)]
    fn end<'a>(&self, whole: Type<'a>) -> Result<End<'a>, Failure> {
        let mut end = End {
            member: Member {
                name: c"",
                ty: whole,
                bit_offset: 0,
                bitfield_size: 0,
            },
            inside: false,
        };
        for (step, column) in &self.way {
            let fail = |errno, what: fmt::Arguments<'_>| {
                Err(Failure::at(errno, self.source, *column, what))
            };
            if self.ty.pointers > 0 {
                return fail(
                    EINVAL,
                    fmt!("`{}` is a pointer, and has no members", &*self.ty.text),
                );
            }
            let ty = end.member.ty;
            let (whole, name, start) = match step {
                Way::Member(name) => (ty, name, end.member.bit_offset),
                Way::Pointee(name) => match ty.pointee() {
                    Some(pointee) => (pointee, name, 0),
                    None => return fail(EINVAL, fmt!("`{ty}` is not a pointer")),
                },
                Way::Element(index) => {
                    match ty.array() {
                        Some((element, count)) if *index < count || count == 0 => {
                            let start = index.saturating_mul(element.size()).saturating_mul(8);
                            let start = u32::try_from(start).ok();
                            match start.and_then(|start| end.member.bit_offset.checked_add(start)) {
                                Some(offset) => end.member.bit_offset = offset,
                                None => return fail(ERANGE, fmt!("[{index}] is too far")),
                            }
                            end.member.ty = element;
                            end.inside = true;
                        }
                        _ => return fail(ERANGE, fmt!("`{ty}` has no element {index}")),
                    }
                    continue;
                }
            };
            end.inside = true;
            end.member = match whole.member(name.to_bytes()) {
                Some(member) => Member {
                    bit_offset: member.bit_offset.saturating_add(start),
                    ..member
                },
                None if ty.is_pointer() && matches!(step, Way::Member(_)) => {
                    return fail(EINVAL, fmt!("`{ty}` is a pointer: write ->{}", &**name))
                }
                None => return fail(ENOENT, fmt!("`{whole}` has no member {}", &**name)),
            };
        }
        Ok(end)
    }

    /// The lines of a whole type.
    fn whole(&self, ty: Type<'_>, line: Sink<'_>) -> Result<ControlFlow<()>, AllocError> {
        let pointers = self.ty.pointers;
        if pointers > 0 {
            return Ok(line(fmt!(
                "{};\t/* size: {} */",
                &*self.ty.text,
                size_of::<usize>()
            )));
        }
        let target = ty.target();
        let name = ty.name();
        if ty.id() == ty.strip().id() {
            return body(ty, "", c"", line);
        }
        let tagless = target.name().is_empty() && (target.is_struct_or_union() || target.is_enum());
        if tagless && target.id() == ty.strip().id() {
            return body(target, "typedef ", name, line);
        }
        let declared = Parameter { name, ty: target };
        Ok(line(fmt!("typedef {declared};\t/* size: {} */", ty.size())))
    }
}

/// The lines of a type other than a typedef; `before` and `name` stand around it.
#[inline(never)]
fn body(
    ty: Type<'_>,
    before: &str,
    name: &CStr,
    line: Sink<'_>,
) -> Result<ControlFlow<()>, AllocError> {
    let keyword = match (ty.is_struct(), ty.is_union(), ty.is_enum()) {
        (true, ..) => "struct",
        (_, true, _) => "union",
        (.., true) => "enum",
        _ => return Ok(line(fmt!("{ty};\t/* size: {} */", ty.size()))),
    };
    if ty.is_incomplete() {
        return Ok(line(fmt!(
            "{ty};\t/* the kernel has no more than the name */"
        )));
    }
    let tag = ty.name();
    let space = if tag.is_empty() { "" } else { " " };
    let (count, constants) = (ty.members().len(), ty.is_enum());
    let mut walked = line(fmt!("{before}{keyword}{space}{tag} {{"));
    if walked.is_continue() {
        walked = if constants {
            each_constant(ty, line)
        } else {
            members(ty, 0, 1, line)?
        };
    }
    if walked.is_continue() {
        walked = if constants {
            line(fmt!("\t/* size: {} */", ty.size()))
        } else {
            line(fmt!("\t/* size: {}, members: {count} */", ty.size()))
        };
    }
    if walked.is_continue() {
        let space = if name.is_empty() { "" } else { " " };
        walked = line(fmt!("}}{space}{name};"));
    }
    Ok(walked)
}

/// The constants of an enumeration.
fn each_constant(ty: Type<'_>, line: Sink<'_>) -> ControlFlow<()> {
    let signed = matches!(ty.shape(), Shape::Enum { signed: true, .. });
    ty.for_each_constant(|name, value| {
        if signed {
            line(fmt!("\t{name} = {},", value as i64))
        } else {
            line(fmt!("\t{name} = {value},"))
        }
    })
}

/// The members of a structure or union that begins this many bits from the start of the whole.
/// Members of structures without a tag stand within it.
#[inline(never)]
fn members(
    ty: Type<'_>,
    start: u32,
    depth: usize,
    line: Sink<'_>,
) -> Result<ControlFlow<()>, AllocError> {
    for member in ty.members() {
        let member = Member {
            bit_offset: member.bit_offset.saturating_add(start),
            ..member
        };
        let walked = match tagless(member.ty).filter(|_| depth < MAX_DEPTH) {
            Some(inner) => within(&member, inner, depth, line)?,
            None => member_line(&member, depth, line)?,
        };
        if walked.is_break() {
            return Ok(walked);
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// The structure or union without a tag that a type is, or is an array of, if no typedef has a name
/// for it.
fn tagless(ty: Type<'_>) -> Option<Type<'_>> {
    let mut ty = ty;
    for _ in 0..MAX_DEPTH {
        let Some((element, _)) = ty.array().filter(|_| ty.name().is_empty()) else {
            break;
        };
        ty = element;
    }
    (ty.is_struct_or_union() && ty.tag().is_empty()).then_some(ty)
}

/// A member of such a type.
#[inline(never)]
fn within(
    member: &Member<'_>,
    inner: Type<'_>,
    depth: usize,
    line: Sink<'_>,
) -> Result<ControlFlow<()>, AllocError> {
    let declared = declaration(member)?;
    let text = declared.to_str().unwrap_or_default();
    let (before, after) = text.split_once("{...}").unwrap_or((text, ""));
    let mut walked = line(fmt!("{}{before}{{", Tabs(depth)));
    if walked.is_continue() {
        walked = members(inner, member.bit_offset, depth + 1, line)?;
    }
    if walked.is_continue() {
        walked = line(fmt!("{}}}{after};\t{}", Tabs(depth), OffsetComment(member)));
    }
    Ok(walked)
}

/// A member in a line.
#[inline(never)]
fn member_line(
    member: &Member<'_>,
    depth: usize,
    line: Sink<'_>,
) -> Result<ControlFlow<()>, AllocError> {
    let declared = declaration(member)?;
    let (tabs, place) = (Tabs(depth), OffsetComment(member));
    Ok(match member.bitfield_size {
        0 => line(fmt!("{tabs}{};\t{place}", &*declared)),
        bits => line(fmt!("{tabs}{}:{bits};\t{place}", &*declared)),
    })
}

/// A member as C declares it.
fn declaration(member: &Member<'_>) -> Result<CString, AllocError> {
    let declared = Parameter {
        name: member.name,
        ty: member.ty,
    };
    to_c_string(fmt!("{declared}"))
}

/// This many tabs.
struct Tabs(usize);

impl fmt::Display for Tabs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..self.0).try_for_each(|_| f.write_str("\t"))
    }
}

/// Where a member is, and how many bytes it has: `/* offset size */`; for a bit-field
/// `/* offset:bit size */`, with the offset and size of its type.
struct OffsetComment<'a>(&'a Member<'a>);

impl fmt::Display for OffsetComment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, size) = (self.0.bit_offset as usize, self.0.ty.size());
        match self.0.bitfield_size {
            0 => f.write_fmt(fmt!("/* {:5} {size:5} */", start / 8)),
            _ => {
                let unit = (size * 8).max(8);
                let (offset, bit) = (start / unit * size, start % unit);
                f.write_fmt(fmt!("/* {offset:5}:{bit:2} {size:5} */"))
            }
        }
    }
}
