// SPDX-License-Identifier: GPL-2.0

//! Text from the user, made into data once: programs, prototypes and queries.
//!
//! Pure logic: nothing here knows the kernel, allocates, or panics, so that the same files are also
//! tested and fuzzed on the host. What is parsed borrows from the text. The text is bytes, since a
//! user may write any; what comes out as `str` is ASCII.
//!
//! Every error is a [`ParseError`], which says in which column of the text it is. A newline at the
//! very end of a text, as `echo` writes it, does not belong to it.

mod arithmetic;
mod choice;
mod cursor;
mod expression;
mod literal;
mod name;
mod printf;
mod program;
mod prototype;
mod type_path;
mod word;

pub use self::{
    arithmetic::{
        Number,
        NumberType, //
    },
    choice::{
        choices,
        Choice,
        Choices, //
    },
    cursor::ParseError,
    expression::{
        expressions,
        most_nodes,
        Binary,
        Branch,
        Declared,
        Format,
        Local,
        Node,
        NodeKind,
        Pending,
        Tree,
        Unary, //
    },
    literal::{
        Escaped,
        IntegerType,
        Literal,
        StringBytes,
        StringLiteral, //
    },
    name::{
        symbol_name,
        NameText,
        MAX_MODULE_NAME,
        MAX_SYMBOL_NAME, //
    },
    printf::{
        conversions,
        Wants,
        MAX_PRECISION,
        MAX_WIDTH, //
    },
    program::{
        program,
        Memory,
        Open,
        Options,
        Program, //
    },
    prototype::{
        prototype,
        read_callback,
        read_prototype,
        type_name,
        Base,
        Declaration,
        Opaque,
        ParameterDeclaration,
        Qualifiers,
        Rank,
        TypeName,
        MAX_PARAMETERS,
        MAX_POINTERS, //
    },
    type_path::{
        is_tagged,
        type_path,
        MemberPath,
        Step,
        Steps,
        TypePath, //
    },
    word::{
        glob,
        hexadecimal,
        list,
        number,
        switch,
        List,
        ListItem, //
    }, //
};
