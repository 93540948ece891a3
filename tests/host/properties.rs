// SPDX-License-Identifier: GPL-2.0

//! What holds for any text, whatever is in it. Each function panics where it does not hold.

use crate::text::{
    self,
    ParseError,
    Value,
    MAX_MODULE_NAME,
    MAX_PARAMETERS,
    MAX_SYMBOL_NAME, //
};

/// A place in the text, or its end.
fn inside(text: &[u8], column: usize) {
    assert!((1..=text.len() + 1).contains(&column));
}

fn place(text: &[u8], error: ParseError) {
    inside(text, error.column);
    assert!(!error.what.is_empty());
}

fn printable(text: &str) {
    assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~')));
}

/// Arguments end, stand in order, and survive being written and read again.
pub(crate) fn arguments(text: &[u8]) {
    let mut arguments = text::arguments(text);
    let mut values = Vec::new();
    let mut column = 0;
    loop {
        match arguments.next() {
            None => break,
            Some(Err(error)) => {
                place(text, error);
                assert!(error.column > column);
                assert_eq!(arguments.next(), None);
                return;
            }
            Some(Ok(argument)) => {
                inside(text, argument.column);
                assert!(argument.column > column);
                column = argument.column;
                if let Value::String(string) = argument.value {
                    assert_eq!(string.bytes().count(), string.len());
                    assert!(string.bytes().all(|byte| byte != 0));
                }
                values.push(argument.value);
            }
        }
    }
    assert_eq!(arguments.next(), None);
    let written: Vec<_> = values.iter().map(Value::to_string).collect();
    let written = written.join(", ");
    printable(&written);
    let again = text::arguments(written.as_bytes()).map(|argument| argument.unwrap().value);
    assert!(again.eq(values));
}

/// A prototype survives being written and read again.
pub(crate) fn prototype(text: &[u8]) {
    let prototype = match text::prototype(text) {
        Ok(prototype) => prototype,
        Err(error) => return place(text, error),
    };
    let mut column = 0;
    for parameter in prototype.parameters() {
        inside(text, parameter.column);
        assert!(parameter.column > column);
        column = parameter.column;
        assert!(!parameter.ty.is_void());
    }
    assert!(prototype.parameters().len() <= MAX_PARAMETERS);
    let written = prototype.to_string();
    printable(&written);
    let again = text::prototype(written.as_bytes()).unwrap();
    assert_eq!(again, prototype);
    assert_eq!(again.to_string(), written);
}

/// Lists are what splitting at commas gives; globs that are accepted are those that the kernel
/// reads as they are meant; names, numbers and switches survive being written and read again.
pub(crate) fn query(text: &[u8]) {
    match text::list(text).collect::<Result<Vec<_>, _>>() {
        Ok(items) => {
            let line = text.strip_suffix(b"\n").unwrap_or(text);
            let split = line.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
            let split: Vec<_> = split.collect();
            if split != [b""] {
                let texts = items.iter().map(|item| item.text.as_bytes());
                assert!(texts.eq(split));
            } else {
                assert!(items.is_empty());
            }
            for item in items {
                inside(text, item.column);
                assert!(item.text.bytes().all(|byte| byte.is_ascii_graphic()));
                glob(text, item.text, item.column);
            }
        }
        Err(error) => {
            place(text, error);
            assert_eq!(text::list(text).skip_while(Result::is_ok).count(), 1);
        }
    }
    match text::number(text) {
        Ok(number) => assert_eq!(text::number(number.to_string().as_bytes()), Ok(number)),
        Err(error) => place(text, error),
    }
    if let Err(error) = text::switch(text) {
        place(text, error);
    }
    match text::symbol_name(text) {
        Ok(name) => {
            assert!((1..=MAX_SYMBOL_NAME).contains(&name.symbol.len()));
            assert!((1..=MAX_MODULE_NAME).contains(&name.module.map_or(1, str::len)));
            let written = name.to_string();
            printable(&written);
            assert_eq!(text::symbol_name(written.as_bytes()), Ok(name));
        }
        Err(error) => place(text, error),
    }
}

fn glob(text: &[u8], pattern: &str, column: usize) {
    let result = text::glob(pattern, column);
    assert_eq!(result.is_ok(), understood(pattern.as_bytes()));
    if let Err(error) = result {
        place(text, error);
        assert!((column..=column + pattern.len()).contains(&error.column));
    }
}

/// Whether `glob_match()` of the kernel's `lib/glob.c`, whose steps these are, takes `pattern` as
/// it is meant. Its `goto literal` is a `false` here.
fn understood(pattern: &[u8]) -> bool {
    let at = |index: usize| pattern.get(index).copied().unwrap_or(0);
    let mut next = 0;
    while at(next) != 0 {
        next += 1;
        match at(next - 1) {
            b'[' => {
                let mut class = next + usize::from(at(next) == b'!');
                let mut a = at(class);
                class += 1;
                loop {
                    let mut b = a;
                    if a == 0 {
                        return false;
                    }
                    if at(class) == b'-' && at(class + 1) != b']' {
                        b = at(class + 1);
                        class += 2;
                        if b == 0 {
                            return false;
                        }
                    }
                    // Here the kernel's source asks: "Any special action if a > b?"
                    if a > b {
                        return false;
                    }
                    a = at(class);
                    class += 1;
                    if a == b']' {
                        break;
                    }
                }
                next = class;
            }
            b'\\' => {
                if at(next) == 0 {
                    return false;
                }
                next += 1;
            }
            _ => {}
        }
    }
    true
}

/// A call's parts lie in the text and make the same call again; errors in them point into the text.
pub(crate) fn call(text: &[u8]) {
    let call = match text::call(text) {
        Ok(call) => call,
        Err(error) => return place(text, error),
    };
    let end = call.offset + call.args.len();
    assert_eq!(&text[call.offset..end], call.args);
    assert_eq!((text[call.offset - 1], text[end]), (b'(', b')'));
    arguments(call.args);
    for argument in text::arguments(call.args) {
        let column = match argument {
            Ok(argument) => argument.column + call.offset,
            Err(error) => error.at(call.offset).column,
        };
        assert!((call.offset + 1..=end + 1).contains(&column));
    }
    let mut written = format!("{}(", call.name).into_bytes();
    written.extend(call.args);
    written.push(b')');
    let again = text::call(&written).unwrap();
    assert_eq!((again.name, again.args), (call.name, call.args));
}
