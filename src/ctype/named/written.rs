// SPDX-License-Identifier: GPL-2.0

//! Types in the user's text.

use super::{
    base,
    duplicates::Duplicates,
    module_types::{
        self,
        Search, //
    }, //
};
use crate::{
    ctype::{
        ty::{
            Doubt,
            Root,
            Ty, //
        },
        types::Types, //
    },
    kallsyms::{
        Shape,
        Type, //
    },
    print::to_c_string,
    text::{
        self,
        Base, //
    }, //
};
use core::iter::successors;
use kernel::{
    alloc::AllocError,
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// How many levels of pointers there can be.
const MAX_DEPTH: usize = 16;

/// What a type in the text stands for.
pub(crate) enum Said {
    /// This.
    Type(Ty),
    /// Neither the kernel nor a loaded module has it.
    Unknown,
    /// These modules have different types of this name.
    Several(CString),
}

impl Types<'_> {
    /// The type that the user wrote. It is looked for in the module of the value that it is
    /// `about`, in the kernel itself, and then in all loaded modules. May sleep.
    #[inline(never)]
    pub(crate) fn said(
        &mut self,
        said: &text::TypeName<'_>,
        about: Option<Ty>,
    ) -> Result<Said, AllocError> {
        let ty = match Self::written(said) {
            Some(ty) => ty,
            None => return Ok(Said::Unknown),
        };
        if ty.root != Root::Void || matches!(said.base, Base::Void) {
            return Ok(Said::Type(ty));
        }
        let of = |btf, id| {
            let root = Root::Btf { btf, id };
            Said::Type(Ty { root, ..ty })
        };
        // A value's own type, of whatever file or module it is.
        if let Some((own, root)) = about.and_then(|about| Some((self.pointed(about)?, about.root)))
        {
            if base::is_tag_of(&said.base, own) {
                if let Root::Btf { btf, .. } = root {
                    return Ok(of(btf, own.strip().id()));
                }
            }
        }
        let module = about.and_then(|about| match about.root {
            Root::Btf { btf, .. } => Some(btf),
            _ => None,
        });
        for index in [module.unwrap_or(0), 0] {
            if let Some(btf) = self.btfs.get(index) {
                if let Some(found) = base::find(&said.base, btf)? {
                    if index == 0 && self.has_others(found)? {
                        let name = to_c_string(fmt!("several files of the kernel"))?;
                        return Ok(Said::Several(name));
                    }
                    return Ok(of(index, found.id()));
                }
            }
        }
        Ok(match module_types::find(self.kallsyms, &said.base)? {
            Search::Nothing => Said::Unknown,
            Search::Several(modules) => Said::Several(modules),
            Search::Found(held, id) => {
                let btf = self.kallsyms.held(&held);
                self.kallsyms.release(held);
                match btf {
                    Some(btf) => of(self.add(btf)?, id),
                    None => Said::Unknown,
                }
            }
        })
    }

    /// The type of a value, or of what its pointers lead to.
    fn pointed(&self, ty: Ty) -> Option<Type<'_>> {
        let end = successors(Some(ty), |ty| self.pointee(*ty))
            .take(MAX_DEPTH)
            .last()?;
        self.get(end)
    }

    /// Whether the kernel itself has other types of the same tag. May sleep.
    fn has_others(&self, ty: Type<'_>) -> Result<bool, AllocError> {
        let mut known = self.duplicates.lock();
        if known.is_none() {
            *known = Some(Duplicates::new(ty.btf())?);
        }
        Ok(known.as_ref().is_some_and(|duplicates| duplicates.has(ty)))
    }

    /// The type that was written, if the kernel itself has it.
    pub(crate) fn said_of_vmlinux(
        &self,
        said: &text::TypeName<'_>,
    ) -> Result<Option<Ty>, AllocError> {
        let Some(ty) = Self::written(said) else {
            return Ok(None);
        };
        if ty.root != Root::Void || matches!(said.base, Base::Void) {
            return Ok(Some(ty));
        }
        let Some(btf) = self.btfs.first() else {
            return Ok(None);
        };
        let found = base::find(&said.base, btf)?;
        Ok(found.map(|found| Ty {
            root: Root::Btf {
                btf: 0,
                id: found.id(),
            },
            ..ty
        }))
    }

    /// The type as far as it needs no BTF: `void` stands for what has a name. [`None`]: it is not
    /// supported.
    fn written(said: &text::TypeName<'_>) -> Option<Ty> {
        let (stars, constant) = match said.pointers().split_last() {
            None => (0, said.qualifiers.constant),
            Some((_, [])) => (1, said.qualifiers.constant),
            Some((_, inner)) => (
                // The parser takes a few pointers only.
                inner.len() as u8 + 1,
                inner.last().is_some_and(|last| last.constant),
            ),
        };
        let root = match said.base {
            Base::Float(_) | Base::FunctionPointer(_) | Base::TypeOf(..) => return None,
            // BTF need not have all of C's own integers.
            Base::Char { signed: Some(_) } | Base::Integer { .. } => {
                match base::shape(&said.base) {
                    Some(Shape::Integer { size, signed }) => Root::Integer { size, signed },
                    _ => return None,
                }
            }
            _ => Root::Void,
        };
        Some(Ty {
            root,
            stars,
            constant,
            doubt: Some(Doubt::Cast),
            narrow: false,
        })
    }
}
