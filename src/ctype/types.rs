// SPDX-License-Identifier: GPL-2.0

//! The types that the values of an evaluation have.

use super::{
    named::known::KnownNames,
    same_prototype::Comparison,
    ty::{
        Doubt,
        Root,
        Ty, //
    },
    unions, //
};
use crate::kallsyms::{
    Btf,
    HeldBtf,
    Kallsyms,
    Shape,
    Type, //
};
use core::{
    iter::successors,
    mem::take, //
};
use kernel::{
    alloc::AllocError,
    fmt,
    prelude::{
        fmt,
        *, //
    },
    sync::{
        new_mutex,
        Arc,
        Mutex, //
    }, //
};

/// How many levels of pointers there can be.
const MAX_DEPTH: usize = 16;

/// The BTFs of modules that the values in an open file's history have their types from. [`Types`]
/// has them in this order, after the kernel's own. They are held until this is dropped.
#[pin_data(PinnedDrop)]
pub(crate) struct HeldTypes {
    kallsyms: Arc<Kallsyms>,
    #[pin]
    btfs: Mutex<KVec<HeldBtf>>,
}

impl HeldTypes {
    /// No types yet.
    pub(crate) fn new(kallsyms: &Arc<Kallsyms>) -> Result<Arc<Self>> {
        let kallsyms = kallsyms.clone();
        Arc::pin_init(
            pin_init!(Self {
                kallsyms,
                btfs <- new_mutex!(KVec::new()),
            }),
            GFP_KERNEL,
        )
    }
}

#[pinned_drop]
impl PinnedDrop for HeldTypes {
    fn drop(self: Pin<&mut Self>) {
        for btf in take(&mut *self.btfs.lock()) {
            self.kallsyms.release(btf);
        }
    }
}

/// The BTFs of the types in one evaluation. The first is the kernel's own. The BTFs of earlier
/// values follow, and then each one that a call or a lookup of a type has added.
pub(crate) struct Types<'k> {
    pub(super) kallsyms: &'k Kallsyms,
    pub(super) names: &'k KnownNames,
    pub(super) btfs: KVec<Btf<'k>>,
}

/// A member, found by name.
#[derive(Clone, Copy)]
pub(crate) struct Found {
    /// Its type.
    pub(crate) ty: Ty,
    /// Its offset in the type, in bits.
    pub(crate) bit_offset: usize,
    /// How many bits it has, if it is a bit-field.
    pub(crate) bits: Option<u32>,
}

impl<'k> Types<'k> {
    /// The kernel's own types, and the held ones. May sleep.
    pub(crate) fn new(
        kallsyms: &'k Kallsyms,
        held: Option<&HeldTypes>,
        names: &'k KnownNames,
    ) -> Result<Self, AllocError> {
        let mut types = KVec::new();
        if let Some(btf) = kallsyms.btf_of_vmlinux() {
            types.push(btf, GFP_KERNEL)?;
        }
        if let Some(held) = held {
            for held in held.btfs.lock().iter() {
                if let Some(btf) = kallsyms.held(held) {
                    types.push(btf, GFP_KERNEL)?;
                }
            }
        }
        Ok(Self {
            kallsyms,
            names,
            btfs: types,
        })
    }

    /// The type as later evaluations know it. If it is a module's, the module's BTF is held.
    pub(crate) fn lasting(&self, ty: Ty, held: &HeldTypes) -> Result<Ty, AllocError> {
        let Root::Btf { btf: index, id } = ty.root else {
            return Ok(ty);
        };
        let btf = match self.btfs.get(index) {
            Some(btf) if index > 0 && !btf.is_of_base(id) => {
                let mut held = held.btfs.lock();
                let known = held.iter().position(|held| held.is_of(btf));
                if known.is_none() {
                    held.reserve(1, GFP_KERNEL)?;
                    held.push(btf.hold(), GFP_KERNEL)?;
                }
                1 + known.unwrap_or(held.len() - 1)
            }
            _ => 0,
        };
        Ok(Ty {
            root: Root::Btf { btf, id },
            ..ty
        })
    }

    /// Adds a module's BTF, unless it is there already. Returns its index, for [`Ty::of`].
    pub(crate) fn add(&mut self, added: Btf<'k>) -> Result<usize, AllocError> {
        if let Some(known) = self.btfs.iter().position(|btf| btf.is_same(&added)) {
            return Ok(known);
        }
        self.btfs.push(added, GFP_KERNEL)?;
        Ok(self.btfs.len() - 1)
    }

    /// The types of the kernel itself.
    pub(super) fn of_vmlinux(&self) -> Option<&Btf<'k>> {
        self.btfs.first()
    }

    /// The kernel, which knows the modules.
    pub(super) fn kallsyms(&self) -> &'k Kallsyms {
        self.kallsyms
    }

    /// The type of a per-CPU variable of the kernel itself.
    pub(crate) fn variable(&self, name: &CStr) -> Option<Ty> {
        let ty = self.btfs.first()?.variable(name)?;
        Some(Ty {
            constant: ty.is_const(),
            ..Ty::of(0, ty.id())
        })
    }

    /// The type as its BTF has it; [`None`] if it is not in a BTF.
    pub(crate) fn get(&self, ty: Ty) -> Option<Type<'_>> {
        match ty.root {
            Root::Btf { btf, id } if ty.stars == 0 && ty.count == 0 => {
                Some(self.btfs.get(btf)?.ty(id))
            }
            _ => None,
        }
    }

    /// The BTF that a type's base is in, if it is in one.
    pub(crate) fn btf(&self, ty: Ty) -> Option<&Btf<'k>> {
        match ty.root {
            Root::Btf { btf, .. } => self.btfs.get(btf),
            _ => None,
        }
    }

    /// The shape of values of this type.
    pub(crate) fn shape(&self, ty: Ty) -> Shape {
        match ty.root {
            _ if ty.stars > 0 => Shape::Pointer,
            _ if ty.count > 0 => Shape::Aggregate,
            Root::Void => Shape::Void,
            Root::Integer { size, signed } => Shape::Integer { size, signed },
            Root::Btf { .. } => self.get(ty).map_or(Shape::Void, Type::shape),
        }
    }

    /// How many bytes values of this type have.
    pub(crate) fn size(&self, ty: Ty) -> usize {
        match ty.root {
            _ if ty.stars > 0 => size_of::<usize>(),
            _ if ty.count > 0 => match self.array(ty) {
                Some((element, count)) => self.size(element).saturating_mul(count),
                None => 0,
            },
            Root::Void => 0,
            Root::Integer { size, .. } => size as usize,
            Root::Btf { .. } => self.get(ty).map_or(0, Type::size),
        }
    }

    /// Whether it is an integer for characters.
    pub(crate) fn is_char(&self, ty: Ty) -> bool {
        matches!(self.shape(ty), Shape::Integer { size: 1, .. })
    }

    /// Whether it is `char` itself, whose arrays are text, and not `u8`.
    pub(crate) fn is_text(&self, ty: Ty) -> bool {
        is_text(self.get(ty)) || ty == Ty::CHAR
    }

    /// Whether it is a pointer to per-CPU memory.
    pub(crate) fn is_per_cpu(&self, ty: Ty) -> bool {
        self.get(ty).is_some_and(Type::is_per_cpu)
    }

    /// A pointer to text.
    pub(crate) fn text_pointer(&self) -> Ty {
        Ty {
            constant: true,
            ..Ty::CHAR.pointer()
        }
    }

    /// The type that it points to, if it is a pointer.
    pub(crate) fn pointee(&self, ty: Ty) -> Option<Ty> {
        if let Some(stars) = ty.stars.checked_sub(1) {
            return Some(Ty { stars, ..ty });
        }
        let target = self.get(ty)?.pointee()?;
        Some(Ty {
            constant: target.is_const(),
            ..ty.with(target.id())
        })
    }

    /// The type of its elements, and how many there are, if it is an array.
    pub(crate) fn array(&self, ty: Ty) -> Option<(Ty, usize)> {
        if ty.stars == 0 && ty.count > 0 {
            let element = Ty {
                stars: ty.inner,
                count: 0,
                inner: 0,
                ..ty
            };
            return Some((element, ty.count as usize));
        }
        let (element, count) = self.get(ty)?.array()?;
        let element = Ty {
            constant: ty.constant || element.is_const(),
            ..ty.with(element.id())
        };
        Some((element, count))
    }

    /// Its member with this name, also in structures and unions in it that have no name.
    pub(crate) fn member(&self, ty: Ty, name: &str) -> Option<Found> {
        let whole = self.get(ty)?;
        let (member, is_certain) = unions::member(whole, name.as_bytes())?;
        let doubt = ty.doubt.or((!is_certain).then_some(Doubt::Union));
        Some(Found {
            ty: Ty {
                constant: ty.constant || member.ty.is_const(),
                ..ty.with(member.ty.id()).with_doubt(doubt)
            },
            bit_offset: member.bit_offset as usize,
            bits: (member.bitfield_size > 0).then_some(member.bitfield_size),
        })
    }

    /// What an array is in most of C's expressions, a pointer to its first element; any other type
    /// as it is.
    pub(crate) fn decayed(&self, ty: Ty) -> Ty {
        self.array(ty).map_or(ty, |(element, _)| element.pointer())
    }

    /// Whether it is a function, and not a pointer to one.
    pub(crate) fn is_function(&self, ty: Ty) -> bool {
        self.get(ty).is_some_and(Type::is_function)
    }

    /// Whether its values are or contain pointers.
    pub(crate) fn has_pointer(&self, ty: Ty) -> bool {
        match self.get(ty) {
            Some(ty) => has_pointer(ty, MAX_DEPTH),
            None => match self.array(ty) {
                Some((element, _)) => self.has_pointer(element),
                None => self.shape(ty) == Shape::Pointer,
            },
        }
    }

    /// Whether a pointer of the type `given` is accepted where the BTF has the type `wanted`.
    pub(crate) fn fits(&self, given: Ty, wanted: Type<'_>) -> bool {
        let (mut given, mut wanted) = (given, wanted);
        for depth in 0..MAX_DEPTH {
            let (Some(to), Some(from)) = (wanted.pointee(), self.pointee(given)) else {
                break;
            };
            // Only a `void *` takes any pointer: through a `void **`, a pointer of another type
            // could be written. The same is true of `const`, of which the caller checks the
            // outermost one.
            if to.is_void() {
                return depth == 0 || self.shape(from) == Shape::Void;
            }
            if depth > 0 && from.constant && !to.is_const() {
                return false;
            }
            (given, wanted) = (from, to);
        }
        let has = self.array(given).map_or(1, |(_, count)| count);
        if wanted.array().is_some_and(|(_, count)| count > has) {
            return false;
        }
        let given = self.array(given).map_or(given, |(element, _)| element);
        let wanted = wanted.array().map_or(wanted, |(element, _)| element);
        if let Some(ty) = self.get(given) {
            if let (Some(wants), Some(is)) = (wanted.prototype(), ty.prototype()) {
                let comparable = wanted.btf().is_same(ty.btf()) || ty.btf().is_of_base(ty.id());
                let compared = Comparison::new(wanted.btf()).functions(&wants, &is);
                return comparable && matches!(compared, Ok(true));
            }
            if wanted.is_struct_or_union() || ty.is_struct_or_union() {
                return wanted.is_struct() == ty.is_struct()
                    && wanted.is_union() == ty.is_union()
                    && wanted.tag() == ty.tag()
                    && !ty.tag().is_empty()
                    && (wanted.size() == ty.size() || wanted.size() == 0 || ty.size() == 0);
            }
        }
        match (wanted.shape(), self.shape(given)) {
            (Shape::Integer { size: 1, .. }, Shape::Integer { size: 1, .. }) => true,
            (Shape::Pointer | Shape::Void | Shape::Aggregate | Shape::Float, _) => false,
            (wanted, given) => wanted.agrees(given),
        }
    }

    /// Whether the two are the same type, qualifiers aside.
    #[inline(never)]
    pub(crate) fn is_same(&self, a: Ty, b: Ty) -> bool {
        if a == b {
            return true;
        }
        let (mut a, mut b) = (a, b);
        for _ in 0..MAX_DEPTH {
            match (self.part(a), self.part(b)) {
                (Some((x, m)), Some((y, n))) if m == n => (a, b) = (x, y),
                (None, None) => break,
                _ => return false,
            }
        }
        match (self.get(a), self.get(b)) {
            (Some(x), Some(y)) if x.is_function() => x.is_same(y),
            (Some(x), Some(y)) if x.shape() == Shape::Aggregate => x.is_identical(y),
            _ => self.shape(a) == self.shape(b),
        }
    }

    /// What a pointer points to; or the type of an array's elements, and their number.
    fn part(&self, ty: Ty) -> Option<(Ty, Option<usize>)> {
        let array = self
            .array(ty)
            .map(|(element, count)| (element, Some(count)));
        array.or_else(|| Some((self.pointee(ty)?, None)))
    }

    /// Whether there is a `const` after more than one pointer, where a type in the user's text
    /// cannot have one.
    pub(crate) fn has_inner_const(&self, ty: Ty) -> bool {
        successors(self.pointee(ty), |ty| self.pointee(*ty))
            .skip(1)
            .take(MAX_DEPTH)
            .any(|ty| ty.constant)
    }

    /// The type as C.
    pub(crate) fn display(&self, ty: Ty) -> impl fmt::Display + '_ {
        Display { types: self, ty }
    }
}

/// See [`Types::has_pointer`].
pub(crate) fn has_pointer(ty: Type<'_>, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return true;
    };
    let element = ty.array().map_or(ty, |(element, _)| element);
    element.is_pointer()
        || element
            .members()
            .any(|member| has_pointer(member.ty, depth))
}

/// Whether it is `char`, and no `u8` or `s8`.
pub(crate) fn is_text(ty: Option<Type<'_>>) -> bool {
    ty.is_some_and(|ty| ty.is_char() && *ty.strip().name() == *c"char")
}

/// See [`Types::display`].
struct Display<'t, 'k> {
    types: &'t Types<'k>,
    ty: Ty,
}

impl fmt::Display for Display<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { types, ty } = *self;
        let (outer, stars) = match ty.count {
            0 => (0, ty.stars),
            _ => (ty.stars, ty.inner),
        };
        let constant = if ty.constant && stars == 1 {
            "const "
        } else {
            ""
        };
        let base = Ty {
            stars: 0,
            count: 0,
            ..ty
        };
        match (types.get(base), ty.root) {
            (Some(ty), _) if ty.is_const() => f.write_fmt(fmt!("{ty}"))?,
            (Some(ty), _) => f.write_fmt(fmt!("{constant}{ty}"))?,
            (None, Root::Integer { size, signed }) => {
                f.write_str(constant)?;
                f.write_str(match (size, signed) {
                    (1, true) => "signed char",
                    (1, false) => "unsigned char",
                    (2, true) => "short",
                    (2, false) => "unsigned short",
                    (4, true) => "int",
                    (4, false) => "unsigned int",
                    (_, true) => "long",
                    (_, false) => "unsigned long",
                })?;
            }
            _ => f.write_fmt(fmt!("{constant}void"))?,
        }
        for star in 0..stars {
            f.write_str(if star == 0 { " *" } else { "*" })?;
        }
        match (ty.count, outer) {
            (0, _) => Ok(()),
            (count, 0) => f.write_fmt(fmt!(" [{count}]")),
            (count, outer) => {
                f.write_str(" (")?;
                for _ in 0..outer {
                    f.write_str("*")?;
                }
                f.write_fmt(fmt!(")[{count}]"))
            }
        }
    }
}
