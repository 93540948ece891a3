// SPDX-License-Identifier: GPL-2.0

//! The prototype of a C function: `int _printk(const char *fmt, ...)`.
//!
//! Enough of C to read one declaration as it stands in a header, and to write it in one canonical
//! form, which is that of `bpftool btf dump … format c` with the short names of the integer types.
//!
//! Not supported: types defined on the spot, arrays of arrays, functions that return function
//! pointers (a typedef has a name for them), `typeof`, 128-bit integers, attributes with arguments.
//! A function pointer is taken as it is written; `restrict`, sparse's address spaces and the like
//! are dropped.

use super::{
    cursor::{
        ascii,
        Cursor, //
    },
    ParseError, //
};
use core::fmt;

/// The most parameters that a prototype can have.
pub const MAX_PARAMETERS: usize = 12;

/// The most levels of pointers that a type can have.
pub const MAX_POINTERS: usize = 4;

const TWO_TYPES: &str = "this word and the ones before it are not one type";
const NO_TYPE: &str = "a type is missing here";
const RESERVED: &str = "a word of C's own cannot be used here";
const NOT_A_PARAMETER: &str = "expected a comma or `)` after this parameter";
const FORM: &str = "a function pointer is written `(*name)(...)`";
const UNCLOSED: &str = "this parenthesis is never closed";

/// The prototype of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declaration<'a> {
    /// Of the function.
    pub name: &'a str,
    /// What it returns.
    pub returns: TypeName<'a>,
    /// Whether more arguments may follow: `...`.
    pub variadic: bool,
    parameters: [ParameterDeclaration<'a>; MAX_PARAMETERS],
    length: usize,
}

impl<'a> Declaration<'a> {
    /// A function without parameters.
    pub const fn new(name: &'a str, returns: TypeName<'a>) -> Self {
        Self {
            name,
            returns,
            variadic: false,
            parameters: [ParameterDeclaration::new(None, TypeName::new(Base::Void));
                MAX_PARAMETERS],
            length: 0,
        }
    }

    /// What has not been read yet: `void (void)`, without a name.
    pub const NOTHING: Self = Self::new("", TypeName::new(Base::Void));

    /// Its parameters, in order.
    pub fn parameters(&self) -> &[ParameterDeclaration<'a>] {
        self.parameters.get(..self.length).unwrap_or_default()
    }

    /// Adds a parameter behind the others; `None` when there is no place.
    #[must_use]
    pub fn push(&mut self, parameter: ParameterDeclaration<'a>) -> Option<()> {
        *self.parameters.get_mut(self.length)? = parameter;
        self.length = self.length.saturating_add(1);
        Some(())
    }
}

/// A parameter of a function.
#[derive(Clone, Copy, Debug)]
pub struct ParameterDeclaration<'a> {
    /// Its name, if it has one.
    pub name: Option<&'a str>,
    /// Its type.
    pub ty: TypeName<'a>,
    /// Where it was written, counted from 1; 0 if it was not.
    pub column: usize,
}

impl<'a> ParameterDeclaration<'a> {
    /// A parameter that was not written by the user.
    pub const fn new(name: Option<&'a str>, ty: TypeName<'a>) -> Self {
        Self {
            name,
            ty,
            column: 0,
        }
    }
}

impl PartialEq for ParameterDeclaration<'_> {
    /// Parameters are equal wherever they were written.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.ty == other.ty
    }
}

impl Eq for ParameterDeclaration<'_> {}

/// A type: a base, and pointers to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeName<'a> {
    /// What is left without the pointers.
    pub base: Base<'a>,
    /// Of the base.
    pub qualifiers: Qualifiers,
    pointers: [Qualifiers; MAX_POINTERS],
    depth: usize,
}

impl<'a> TypeName<'a> {
    /// `base` itself.
    pub const fn new(base: Base<'a>) -> Self {
        Self {
            base,
            qualifiers: Qualifiers::NONE,
            pointers: [Qualifiers::NONE; MAX_POINTERS],
            depth: 0,
        }
    }

    /// The pointers, by what qualifies each; the first points to the base.
    pub fn pointers(&self) -> &[Qualifiers] {
        self.pointers.get(..self.depth).unwrap_or_default()
    }

    /// Makes it a pointer to what it is; `None` when it has [`MAX_POINTERS`] levels already.
    #[must_use]
    pub fn point(&mut self, qualifiers: Qualifiers) -> Option<()> {
        *self.pointers.get_mut(self.depth)? = qualifiers;
        self.depth = self.depth.saturating_add(1);
        Some(())
    }

    /// What qualifies the whole: the last pointer, or the base of what is no pointer.
    fn outermost(&mut self) -> &mut Qualifiers {
        let depth = self.depth;
        match self.pointers.get_mut(..depth).and_then(<[_]>::last_mut) {
            Some(pointer) => pointer,
            None => &mut self.qualifiers,
        }
    }

    /// Whether it is `void`, which no value is.
    pub fn is_void(&self) -> bool {
        self.base == Base::Void && self.depth == 0
    }
}

/// What qualifies a type or a pointer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Qualifiers {
    /// `const`
    pub constant: bool,
    /// `volatile`
    pub volatile: bool,
}

impl Qualifiers {
    /// Neither.
    pub const NONE: Self = Self {
        constant: false,
        volatile: false,
    };
}

/// What a type is without its pointers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base<'a> {
    /// `void`
    Void,
    /// `bool`, also written `_Bool`.
    Bool,
    /// `char`, whose sign is the compiler's choice unless it is given.
    Char {
        /// Whether it is `signed` or `unsigned`, if either.
        signed: Option<bool>,
    },
    /// One of the other integers.
    Integer {
        /// Whether it is not `unsigned`.
        signed: bool,
        /// How long it is.
        rank: Rank,
    },
    /// A floating point type, by its name.
    Float(&'static str),
    /// `struct` and the tag.
    Struct(&'a str),
    /// `union` and the tag.
    Union(&'a str),
    /// `enum` and the tag.
    Enum(&'a str),
    /// A typedef.
    Named(&'a str),
    /// A pointer to a function; the whole parameter.
    FunctionPointer(Opaque<'a>),
}

/// How long an integer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// `short`
    Short,
    /// `int`
    Int,
    /// `long`
    Long,
    /// `long long`
    LongLong,
}

impl Rank {
    /// How many bytes such an integer has on a 64-bit machine.
    pub const fn size(self) -> u32 {
        match self {
            Self::Short => 2,
            Self::Int => 4,
            Self::Long | Self::LongLong => 8,
        }
    }
}

/// A piece of C that is kept as it is written: `int (*compare)(const void *, const void *)`.
#[derive(Clone, Copy, Debug)]
pub struct Opaque<'a>(pub &'a str);

impl PartialEq for Opaque<'_> {
    /// How much space is between the words does not matter.
    fn eq(&self, other: &Self) -> bool {
        self.0
            .split_ascii_whitespace()
            .eq(other.0.split_ascii_whitespace())
    }
}

impl Eq for Opaque<'_> {}

impl fmt::Display for Opaque<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = "";
        for word in self.0.split_ascii_whitespace() {
            write!(f, "{before}{word}")?;
            before = " ";
        }
        Ok(())
    }
}

impl fmt::Display for Base<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (keyword, name) = match *self {
            Self::Void => ("", "void"),
            Self::Bool => ("", "bool"),
            Self::Char { signed: None } => ("", "char"),
            Self::Char { signed: Some(true) } => ("signed ", "char"),
            Self::Char {
                signed: Some(false),
            } => ("unsigned ", "char"),
            Self::Integer { signed, rank } => (
                if signed { "" } else { "unsigned " },
                match rank {
                    Rank::Short => "short",
                    Rank::Int => "int",
                    Rank::Long => "long",
                    Rank::LongLong => "long long",
                },
            ),
            Self::Float(name) => ("", name),
            Self::Struct(tag) => ("struct ", tag),
            Self::Union(tag) => ("union ", tag),
            Self::Enum(tag) => ("enum ", tag),
            Self::Named(name) => ("", name),
            Self::FunctionPointer(text) => return text.fmt(f),
        };
        write!(f, "{keyword}{name}")
    }
}

impl fmt::Display for TypeName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Qualifiers { constant, volatile } = self.qualifiers;
        if volatile {
            f.write_str("volatile ")?;
        }
        if constant {
            f.write_str("const ")?;
        }
        self.base.fmt(f)?;
        let mut star = " *";
        for &Qualifiers { constant, volatile } in self.pointers() {
            f.write_str(star)?;
            if volatile {
                f.write_str(" volatile")?;
            }
            if constant {
                f.write_str(" const")?;
            }
            star = if volatile || constant { " *" } else { "*" };
        }
        Ok(())
    }
}

impl TypeName<'_> {
    /// Writes it, and `name` as of this type.
    fn declare(&self, f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
        let close = self.pointers().last() == Some(&Qualifiers::NONE);
        write!(f, "{self}{}{name}", if close { "" } else { " " })
    }
}

impl fmt::Display for ParameterDeclaration<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.ty.base, self.name) {
            // The name is in it.
            (Base::FunctionPointer(text), _) => text.fmt(f),
            (_, Some(name)) => self.ty.declare(f, name),
            (_, None) => self.ty.fmt(f),
        }
    }
}

impl fmt::Display for Declaration<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.returns.declare(f, self.name)?;
        let mut before = "(";
        for parameter in self.parameters() {
            write!(f, "{before}{parameter}")?;
            before = ", ";
        }
        f.write_str(match (self.length, self.variadic) {
            (0, _) => "(void)",
            (_, true) => ", ...)",
            (_, false) => ")",
        })
    }
}

/// The prototype in `text`, perhaps with a semicolon.
#[inline]
pub fn prototype(text: &[u8]) -> Result<Declaration<'_>, ParseError> {
    let mut prototype = Declaration::NOTHING;
    read_prototype(text, &mut prototype)?;
    Ok(prototype)
}

/// Reads the prototype in `text`, perhaps with a semicolon, into a place for it: on the kernel's stack there is
/// none to spare.
pub fn read_prototype<'a>(
    text: &'a [u8],
    prototype: &mut Declaration<'a>,
) -> Result<(), ParseError> {
    let mut parser = Parser::new(text)?;
    let mut returns = parser.specifiers()?;
    parser.pointers(&mut returns)?;
    let name = match parser.token {
        Token::Word(_) => parser.name()?,
        Token::Open => {
            return Err(parser.error("a type, or the function's name, is missing before this `(`"))
        }
        _ => return Err(parser.error("the function's name is missing here")),
    };
    prototype.name = name;
    prototype.returns = returns;
    prototype.variadic = false;
    prototype.length = 0;
    let open = parser.here;
    if parser.token != Token::Open {
        return Err(parser.error("`(` must follow the function's name"));
    }
    parser.advance()?;
    parser.parameters(prototype, open)?;
    if parser.token == Token::Semicolon {
        parser.advance()?;
    }
    match parser.token {
        Token::End => Ok(()),
        _ => Err(parser.error("nothing may follow the prototype")),
    }
}

/// The type in `text`, which has no name.
pub fn type_name(text: &[u8]) -> Result<TypeName<'_>, ParseError> {
    let mut parser = Parser::new(text)?;
    let mut ty = parser.specifiers()?;
    parser.pointers(&mut ty)?;
    match parser.token {
        Token::End => Ok(ty),
        _ => Err(parser.error("expected `*` or nothing after this type")),
    }
}

/// Takes a type without a name, and the parenthesis behind it, as in a cast.
pub(super) fn cast<'a>(cursor: &mut Cursor<'a>) -> Result<TypeName<'a>, ParseError> {
    let mut parser = Parser::at(*cursor)?;
    let mut ty = parser.specifiers()?;
    parser.pointers(&mut ty)?;
    if parser.token != Token::Close {
        return Err(parser.error("expected `*` or `)` after this type"));
    }
    *cursor = parser.next;
    Ok(ty)
}

/// Whether the word can only be the first of a type.
pub(super) fn begins_type(word: &str) -> bool {
    !matches!(classify(word), Class::Reserved(_) | Class::Name)
}

/// Reads the prototype of what a pointer to a function points to, which has no name, into a place for it. Columns
/// count from the start of `pointer`.
pub fn read_callback<'a>(
    pointer: Opaque<'a>,
    prototype: &mut Declaration<'a>,
) -> Result<(), ParseError> {
    let mut parser = Parser::new(pointer.0.as_bytes())?;
    let mut returns = parser.specifiers()?;
    parser.pointers(&mut returns)?;
    prototype.name = "";
    prototype.returns = returns;
    prototype.variadic = false;
    prototype.length = 0;
    parser.expect(Token::Open)?;
    let mut star = TypeName::new(Base::Void);
    parser.pointers(&mut star)?;
    if star.depth != 1 {
        return Err(parser.error("a pointer to a pointer to a function is not supported"));
    }
    if let Token::Word(_) = parser.token {
        parser.name()?;
    }
    parser.expect(Token::Close)?;
    let open = parser.here;
    parser.expect(Token::Open)?;
    parser.parameters(prototype, open)?;
    parser.expect(Token::End)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Number,
    Star,
    Comma,
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    Semicolon,
    Ellipsis,
    End,
}

/// What a word is in C.
enum Class {
    Const,
    Volatile,
    /// It says nothing about how to call a function.
    Ignored,
    /// A part of the name of an arithmetic type.
    Arithmetic(u16),
    Struct,
    Union,
    Enum,
    /// Any other word that cannot be a name.
    Reserved(&'static str),
    Name,
}

const VOID: u16 = 1 << 0;
const BOOL: u16 = 1 << 1;
const CHAR: u16 = 1 << 2;
const SHORT: u16 = 1 << 3;
const INT: u16 = 1 << 4;
const LONG: u16 = 1 << 5;
const LONG_LONG: u16 = 1 << 6;
const SIGNED: u16 = 1 << 7;
const UNSIGNED: u16 = 1 << 8;
const FLOAT: u16 = 1 << 9;
const DOUBLE: u16 = 1 << 10;

/// The words that may be together. What is a part of one of these is a type, except `LONG_LONG`
/// without `LONG`, which is not made.
const TOGETHER: [u16; 10] = [
    VOID,
    BOOL,
    FLOAT,
    DOUBLE | LONG,
    CHAR | SIGNED,
    CHAR | UNSIGNED,
    SHORT | INT | SIGNED,
    SHORT | INT | UNSIGNED,
    LONG | LONG_LONG | INT | SIGNED,
    LONG | LONG_LONG | INT | UNSIGNED,
];

fn classify(word: &str) -> Class {
    match word {
        "const" | "__const" | "__const__" => Class::Const,
        "volatile" | "__volatile" | "__volatile__" => Class::Volatile,
        "restrict" | "__restrict" | "__restrict__" => Class::Ignored,
        "static" | "extern" | "register" | "inline" | "__inline" | "__inline__" => Class::Ignored,
        "asmlinkage" | "noinline" | "notrace" | "__always_inline" | "__visible" => Class::Ignored,
        "__must_check" | "__weak" | "__init" | "__exit" | "__sched" | "__cold" => Class::Ignored,
        "__user" | "__rcu" | "__iomem" | "__percpu" | "__kernel" | "__force" => Class::Ignored,
        "__bpf_kfunc" | "__maybe_unused" | "__noreturn" | "_Noreturn" => Class::Ignored,
        "void" => Class::Arithmetic(VOID),
        "bool" | "_Bool" => Class::Arithmetic(BOOL),
        "char" => Class::Arithmetic(CHAR),
        "short" => Class::Arithmetic(SHORT),
        "int" => Class::Arithmetic(INT),
        "long" => Class::Arithmetic(LONG),
        "signed" | "__signed" | "__signed__" => Class::Arithmetic(SIGNED),
        "unsigned" => Class::Arithmetic(UNSIGNED),
        "float" => Class::Arithmetic(FLOAT),
        "double" => Class::Arithmetic(DOUBLE),
        "struct" => Class::Struct,
        "union" => Class::Union,
        "enum" => Class::Enum,
        "__attribute__" | "__attribute" => {
            Class::Reserved("attributes are not supported; leave them out")
        }
        "__int128" | "__int128_t" | "__uint128_t" => {
            Class::Reserved("128-bit integers are not supported")
        }
        "typeof" | "__typeof" | "__typeof__" | "typeof_unqual" => {
            Class::Reserved("typeof is not supported; write the type itself")
        }
        "asm" | "auto" | "break" | "case" | "continue" | "default" | "do" | "else" | "for"
        | "goto" | "if" | "return" | "sizeof" | "switch" | "typedef" | "while" | "_Alignas"
        | "_Alignof" | "_Atomic" | "_Complex" | "_Generic" | "_Imaginary" | "_Static_assert"
        | "_Thread_local" => Class::Reserved(RESERVED),
        _ => Class::Name,
    }
}

/// The type that arithmetic words make, of which there is at least one, and all may be together.
fn arithmetic<'a>(words: u16) -> Base<'a> {
    let has = |word| words & word != 0;
    let signed = !has(UNSIGNED);
    if has(VOID) {
        Base::Void
    } else if has(BOOL) {
        Base::Bool
    } else if has(FLOAT) {
        Base::Float("float")
    } else if has(DOUBLE) {
        Base::Float(if has(LONG) { "long double" } else { "double" })
    } else if has(CHAR) {
        Base::Char {
            signed: has(SIGNED | UNSIGNED).then_some(signed),
        }
    } else {
        let rank = if has(SHORT) {
            Rank::Short
        } else if has(LONG_LONG) {
            Rank::LongLong
        } else if has(LONG) {
            Rank::Long
        } else {
            Rank::Int
        };
        Base::Integer { signed, rank }
    }
}

/// Reads one token ahead.
struct Parser<'a> {
    /// The token that is read next.
    token: Token<'a>,
    /// Where it begins.
    here: Cursor<'a>,
    /// Where it ends.
    next: Cursor<'a>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a [u8]) -> Result<Self, ParseError> {
        Self::at(Cursor::line(text))
    }

    fn at(start: Cursor<'a>) -> Result<Self, ParseError> {
        let mut parser = Self {
            token: Token::End,
            here: start,
            next: start,
        };
        parser.advance()?;
        Ok(parser)
    }

    /// The error `what`, at the token that is read next.
    fn error(&self, what: &'static str) -> ParseError {
        self.here.error(what)
    }

    fn advance(&mut self) -> Result<(), ParseError> {
        self.next.take_while(|byte| byte.is_ascii_whitespace());
        self.here = self.next;
        let word = self
            .next
            .take_ascii(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        self.token = match word.bytes().next() {
            Some(b'0'..=b'9') => Token::Number,
            Some(_) => Token::Word(word),
            None => match self.next.bump() {
                None => Token::End,
                Some(b'*') => Token::Star,
                Some(b',') => Token::Comma,
                Some(b'(') => Token::Open,
                Some(b')') => Token::Close,
                Some(b'[') => Token::OpenBracket,
                Some(b']') => Token::CloseBracket,
                Some(b';') => Token::Semicolon,
                Some(b'.') if self.next.eat(b'.') && self.next.eat(b'.') => Token::Ellipsis,
                Some(b'.') => return Err(self.error("`...` has three dots")),
                Some(_) => return Err(self.error("this character is not part of a prototype")),
            },
        };
        Ok(())
    }

    /// Takes the token that is next, which in a pointer to a function must be this one.
    fn expect(&mut self, token: Token<'a>) -> Result<(), ParseError> {
        match self.token == token {
            true => self.advance(),
            false => Err(self.error(FORM)),
        }
    }

    /// Takes the word that is next as a name.
    fn name(&mut self) -> Result<&'a str, ParseError> {
        let Token::Word(name) = self.token else {
            return Err(self.error("a name is missing here"));
        };
        match classify(name) {
            Class::Name => {}
            Class::Reserved(what) => return Err(self.error(what)),
            _ => return Err(self.error(RESERVED)),
        }
        self.advance()?;
        Ok(name)
    }

    /// Takes the words before the pointers: the base and what qualifies it, in any order.
    #[inline(never)]
    fn specifiers(&mut self) -> Result<TypeName<'a>, ParseError> {
        let mut qualifiers = Qualifiers::NONE;
        let mut base = None;
        let mut words = 0;
        while let Token::Word(word) = self.token {
            let class = classify(word);
            match class {
                Class::Const => qualifiers.constant = true,
                Class::Volatile => qualifiers.volatile = true,
                Class::Ignored => {}
                Class::Reserved(what) => return Err(self.error(what)),
                // The name of what is declared.
                Class::Name if base.is_some() => break,
                _ if base.is_some() && words == 0 => return Err(self.error(TWO_TYPES)),
                Class::Arithmetic(word) => {
                    let word = if words & word == LONG {
                        LONG_LONG
                    } else {
                        word
                    };
                    let all = words | word;
                    if words & word != 0 || !TOGETHER.iter().any(|set| all & !set == 0) {
                        return Err(self.error(TWO_TYPES));
                    }
                    words = all;
                    base = Some(arithmetic(words));
                }
                Class::Struct | Class::Union | Class::Enum if words != 0 => {
                    return Err(self.error(TWO_TYPES))
                }
                Class::Struct => base = Some(Base::Struct(self.tag()?)),
                Class::Union => base = Some(Base::Union(self.tag()?)),
                Class::Enum => base = Some(Base::Enum(self.tag()?)),
                Class::Name => base = Some(Base::Named(word)),
            }
            self.advance()?;
        }
        Ok(TypeName {
            qualifiers,
            ..TypeName::new(base.ok_or(self.error(NO_TYPE))?)
        })
    }

    /// Takes the keyword before a tag; the tag is next.
    fn tag(&mut self) -> Result<&'a str, ParseError> {
        self.advance()?;
        match self.token {
            Token::Word(tag) if matches!(classify(tag), Class::Name) => Ok(tag),
            _ => Err(self.error("a tag must follow `struct`, `union` or `enum`")),
        }
    }

    /// Takes the pointers, and what qualifies each.
    fn pointers(&mut self, ty: &mut TypeName<'a>) -> Result<(), ParseError> {
        loop {
            match self.token {
                Token::Star => self.point(ty)?,
                Token::Word(word) => match classify(word) {
                    Class::Const => ty.outermost().constant = true,
                    Class::Volatile => ty.outermost().volatile = true,
                    Class::Ignored => {}
                    _ => return Ok(()),
                },
                _ => return Ok(()),
            }
            self.advance()?;
        }
    }

    fn point(&self, ty: &mut TypeName<'a>) -> Result<(), ParseError> {
        ty.point(Qualifiers::NONE)
            .ok_or(self.error("more than 4 levels of pointers are not supported"))
    }

    /// Takes all parameters, and the parenthesis that closes the one at `open`.
    fn parameters(
        &mut self,
        prototype: &mut Declaration<'a>,
        open: Cursor<'a>,
    ) -> Result<(), ParseError> {
        if self.token == Token::Close {
            return self.advance();
        }
        loop {
            if self.token == Token::Ellipsis && prototype.length != 0 {
                prototype.variadic = true;
                self.advance()?;
                if self.token != Token::Close {
                    return Err(self.error("only `)` may follow `...`"));
                }
                return self.advance();
            }
            let start = self.here;
            let parameter = self.parameter(open)?;
            if parameter.ty.is_void() {
                let alone = prototype.length == 0 && self.token == Token::Close;
                if alone && parameter == ParameterDeclaration::new(None, TypeName::new(Base::Void))
                {
                    return self.advance();
                }
                return Err(start.error("a parameter cannot be void"));
            }
            prototype
                .push(parameter)
                .ok_or(start.error("more than 12 parameters are not supported"))?;
            match self.token {
                Token::Comma => self.advance()?,
                Token::Close => return self.advance(),
                Token::End => return Err(open.error(UNCLOSED)),
                _ => return Err(self.error(NOT_A_PARAMETER)),
            }
        }
    }

    #[inline(never)]
    fn parameter(&mut self, open: Cursor<'a>) -> Result<ParameterDeclaration<'a>, ParseError> {
        let start = self.here;
        match self.token {
            Token::Word(_) => {}
            Token::End => return Err(open.error(UNCLOSED)),
            Token::Ellipsis => return Err(self.error("a parameter must be before `...`")),
            _ => return Err(self.error("a parameter is missing here")),
        }
        let mut ty = self.specifiers()?;
        self.pointers(&mut ty)?;
        let name = match self.token {
            Token::Open => return self.function_pointer(start),
            Token::Word(_) => Some(self.name()?),
            _ => None,
        };
        match self.token {
            Token::OpenBracket => self.array(&mut ty)?,
            Token::Open => return Err(self.error(FORM)),
            _ => {}
        }
        Ok(ParameterDeclaration {
            name,
            ty,
            column: start.column(),
        })
    }

    /// Takes the brackets of an array of `ty`, which as a parameter is a pointer.
    fn array(&mut self, ty: &mut TypeName<'a>) -> Result<(), ParseError> {
        let bracket = self.here;
        if ty.is_void() {
            return Err(bracket.error("an array cannot be of void"));
        }
        self.point(ty)?;
        loop {
            self.advance()?;
            match self.token {
                Token::Word(_) | Token::Number | Token::Star => {}
                Token::CloseBracket => break,
                Token::End => return Err(bracket.error("this bracket is never closed")),
                _ => return Err(self.error("the length of an array is a number or a name")),
            }
        }
        self.advance()?;
        match self.token {
            Token::OpenBracket => Err(self.error("arrays of arrays are not supported")),
            _ => Ok(()),
        }
    }

    /// Takes the rest of a pointer to a function, from its first parenthesis. All of it, from
    /// `start`, is kept as it is.
    #[inline(never)]
    fn function_pointer(
        &mut self,
        start: Cursor<'a>,
    ) -> Result<ParameterDeclaration<'a>, ParseError> {
        self.advance()?;
        if self.token != Token::Star {
            return Err(self.error(FORM));
        }
        // Whatever it points to, it is a pointer.
        let mut pointer = TypeName::new(Base::Void);
        self.pointers(&mut pointer)?;
        let name = match self.token {
            Token::Word(_) => Some(self.name()?),
            _ => None,
        };
        if self.token != Token::Close {
            return Err(self.error(FORM));
        }
        self.advance()?;
        if self.token != Token::Open {
            return Err(self.error(FORM));
        }
        let open = self.here;
        let mut depth = 0usize;
        loop {
            match self.token {
                Token::Open => depth = depth.saturating_add(1),
                Token::Close => depth = depth.saturating_sub(1),
                Token::End => return Err(open.error(UNCLOSED)),
                Token::Semicolon => return Err(self.error(NOT_A_PARAMETER)),
                _ => {}
            }
            if depth == 0 {
                break;
            }
            self.advance()?;
        }
        let text = Opaque(ascii(start.until(&self.next)));
        self.advance()?;
        Ok(ParameterDeclaration {
            name,
            ty: TypeName::new(Base::FunctionPointer(text)),
            column: start.column(),
        })
    }
}
