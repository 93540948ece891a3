// SPDX-License-Identifier: GPL-2.0

//! Parses prototypes and types.

use super::{
    declaration::{
        Declaration,
        ParameterDeclaration, //
    },
    keyword::{
        arithmetic,
        classify,
        Class,
        LONG,
        LONG_LONG,
        RESERVED,
        TOGETHER, //
    },
    type_name::{
        Base,
        Opaque,
        Qualifiers,
        TypeName, //
    }, //
};
use crate::text::cursor::{
    ascii,
    is_word,
    Cursor,
    ParseError, //
};

const TWO_TYPES: &str = "this word and the ones before it are not one type";
const TOO_MANY_POINTERS: &str = "more than 4 levels of pointers are not supported";
const NO_TYPE: &str = "a type is missing here";
const NOT_A_PARAMETER: &str = "expected a comma or `)` after this parameter";
const FORM: &str = "a function pointer is written `(*name)(...)`";
const UNCLOSED: &str = "this parenthesis is never closed";

/// The prototype in `text`, with or without a semicolon.
#[inline]
pub fn prototype(text: &[u8]) -> Result<Declaration<'_>, ParseError> {
    let mut prototype = Declaration::NOTHING;
    read_prototype(text, &mut prototype)?;
    Ok(prototype)
}

/// Reads the prototype in `text`, with or without a semicolon, into `prototype`, which is too large
/// for the kernel's stack.
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

/// The type in `text`, without the name of something of this type.
pub fn type_name(text: &[u8]) -> Result<TypeName<'_>, ParseError> {
    let mut parser = Parser::new(text)?;
    let mut ty = parser.specifiers()?;
    parser.pointers(&mut ty)?;
    match parser.token {
        Token::End => Ok(ty),
        _ => Err(parser.error("expected `*` or nothing after this type")),
    }
}

/// Takes a type without its pointers.
pub(in crate::text) fn base<'a>(cursor: &mut Cursor<'a>) -> Result<TypeName<'a>, ParseError> {
    let mut parser = Parser::at(*cursor)?;
    parser.in_modules = true;
    let ty = parser.specifiers()?;
    *cursor = parser.here;
    Ok(ty)
}

/// Takes the colon and the name of `module:name`.
pub(in crate::text) fn after_module<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let mut next = *cursor;
    if !next.eat(b':') {
        return None;
    }
    let name = next.take_ascii(is_word);
    let is_name = !matches!(name.bytes().next(), None | Some(b'0'..=b'9'));
    if !is_name || !matches!(classify(name), Class::Name) {
        return None;
    }
    *cursor = next;
    Some(name)
}

/// Takes the pointers after a type, and adds them to it.
pub(in crate::text) fn pointers<'a>(
    cursor: &mut Cursor<'a>,
    ty: &mut TypeName<'a>,
) -> Result<(), ParseError> {
    // Anything may follow them, so this does not use the parser's tokens.
    loop {
        cursor.skip_blanks();
        let mut next = *cursor;
        if next.eat(b'*') {
            ty.point(Qualifiers::NONE)
                .ok_or(cursor.error(TOO_MANY_POINTERS))?;
        } else {
            match classify(next.take_ascii(is_word)) {
                Class::Const => ty.outermost().constant = true,
                Class::Volatile => ty.outermost().volatile = true,
                Class::Ignored => {}
                _ => return Ok(()),
            }
        }
        *cursor = next;
    }
}

/// Reads the prototype of a function pointer's target, which has no name, into `prototype`. Columns
/// are counted from the start of `pointer`.
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

/// Reads one token ahead.
struct Parser<'a> {
    /// The next token.
    token: Token<'a>,
    /// Where it begins.
    here: Cursor<'a>,
    /// Where it ends.
    next: Cursor<'a>,
    /// Whether a module's name may stand before a type's: `struct xfs:xfs_mount`.
    in_modules: bool,
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
            in_modules: false,
        };
        parser.advance()?;
        Ok(parser)
    }

    /// The error `what`, at the next token.
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

    /// Takes the next token, which must be this one in a function pointer.
    fn expect(&mut self, token: Token<'a>) -> Result<(), ParseError> {
        if self.token == token {
            self.advance()
        } else {
            Err(self.error(FORM))
        }
    }

    /// Takes the next word as a name.
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

    /// Takes the words before the pointers: the base and its qualifiers, in any order.
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
                // This is the declared name.
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
                Class::Name => base = Some(Base::Named(self.in_module(word))),
            }
            self.advance()?;
        }
        Ok(TypeName {
            qualifiers,
            ..TypeName::new(base.ok_or(self.error(NO_TYPE))?)
        })
    }

    /// The name of a type that begins with the next word, with the module's name if it has one.
    fn in_module(&mut self, word: &'a str) -> &'a str {
        if !self.in_modules || after_module(&mut self.next).is_none() {
            return word;
        }
        ascii(self.here.until(&self.next))
    }

    /// Takes the keyword before a tag; the tag is next.
    fn tag(&mut self) -> Result<&'a str, ParseError> {
        self.advance()?;
        match self.token {
            Token::Word(tag) if matches!(classify(tag), Class::Name) => Ok(self.in_module(tag)),
            _ => Err(self.error("a tag must follow `struct`, `union` or `enum`")),
        }
    }

    /// Takes the pointers and their qualifiers.
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
            .ok_or(self.error(TOO_MANY_POINTERS))
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

    /// Takes the brackets of an array, and makes `ty` a pointer, which such a parameter is.
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

    /// Takes the rest of a function pointer, from its first parenthesis. All of its text, from
    /// `start`, is kept as it is written.
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
