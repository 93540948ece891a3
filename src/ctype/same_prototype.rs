// SPDX-License-Identifier: GPL-2.0

//! Compares a prototype that the user wrote with the one that the kernel has.
//!
//! Types are compared as C does it, not as they are written: typedefs are resolved on both sides,
//! integers are the same if their sizes and signs are, structures, unions and enumerations if their
//! tags are. Qualifiers of a pointer's target count, qualifiers of a parameter do not.

use super::named::base;
use crate::{
    failure::Failure,
    kallsyms::{
        Btf,
        Prototype,
        Shape,
        Type, //
    },
    print::Pure,
    text::{
        self,
        Base,
        Opaque, //
    }, //
};
use kernel::prelude::{
    fmt,
    *, //
};

/// How many levels of pointers and functions are compared. The kernel's stack is small, so
/// prototypes are on the heap.
const MAX_DEPTH: usize = 8;

/// A type that the user wrote.
#[derive(Clone, Copy)]
enum WrittenType<'a> {
    /// A type in the text, with only its first N pointers.
    Text(&'a text::TypeName<'a>, usize),
    /// A type of the kernel's that a name in the text stands for.
    Type(Type<'a>),
    /// A function that the text has a pointer to.
    Function(Opaque<'a>),
}

/// A type without typedefs and qualifiers.
enum Form<'a> {
    Value(Shape),
    Float(usize),
    Pointer(WrittenType<'a>),
    Function(WrittenType<'a>),
    Array(WrittenType<'a>, usize),
    Tagged(Type<'a>),
}

/// The prototype that `read` reads, on the heap: it would take too much of the stack in a
/// recursion.
#[inline(never)]
pub(crate) fn parse<'a>(
    read: impl FnOnce(&mut text::Declaration<'a>) -> Result<(), text::ParseError>,
    failure: impl FnOnce(text::ParseError) -> Failure,
) -> Result<KBox<text::Declaration<'a>>, Failure> {
    let mut prototype = KBox::write(KBox::new_uninit(GFP_KERNEL)?, text::Declaration::NOTHING);
    read(&mut prototype).map_err(failure)?;
    Ok(prototype)
}

/// What qualifies a type.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Qualified {
    constant: bool,
    volatile: bool,
}

/// Compares by the types of one BTF, which must have the kernel's prototype.
#[derive(Clone, Copy)]
pub(crate) struct Comparison<'a> {
    btf: &'a Btf<'a>,
}

impl<'a> Comparison<'a> {
    /// `btf` is the function's.
    pub(crate) fn new(btf: &'a Btf<'a>) -> Self {
        Self { btf }
    }

    /// Whether the two prototypes say the same; the names of parameters do not matter.
    ///
    /// Fails if the text has a type that the kernel does not know.
    pub(crate) fn prototypes(
        self,
        known: &Prototype<'_>,
        sig: &text::Declaration<'_>,
    ) -> Result<bool, Failure> {
        self.prototypes_within(known, sig, MAX_DEPTH)
    }

    fn prototypes_within(
        self,
        known: &Prototype<'_>,
        sig: &text::Declaration<'_>,
        depth: usize,
    ) -> Result<bool, Failure> {
        let of_text = |ty| WrittenType::Text(ty, usize::MAX);
        // All types are looked up, whatever the comparison yields: a type that does not exist is an
        // error.
        let mut same = known.is_variadic() == sig.variadic
            && known.parameters().len() == sig.parameters().len();
        same &= self.values(known.returns(), of_text(&sig.returns), depth)?;
        let mut parameters = known.parameters();
        for parameter in sig.parameters() {
            let known = parameters.next().map(|known| known.ty);
            let known = known.unwrap_or(self.btf.ty(0));
            same &= self.values(known, of_text(&parameter.ty), depth)?;
        }
        Ok(same)
    }

    /// Whether values of the two types are the same; the outermost qualifiers do not matter.
    fn values(
        self,
        known: Type<'_>,
        written: WrittenType<'_>,
        depth: usize,
    ) -> Result<bool, Failure> {
        let (_, form) = self.form(written)?;
        // An array as a parameter is a pointer, and the kernel's types have it as one.
        let form = match form {
            Form::Array(element, _) => Form::Pointer(element),
            form => form,
        };
        self.forms(known, form, depth)
    }

    /// Whether the two types are the same, with their qualifiers.
    fn types(
        self,
        known: Type<'_>,
        written: WrittenType<'_>,
        depth: usize,
    ) -> Result<bool, Failure> {
        if matches!(written, WrittenType::Type(ty) if ty.id() == known.id()) {
            return Ok(true);
        }
        let (qualifiers, form) = self.form(written)?;
        let same = qualifiers == Qualified::of(known);
        Ok(self.forms(known, form, depth)? && same)
    }

    /// Whether the two are the same without qualifiers. The types in the text are always looked up.
    fn forms(self, known: Type<'_>, written: Form<'_>, depth: usize) -> Result<bool, Failure> {
        let Some(depth) = depth.checked_sub(1) else {
            return Ok(false);
        };
        let nothing = self.btf.ty(0);
        match written {
            Form::Value(shape) => Ok(known.shape() == shape),
            Form::Float(size) => Ok(known.shape() == Shape::Float && known.size() == size),
            Form::Tagged(ty) if known.strip().id() == ty.strip().id() => Ok(true),
            Form::Tagged(ty) => Ok(!ty.tag().is_empty()
                && known.is_struct() == ty.is_struct()
                && known.is_union() == ty.is_union()
                && known.is_enum() == ty.is_enum()
                && known.tag() == ty.tag()),
            Form::Pointer(target) => {
                let pointee = known.pointee();
                let same = self.types(pointee.unwrap_or(nothing), target, depth)?;
                Ok(same && pointee.is_some())
            }
            Form::Array(element, length) => {
                let array = known.array();
                let (ty, count) = array.unwrap_or((nothing, 0));
                let same = self.types(ty, element, depth)?;
                Ok(same && array.is_some() && count == length)
            }
            Form::Function(function) => match (known.prototype(), function) {
                (Some(known), WrittenType::Function(text)) => self.callback(&known, text, depth),
                (Some(known), WrittenType::Type(ty)) => match ty.prototype() {
                    Some(written) => self.functions_within(&known, &written, depth),
                    None => Ok(false),
                },
                _ => Ok(false),
            },
        }
    }

    /// Whether a function has the prototype of the function pointer in the text.
    fn callback(
        self,
        known: &Prototype<'_>,
        written: Opaque<'_>,
        depth: usize,
    ) -> Result<bool, Failure> {
        let failure = |error: text::ParseError| {
            Failure::new(EINVAL, fmt!("sig: `{}`: {}", Pure(written), error.what))
        };
        let parsed = parse(|prototype| text::read_callback(written, prototype), failure)?;
        self.prototypes_within(known, &parsed, depth)
    }

    /// Whether two function types of the kernel are the same. They are in one BTF, or `written` is
    /// in the BTF that the other one's BTF is based on.
    pub(crate) fn functions(
        self,
        known: &Prototype<'_>,
        written: &Prototype<'_>,
    ) -> Result<bool, Failure> {
        self.functions_within(known, written, MAX_DEPTH)
    }

    fn functions_within(
        self,
        known: &Prototype<'_>,
        written: &Prototype<'_>,
        depth: usize,
    ) -> Result<bool, Failure> {
        if known.is_variadic() != written.is_variadic()
            || known.parameters().len() != written.parameters().len()
        {
            return Ok(false);
        }
        let same = |known: Type<'_>, written: Type<'_>| {
            Ok::<_, Failure>(
                known.id() == written.id() || self.forms(known, Form::of(written), depth)?,
            )
        };
        let mut all = same(known.returns(), written.returns())?;
        for (known, written) in known.parameters().zip(written.parameters()) {
            all &= same(known.ty, written.ty)?;
        }
        Ok(all)
    }

    /// Splits a type that the user wrote into its qualifiers and the rest, without typedefs.
    fn form<'s>(self, written: WrittenType<'s>) -> Result<(Qualified, Form<'s>), Failure>
    where
        'a: 's,
    {
        match written {
            WrittenType::Function(_) => Ok((Qualified::NONE, Form::Function(written))),
            WrittenType::Type(ty) => Ok((Qualified::of(ty), Form::of(ty))),
            WrittenType::Text(ty, level) => {
                let pointers = ty.pointers();
                let pointers = pointers.get(..level).unwrap_or(pointers);
                if let Some((last, rest)) = pointers.split_last() {
                    let target = WrittenType::Text(ty, rest.len());
                    return Ok((Qualified::written(last), Form::Pointer(target)));
                }
                let written = Qualified::written(&ty.qualifiers);
                Ok(match self.named(&ty.base)? {
                    Some(named) => (Qualified::of(named).with(written), Form::of(named)),
                    None => (written, Form::written(&ty.base)),
                })
            }
        }
    }

    /// The kernel's type that a name in the text stands for, if it is a name.
    fn named(self, base: &Base<'_>) -> Result<Option<Type<'a>>, Failure> {
        if !matches!(
            base,
            Base::Struct(_) | Base::Union(_) | Base::Enum(_) | Base::Named(_)
        ) {
            return Ok(None);
        }
        let found = base::find(base, self.btf)?;
        match found {
            Some(ty) => Ok(Some(ty)),
            None => Err(Failure::new(
                EINVAL,
                fmt!("sig: the kernel has no type {}", Pure(base)),
            )),
        }
    }
}

impl<'a> Form<'a> {
    /// The form of a base in the text that is not a name.
    fn written(base: &Base<'a>) -> Self {
        match *base {
            Base::Float("float") => Self::Float(4),
            Base::Float("double") => Self::Float(8),
            Base::Float(_) => Self::Float(16),
            Base::FunctionPointer(text) => Self::Pointer(WrittenType::Function(text)),
            _ => Self::Value(base::shape(base).unwrap_or(Shape::Void)),
        }
    }

    /// The form of a type of the kernel's.
    fn of(ty: Type<'a>) -> Self {
        if let Some((element, length)) = ty.array() {
            return Self::Array(WrittenType::Type(element), length);
        }
        if let Some(target) = ty.pointee() {
            return Self::Pointer(WrittenType::Type(target));
        }
        match ty.shape() {
            _ if ty.is_function() => Self::Function(WrittenType::Type(ty)),
            Shape::Float => Self::Float(ty.size()),
            shape @ (Shape::Void | Shape::Bool | Shape::Integer { .. }) => Self::Value(shape),
            _ => Self::Tagged(ty),
        }
    }
}

impl Qualified {
    const NONE: Self = Self {
        constant: false,
        volatile: false,
    };

    fn of(ty: Type<'_>) -> Self {
        Self {
            constant: ty.is_const(),
            volatile: ty.is_volatile(),
        }
    }

    fn written(text: &text::Qualifiers) -> Self {
        Self {
            constant: text.constant,
            volatile: text.volatile,
        }
    }

    fn with(self, other: Self) -> Self {
        Self {
            constant: self.constant || other.constant,
            volatile: self.volatile || other.volatile,
        }
    }
}
