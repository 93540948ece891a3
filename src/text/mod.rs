// SPDX-License-Identifier: GPL-2.0

//! Parses text from the user into data: programs, prototypes and queries.
//!
//! Pure logic: nothing here knows the kernel, allocates, or panics, so that the same files are also
//! tested and fuzzed on the host. The data borrows from the text. The text is bytes, since a user
//! may write any; every `str` in the data is ASCII.
//!
//! Every error is a [`ParseError`], which has the column in the text. A newline at the very end of
//! a text, which `echo` writes, does not belong to the text.

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
