// SPDX-License-Identifier: GPL-2.0

//! What a function takes and returns: by the kernel's own types, or by what the user says of it.

use super::Asked;
use crate::{
    ctype::same_prototype::{
        parse,
        Comparison, //
    },
    failure::{
        Failure,
        EOPNOTSUPP,
        EPROTOTYPE, //
    },
    kallsyms::{
        self,
        Btf,
        Kallsyms,
        Prototype,
        Shape,
        Target,
        Travel,
        Type, //
    },
    print::{
        to_c_string,
        Pure, //
    },
    text::{
        self,
        Base, //
    }, //
};
use kernel::{
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// How many arguments a function can take.
pub(crate) const MAX_ARGUMENTS: usize = 12;

/// What kind of value a parameter takes, or a function returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueKind {
    /// None.
    Void,
    /// `bool`
    Bool,
    /// An integer of 1, 2, 4 or 8 bytes.
    Integer {
        /// The bytes.
        size: u32,
        /// Whether it can be negative.
        signed: bool,
    },
    /// An enumeration, which has the id in the BTF.
    Enum {
        /// The id.
        id: u32,
        /// The bytes.
        size: u32,
        /// Whether it can be negative.
        signed: bool,
    },
    /// `char *`, to what may be written or not.
    String {
        /// Whether it may not.
        constant: bool,
    },
    /// A pointer to other data of so many bytes, if that is known.
    Pointer {
        /// Whether the data may not be written.
        constant: bool,
        /// The bytes; 0 if unknown.
        size: usize,
    },
    /// A pointer to a function.
    Function,
    /// A structure or union by value, which travels in registers.
    Structure(Travel),
    /// What is not passed by value: larger structures, floating-point and very long numbers.
    Unsupported,
}

/// A parameter.
pub(crate) struct Formal {
    /// As C declares it, for messages.
    pub(crate) declaration: CString,
    /// Its name.
    pub(crate) name: CString,
    /// What it takes.
    pub(crate) kind: ValueKind,
    /// Its type in the [`CallSignature::btf`], if that has it.
    pub(crate) id: Option<u32>,
}

/// The signature of a function.
pub(crate) struct CallSignature<'k> {
    /// The prototype, as C.
    pub(crate) prototype: CString,
    /// What it returns.
    pub(crate) returns: ValueKind,
    /// The type of that in the [`Self::btf`], if that has it.
    pub(crate) returns_id: Option<u32>,
    /// Its parameters.
    pub(crate) parameters: KVec<Formal>,
    /// Whether more arguments can follow.
    pub(crate) variadic: bool,
    /// The types that [`ValueKind::Enum`] is about.
    pub(crate) btf: Option<Btf<'k>>,
}

impl<'k> CallSignature<'k> {
    /// The signature of the function `name` at `target`. Refuses what cannot be called.
    // The function that is called later can use the stack that this takes.
    #[inline(never)]
    pub(crate) fn new(
        kallsyms: &'k Kallsyms,
        target: &Target,
        name: &CStr,
        asked: &Asked<'_>,
    ) -> Result<Self, Failure> {
        let sig = match asked.sig {
            Some(sig) => {
                let failure = |error| Failure::parse("sig", error);
                let parsed = parse(|prototype| text::read_prototype(sig, prototype), failure)?;
                if parsed.name.as_bytes() != name.to_bytes() {
                    return Err(Failure::new(
                        EINVAL,
                        fmt!("sig: it is of {}, not of {name}", parsed.name),
                    ));
                }
                Some(parsed)
            }
            None => None,
        };
        let btf = kallsyms.btf(target);
        let known = match &btf {
            Some(btf) => match btf.function(name) {
                Some(prototype) => Some(Self::known(btf, &prototype, sig.as_deref())?),
                None => None,
            },
            None => None,
        };
        let mut signature = match (known, sig) {
            (Some(known), _) => known,
            (None, Some(sig)) if asked.unsafe_call => {
                // Its typedefs and enumerations are those of the kernel itself.
                Self::said(&sig, kallsyms.btf_of_vmlinux().as_ref())?
            }
            _ => {
                return Err(Failure::symbol(
                    asked.function.as_bytes(),
                    &kallsyms::Error::NoPrototype,
                ))
            }
        };
        signature.btf = btf;
        signature.refuse_unsupported()?;
        Ok(signature)
    }

    /// By the kernel's own types, with which `sig` has to agree.
    #[inline(never)]
    fn known(
        btf: &Btf<'_>,
        prototype: &Prototype<'_>,
        sig: Option<&text::Declaration<'_>>,
    ) -> Result<Self, Failure> {
        let printed = to_c_string(fmt!("{prototype}"))?;
        if let Some(sig) = sig {
            if !Comparison::new(btf).prototypes(prototype, sig)? {
                return Err(Failure::new(
                    EPROTOTYPE(),
                    fmt!("sig: the kernel has `{prototype}`, not `{}`", Pure(sig)),
                ));
            }
        }
        let mut parameters = KVec::new();
        for parameter in prototype.parameters() {
            let parameter = Formal {
                declaration: to_c_string(fmt!("{parameter}"))?,
                name: CString::try_from(parameter.name)?,
                kind: by_value(parameter.ty),
                id: Some(parameter.ty.id()),
            };
            parameters.push(parameter, GFP_KERNEL)?;
        }
        Ok(Self {
            returns: by_value(prototype.returns()),
            returns_id: Some(prototype.returns().id()),
            parameters,
            variadic: prototype.is_variadic(),
            prototype: printed,
            btf: None,
        })
    }

    /// By what the user says.
    #[inline(never)]
    fn said(sig: &text::Declaration<'_>, btf: Option<&Btf<'_>>) -> Result<Self, Failure> {
        let mut parameters = KVec::new();
        for parameter in sig.parameters() {
            let parameter = Formal {
                declaration: to_c_string(fmt!("{}", Pure(parameter)))?,
                name: to_c_string(fmt!("{}", parameter.name.unwrap_or_default()))?,
                kind: of_text(&parameter.ty, btf)?,
                id: None,
            };
            parameters.push(parameter, GFP_KERNEL)?;
        }
        Ok(Self {
            returns: of_text(&sig.returns, btf)?,
            returns_id: None,
            parameters,
            variadic: sig.variadic,
            prototype: to_c_string(fmt!("{}", Pure(sig)))?,
            btf: None,
        })
    }

    /// Fails if something does not travel in registers.
    #[inline(never)]
    fn refuse_unsupported(&self) -> Result<(), Failure> {
        if self.parameters.len() > MAX_ARGUMENTS {
            return Err(Failure::new(
                EOPNOTSUPP(),
                fmt!(
                    "`{}` takes more than {MAX_ARGUMENTS} arguments, which is not supported",
                    &*self.prototype
                ),
            ));
        }
        for parameter in &self.parameters {
            if parameter.kind == ValueKind::Unsupported {
                return Err(Failure::new(
                    EOPNOTSUPP(),
                    fmt!(
                        "`{}`: {} {}, which is not supported",
                        &*self.prototype,
                        &*parameter.declaration,
                        self.why(parameter.id)
                    ),
                ));
            }
        }
        match self.returns {
            ValueKind::Unsupported => Err(Failure::new(
                EOPNOTSUPP(),
                fmt!(
                    "`{}`: what it returns {}, which is not supported",
                    &*self.prototype,
                    self.why(self.returns_id)
                ),
            )),
            _ => Ok(()),
        }
    }

    /// Why values of this type do not travel in registers.
    fn why(&self, id: Option<u32>) -> &'static str {
        let ty = self.btf.as_ref().zip(id).map(|(btf, id)| btf.ty(id));
        ty.and_then(|ty| Travel::of(ty).err())
            .unwrap_or("is no integer or pointer")
    }
}

/// What of a prototype is not supported, so that nobody can call such a function.
pub(crate) fn unsupported(prototype: &Prototype<'_>) -> Option<&'static str> {
    if prototype.parameters().len() > MAX_ARGUMENTS {
        return Some("it takes more than 12 arguments");
    }
    let is_unsupported = |ty| by_value(ty) == ValueKind::Unsupported;
    let btf = prototype.returns().btf();
    let mut parameters = prototype.parameter_ids().map(|id| btf.ty(id));
    if parameters.any(is_unsupported) {
        return Some("it takes a value that does not travel in registers");
    }
    is_unsupported(prototype.returns())
        .then_some("it returns a value that does not travel in registers")
}

/// The kind of a parameter of this type, or of a value that is returned.
pub(crate) fn by_value(ty: Type<'_>) -> ValueKind {
    match (of_btf(ty), Travel::of(ty)) {
        (ValueKind::Unsupported, Ok(travel)) => ValueKind::Structure(travel),
        (kind, _) => kind,
    }
}

/// The kind of a type of the kernel's.
pub(crate) fn of_btf(ty: Type<'_>) -> ValueKind {
    match ty.shape() {
        Shape::Void => ValueKind::Void,
        Shape::Bool => ValueKind::Bool,
        Shape::Integer { size, signed } if size <= 8 => ValueKind::Integer { size, signed },
        Shape::Enum { size, signed } if size <= 8 => ValueKind::Enum {
            id: ty.id(),
            size,
            signed,
        },
        Shape::Pointer => {
            let target = ty.strip().target();
            let constant = target.is_const();
            match target.is_function() {
                true => ValueKind::Function,
                false if target.is_char() => ValueKind::String { constant },
                false => ValueKind::Pointer {
                    constant,
                    size: target.size(),
                },
            }
        }
        _ => ValueKind::Unsupported,
    }
}

/// The kind of a type that the user wrote.
fn of_text(ty: &text::TypeName<'_>, btf: Option<&Btf<'_>>) -> Result<ValueKind, Failure> {
    if let Some((_, pointers)) = ty.pointers().split_last() {
        let constant = pointers.last().unwrap_or(&ty.qualifiers).constant;
        return Ok(match ty.base {
            Base::Char { .. } if pointers.is_empty() => ValueKind::String { constant },
            _ => ValueKind::Pointer { constant, size: 0 },
        });
    }
    let named = |name: &str, kind| {
        let name = to_c_string(fmt!("{name}"))?;
        let ty = btf.and_then(|btf| btf.named(&name, kind)).map(of_btf);
        ty.ok_or_else(|| Failure::new(EINVAL, fmt!("sig: the kernel has no type {}", &*name)))
    };
    Ok(match ty.base {
        Base::Void => ValueKind::Void,
        Base::Bool => ValueKind::Bool,
        // The kernel is built with -funsigned-char.
        Base::Char { signed } => ValueKind::Integer {
            size: 1,
            signed: signed.unwrap_or(false),
        },
        Base::Integer { signed, rank } => ValueKind::Integer {
            size: rank.size(),
            signed,
        },
        Base::Enum(name) => named(name, kallsyms::TypeKind::Enum)?,
        Base::Named(name) => named(name, kallsyms::TypeKind::Typedef)?,
        Base::FunctionPointer(_) => ValueKind::Function,
        Base::Float(_) | Base::Struct(_) | Base::Union(_) => ValueKind::Unsupported,
    })
}
