// SPDX-License-Identifier: GPL-2.0

//! Parses the types in expressions: in casts, `sizeof`, `typeof`, `offsetof` and `container_of`.

use super::parser::{
    Parser,
    State,
    What, //
};
use crate::text::{
    cursor::{
        ascii,
        is_word,
        Cursor,
        ParseError, //
    },
    expression::node::{
        Branch,
        NodeKind, //
    },
    prototype::{
        self,
        Base,
        TypeName, //
    },
    type_path::MemberPath, //
};

impl<'a> Parser<'_, '_, 'a> {
    /// Whether the parenthesis before the cursor begins a cast. The name of a local is not a type.
    pub(super) fn is_cast(&self) -> bool {
        is_cast(self.cursor) && self.is_not_local(self.cursor)
    }

    fn is_not_local(&self, mut cursor: Cursor<'_>) -> bool {
        cursor.skip_blanks();
        self.locals.find(cursor.take_ascii(is_word)).is_none()
    }

    /// Takes a type without a name.
    pub(in crate::text) fn type_name(&mut self) -> Result<TypeName<'a>, ParseError> {
        let mut ty = self.base_type()?;
        prototype::pointers(&mut self.cursor, &mut ty)?;
        Ok(ty)
    }

    /// Takes a type without its pointers.
    pub(in crate::text) fn base_type(&mut self) -> Result<TypeName<'a>, ParseError> {
        self.cursor.skip_blanks();
        let mut next = self.cursor;
        if is_typeof(next.take_ascii(is_word)) {
            let column = self.cursor.column();
            self.cursor = next;
            return self.type_of(column);
        }
        prototype::base(&mut self.cursor)
    }

    /// Takes the parenthesis after a type.
    pub(super) fn close_type(&mut self) -> Result<(), ParseError> {
        self.cursor.skip_blanks();
        if self.cursor.eat(b')') {
            Ok(())
        } else {
            Err(self.cursor.error("expected `*` or `)` after this type"))
        }
    }

    /// Takes what follows `typeof`.
    fn type_of(&mut self, column: usize) -> Result<TypeName<'a>, ParseError> {
        self.cursor.skip_blanks();
        if !self.cursor.eat(b'(') {
            return Err(self.cursor.error("`(` must follow typeof"));
        }
        if self.is_type() {
            let ty = self.type_name()?;
            self.close_type()?;
            return Ok(ty);
        }
        if self.in_type {
            return Err(self.cursor.error("typeof cannot stand in typeof"));
        }
        let first = self.length;
        let branch = self.branch(Branch::Jump, column)?;
        let start = self.cursor;
        let base = self.enter();
        self.whole()?;
        self.leave(base);
        let text = start.until(&self.cursor).trim_ascii();
        if !self.cursor.eat(b')') {
            return Err(self
                .cursor
                .error("expected an operator or `)` after this value"));
        }
        self.land(branch);
        let node = u32::try_from(self.length).unwrap_or(u32::MAX);
        self.emit(NodeKind::TypeOf, column, first)?;
        Ok(TypeName::new(Base::TypeOf(ascii(text), node)))
    }

    /// Takes what follows `sizeof`: a type in parentheses, or a value.
    pub(super) fn size_of(&mut self, column: usize) -> Result<State, ParseError> {
        let first = self.length;
        let after = self.cursor;
        self.cursor.skip_blanks();
        if self.cursor.eat(b'(') && self.is_type() {
            let ty = self.type_name()?;
            self.close_type()?;
            self.emit(NodeKind::SizeOf(ty), column, first)?;
            return Ok(State::Operator);
        }
        self.cursor = after;
        let branch = self.branch(Branch::Jump, column)?;
        self.begin(What::SizeOf(branch), column, first)
    }

    /// Whether only a type is in the parentheses. The name of a local is not a type.
    fn is_type(&self) -> bool {
        let mut cursor = self.cursor;
        cursor.skip_blanks();
        let word = cursor.take_ascii(is_word);
        if is_typeof(word) || prototype::begins_type(word) {
            return true;
        }
        let is_name = !matches!(word.bytes().next(), None | Some(b'0'..=b'9'));
        is_name && self.locals.find(word).is_none() && {
            prototype::after_module(&mut cursor);
            let mut ty = TypeName::new(Base::Void);
            let pointers = prototype::pointers(&mut cursor, &mut ty);
            pointers.is_err() || cursor.eat(b')')
        }
    }

    /// Takes the arguments of an `offsetof`, which begin at `after`.
    pub(super) fn offset_of(
        &mut self,
        after: Cursor<'a>,
        column: usize,
    ) -> Result<State, ParseError> {
        let first = self.length;
        self.cursor = after;
        let ty = self.type_name()?;
        self.comma_here("expected a comma and a member: offsetof(type, member)")?;
        let member = self.member_path()?;
        self.emit(NodeKind::OffsetOf(ty, member), column, first)?;
        Ok(State::Operator)
    }

    /// Takes what follows the first comma of a `container_of`.
    pub(super) fn container_of(
        &mut self,
        certain: bool,
        column: usize,
        first: usize,
    ) -> Result<State, ParseError> {
        let ty = self.type_name()?;
        self.comma_here("expected a comma and a member: container_of(pointer, type, member)")?;
        let member = self.member_path()?;
        let kind = NodeKind::ContainerOf {
            ty,
            member,
            certain,
        };
        self.emit(kind, column, first)?;
        Ok(State::Operator)
    }

    /// Takes a path to a member, and the parenthesis after it.
    fn member_path(&mut self) -> Result<MemberPath<'a>, ParseError> {
        let mut next = self.cursor;
        let word = next.take_ascii(is_word);
        let argument = self.definition().and_then(|it| it.argument(word));
        let path = match argument {
            Some(mut argument) => {
                self.cursor = next;
                argument.skip_blanks();
                let path = MemberPath::take(&mut argument);
                // The error is about the user's text.
                if let (Err(_), Some(expansion)) = (path, &mut self.expansion) {
                    expansion.in_argument = true;
                }
                path?
            }
            None => MemberPath::take(&mut self.cursor)?,
        };
        self.cursor.skip_blanks();
        if self.cursor.eat(b')') {
            Ok(path)
        } else {
            Err(self.cursor.error("expected `)` after this member"))
        }
    }
}

/// Whether a word is `typeof`.
pub(super) fn is_typeof(word: &str) -> bool {
    matches!(word, "typeof" | "__typeof__")
}

/// Whether the parenthesis before `cursor` begins a cast.
///
/// C's own words for types tell. A lone name is a type if stars follow it; if a value follows the
/// parentheses that cannot follow another value; or, before an operator that can stand before one
/// value or between two, if it looks like a type (`u32`, `pid_t`).
fn is_cast(mut cursor: Cursor<'_>) -> bool {
    cursor.skip_blanks();
    let mut word = cursor.take_ascii(is_word);
    match (word, word.bytes().next()) {
        (_, None | Some(b'0'..=b'9')) | ("true" | "false" | "NULL" | "out" | "sizeof", _) => {
            return false
        }
        _ => {}
    }
    word = prototype::after_module(&mut cursor).unwrap_or(word);
    if is_typeof(word) || prototype::begins_type(word) {
        return true;
    }
    let mut certain = false;
    loop {
        cursor.skip_blanks();
        let mut after = cursor;
        // A star, or what qualifies the pointer.
        if after.eat(b'*') || prototype::begins_type(after.take_ascii(is_word)) {
            certain = true;
            cursor = after;
        } else {
            break;
        }
    }
    if !cursor.eat(b')') {
        return false;
    }
    if certain {
        return true;
    }
    cursor.skip_blanks();
    let mut next = cursor;
    match next.bump() {
        Some(b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9') => true,
        Some(b'"' | b'\'' | b'$' | b'(' | b'~') => true,
        Some(b'!') => next.peek() != Some(b'='),
        Some(b'-') => next.peek() != Some(b'>') && looks_like_type(word),
        Some(b'&') => next.peek() != Some(b'&') && looks_like_type(word),
        Some(b'+' | b'*') => looks_like_type(word),
        _ => false,
    }
}

/// Whether a name looks like a typedef of a number.
pub(in crate::text) fn looks_like_type(word: &str) -> bool {
    let short = word.trim_start_matches('_');
    let short = short
        .strip_prefix("le")
        .or(short.strip_prefix("be"))
        .unwrap_or(short.get(1..).unwrap_or_default());
    let fixed = matches!(short, "8" | "16" | "32" | "64")
        && matches!(
            word.trim_start_matches('_').as_bytes(),
            [b's' | b'u' | b'l' | b'b', ..]
        );
    fixed || word.ends_with("_t") || matches!(word, "uint" | "ulong" | "ushort" | "uchar")
}
