// SPDX-License-Identifier: GPL-2.0

//! Values with the kernel's own types, and the memory that they point to.

use crate::{
    bindings,
    kallsyms::{
        Btf,
        Kallsyms,
        Shape,
        Type,
        TypeKind, //
    },
    print::to_c_string,
    text::{
        self,
        Base,
        Rank, //
    }, //
};
use kernel::{
    alloc::AllocError,
    fmt,
    prelude::{
        fmt,
        *, //
    }, //
};

/// How many structures without a name can be within each other.
const MAX_DEPTH: usize = 16;

/// The types that the values of one evaluation are of: those of the kernel itself, and of the modules that
/// were called.
pub(super) struct Types<'k>(KVec<Btf<'k>>);

/// A type, and how many pointers lead to it that the BTF has no type for.
#[derive(Clone, Copy)]
pub(super) struct Ty {
    /// Which of the [`Types`].
    btf: usize,
    id: u32,
    /// How many pointers.
    stars: u8,
    /// Whether what it points to, or is an object of, must not be written.
    pub(super) constant: bool,
    /// Whether the user says that this is the type, and the kernel does not.
    pub(super) said: bool,
}

/// A member, found by name.
pub(super) struct Found {
    /// Its type.
    pub(super) ty: Ty,
    /// Where it begins in the whole, in bits.
    pub(super) bit_offset: usize,
    /// How many bits it has, if it is a bit-field.
    pub(super) bits: Option<u32>,
}

impl<'k> Types<'k> {
    /// Those of the kernel itself. Sleeps.
    pub(super) fn new(kallsyms: &'k Kallsyms) -> Result<Self, AllocError> {
        let mut types = KVec::new();
        if let Some(btf) = kallsyms.btf_of_vmlinux() {
            types.push(btf, GFP_KERNEL)?;
        }
        Ok(Self(types))
    }

    /// Adds a module's, and returns its type `id`.
    pub(super) fn add(&mut self, btf: Btf<'k>, id: u32) -> Result<Ty, AllocError> {
        self.0.push(btf, GFP_KERNEL)?;
        Ok(Ty {
            btf: self.0.len() - 1,
            id,
            stars: 0,
            constant: false,
            said: false,
        })
    }

    /// The type without the pointers that the BTF has no type for. `None`: there are no types at all.
    pub(super) fn get(&self, ty: Ty) -> Option<Type<'_>> {
        Some(self.0.get(ty.btf)?.ty(ty.id))
    }

    /// The BTF that a type is of.
    pub(super) fn btf(&self, ty: Ty) -> Option<&Btf<'k>> {
        self.0.get(ty.btf)
    }

    /// What values of it are like.
    pub(super) fn shape(&self, ty: Ty) -> Shape {
        match self.get(ty) {
            _ if ty.stars > 0 => Shape::Pointer,
            Some(ty) => ty.shape(),
            None => Shape::Void,
        }
    }

    /// How many bytes values of it have.
    pub(super) fn size(&self, ty: Ty) -> usize {
        match self.get(ty) {
            _ if ty.stars > 0 => size_of::<usize>(),
            Some(ty) => ty.size(),
            None => 0,
        }
    }

    /// Whether it is an integer for characters.
    pub(super) fn is_char(&self, ty: Ty) -> bool {
        ty.stars == 0 && self.get(ty).is_some_and(Type::is_char)
    }

    /// What it points to, if it is a pointer.
    pub(super) fn pointee(&self, ty: Ty) -> Option<Ty> {
        if let Some(stars) = ty.stars.checked_sub(1) {
            return Some(Ty { stars, ..ty });
        }
        let target = self.get(ty)?.pointee()?;
        Some(Ty {
            id: target.id(),
            constant: target.is_const(),
            ..ty
        })
    }

    /// The type of its elements, if it is an array.
    pub(super) fn element(&self, ty: Ty) -> Option<Ty> {
        if ty.stars > 0 {
            return None;
        }
        let (element, _) = self.get(ty)?.array()?;
        Some(Ty {
            id: element.id(),
            constant: ty.constant || element.is_const(),
            ..ty
        })
    }

    /// Its member of this name, also of structures in it that have no name.
    pub(super) fn member(&self, ty: Ty, name: &str) -> Option<Found> {
        if ty.stars > 0 {
            return None;
        }
        let whole = self.get(ty)?;
        let (member, bit_offset) = find(whole, name.as_bytes(), MAX_DEPTH)?;
        Some(Found {
            ty: Ty {
                id: member.ty.id(),
                constant: ty.constant || member.ty.is_const(),
                ..ty
            },
            bit_offset: bit_offset + member.bit_offset as usize,
            bits: (member.bitfield_size > 0).then_some(member.bitfield_size),
        })
    }

    /// The type that the user wrote. `None`: the kernel has no such type.
    pub(super) fn said(&self, said: &text::Type<'_>) -> Result<Option<Ty>, AllocError> {
        let (name, kind) = match said.base {
            Base::Void => ("", TypeKind::Int),
            Base::Bool => ("_Bool", TypeKind::Int),
            Base::Char { signed } => match signed {
                None => ("char", TypeKind::Int),
                Some(true) => ("signed char", TypeKind::Int),
                Some(false) => ("unsigned char", TypeKind::Int),
            },
            Base::Integer { signed, rank } => {
                let name = match (signed, rank) {
                    (true, Rank::Short) => "short int",
                    (false, Rank::Short) => "short unsigned int",
                    (true, Rank::Int) => "int",
                    (false, Rank::Int) => "unsigned int",
                    (true, Rank::Long) => "long int",
                    (false, Rank::Long) => "long unsigned int",
                    (true, Rank::LongLong) => "long long int",
                    (false, Rank::LongLong) => "long long unsigned int",
                };
                (name, TypeKind::Int)
            }
            Base::Struct(tag) => (tag, TypeKind::Struct),
            Base::Union(tag) => (tag, TypeKind::Union),
            Base::Enum(tag) => (tag, TypeKind::Enum),
            Base::Named(name) => (name, TypeKind::Typedef),
            Base::Float(_) | Base::FunctionPointer(_) => return Ok(None),
        };
        let (stars, constant) = match said.pointers().split_last() {
            None => (0, false),
            Some((_, [])) => (1, said.qualifiers.constant),
            Some((_, inner)) => (
                inner.len() as u8 + 1,
                inner.last().is_some_and(|last| last.constant),
            ),
        };
        let name = to_c_string(fmt!("{name}"))?;
        for (btf, types) in self.0.iter().enumerate() {
            let id = match said.base {
                Base::Void => Some(0),
                _ => types.named(&name, kind).map(Type::id),
            };
            if let Some(id) = id {
                return Ok(Some(Ty {
                    btf,
                    id,
                    stars,
                    constant,
                    said: true,
                }));
            }
        }
        Ok(None)
    }

    /// Whether a pointer of the type `given` may go where the BTF's type `wanted` is.
    pub(super) fn fits(&self, given: Ty, wanted: Type<'_>) -> bool {
        let (mut given, mut wanted) = (given, wanted);
        for _ in 0..MAX_DEPTH {
            let (Some(to), Some(from)) = (wanted.pointee(), self.pointee(given)) else {
                break;
            };
            if to.is_void() {
                return true;
            }
            (given, wanted) = (from, to);
        }
        let Some(ty) = self.get(given).filter(|_| given.stars == 0) else {
            return false;
        };
        let (ty, wanted) = (
            ty.array().map_or(ty, |(element, _)| element),
            wanted.array().map_or(wanted, |(element, _)| element),
        );
        if wanted.is_struct_or_union() || ty.is_struct_or_union() {
            return wanted.is_struct() == ty.is_struct()
                && wanted.is_union() == ty.is_union()
                && wanted.tag() == ty.tag()
                && !ty.tag().is_empty();
        }
        match (wanted.shape(), ty.shape()) {
            (Shape::Integer { size: 1, .. }, Shape::Integer { size: 1, .. }) => true,
            (Shape::Pointer | Shape::Void | Shape::Aggregate | Shape::Float, _) => false,
            (wanted, given) => wanted.agrees(given),
        }
    }

    /// The type as C.
    pub(super) fn display(&self, ty: Ty) -> impl fmt::Display + '_ {
        Display { types: self, ty }
    }
}

impl Ty {
    /// A pointer to it.
    pub(super) fn pointer(self) -> Self {
        Self {
            stars: self.stars.saturating_add(1),
            ..self
        }
    }

    /// The type of a pointer to a symbol, whose type nobody but the user can tell.
    pub(super) fn of_symbol(self, constant: bool) -> Self {
        Self {
            constant: self.constant || constant,
            said: false,
            ..self
        }
    }

    /// The pointer to no type that is known.
    pub(super) const VOID_POINTER: Self = Self {
        btf: 0,
        id: 0,
        stars: 1,
        constant: false,
        said: true,
    };

    /// Whether the BTF has it as it is.
    pub(super) fn is_plain(self) -> bool {
        self.stars == 0
    }
}

/// A member of this name, and where the structure that has it begins in the whole.
fn find<'a>(
    whole: Type<'a>,
    name: &[u8],
    depth: usize,
) -> Option<(crate::kallsyms::Member<'a>, usize)> {
    let depth = depth.checked_sub(1)?;
    for member in whole.members() {
        if member.name.to_bytes() == name {
            return Some((member, 0));
        }
        if member.name.is_empty() {
            if let Some((found, offset)) = find(member.ty, name, depth) {
                return Some((found, offset + member.bit_offset as usize));
            }
        }
    }
    None
}

/// See [`Types::display`].
struct Display<'t, 'k> {
    types: &'t Types<'k>,
    ty: Ty,
}

impl fmt::Display for Display<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.types.get(self.ty) {
            Some(ty) => f.write_fmt(fmt!("{ty}"))?,
            None => f.write_str("void")?,
        }
        for star in 0..self.ty.stars {
            f.write_str(if star == 0 { " *" } else { "*" })?;
        }
        Ok(())
    }
}

/// Copies memory of the kernel's to `to`; fails if it cannot be read. Any context.
pub(super) fn read(address: usize, to: &mut [u8]) -> Result {
    // SAFETY: `to` can be written, as many bytes as it has; the function takes any address to read from.
    let failed = unsafe {
        bindings::copy_from_kernel_nofault(
            to.as_mut_ptr().cast(),
            address as *const c_void,
            to.len(),
        )
    };
    match failed {
        0 => Ok(()),
        _ => Err(EFAULT),
    }
}
