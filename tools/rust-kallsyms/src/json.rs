// SPDX-License-Identifier: GPL-2.0

//! Answers as JSON. docs/command.md describes the form, and `answers.schema.json` is its schema.

use crate::{
    answer::{
        Evaluation,
        Event,
        Found,
        Running,
        Symbol, //
    },
    declaration::Prototype,
    failure::{
        Failure,
        Refusal, //
    },
    types::{
        Member,
        Type, //
    },
    value::{
        self,
        Value, //
    }, //
};
use serde_json::{
    json,
    Map,
    Value as Json, //
};

/// Beyond these, a reader that has floating point only would have another number.
const EXACT: i128 = 1 << 53;

/// A number; a string if it is too large.
pub fn number(value: i128) -> Json {
    match i64::try_from(value) {
        Ok(small) if (-EXACT..=EXACT).contains(&value) => json!(small),
        _ => json!(value.to_string()),
    }
}

/// A value by its type: structures are objects, arrays are arrays.
pub fn value(value: &Value) -> Json {
    match value {
        Value::Number(text, _) => text.parse().map_or_else(|_| json!(text), number),
        Value::Constant(name, _) => json!(name),
        Value::Pointer {
            address, symbol, ..
        } => match symbol {
            Some(symbol) => json!(format!("{address} <{symbol}>")),
            None => json!(address),
        },
        Value::Error(number, _) => json!(format!("ERR_PTR({number})")),
        Value::Text(text, false) => json!(Value::unescape(text)),
        Value::Text(text, true) => json!({ "string": Value::unescape(text), "cut": true }),
        Value::Bytes(bytes) => json!(bytes.replace(' ', "")),
        Value::List(values) => values.iter().map(self::value).collect(),
        Value::Members(members) => {
            let mut object = Map::new();
            add(&mut object, members);
            Json::Object(object)
        }
        Value::Typed(_, value) => self::value(value),
        Value::Word(word) => match word.as_str() {
            "true" => json!(true),
            "false" => json!(false),
            "NULL" | "void" => Json::Null,
            "?" | value::HIDDEN => json!({ "hidden": true }),
            "<fault>" => json!({ "fault": true }),
            "..." => json!({ "cut": true }),
            other => json!(other),
        },
    }
}

/// Adds members, also of those in them that have no name, as C sees them.
fn add(object: &mut Map<String, Json>, members: &[value::Member]) {
    for member in members {
        match (&member.name, &member.value) {
            (Some(name), value) => {
                object.insert(name.clone(), self::value(value));
            }
            (None, Value::Members(inner)) => add(object, inner),
            (None, Value::List(values)) => {
                for value in values {
                    if let Value::Members(inner) = value {
                        add(object, inner);
                    }
                }
            }
            (None, _) => {}
        }
    }
}

pub fn prototype(prototype: &Prototype) -> Json {
    let parameters = prototype
        .parameters
        .iter()
        .map(|parameter| match parameter.name.as_str() {
            "" => json!({ "type": parameter.ty }),
            name => json!({ "name": name, "type": parameter.ty }),
        });
    json!({
        "name": prototype.name,
        "returns": prototype.returns,
        "parameters": parameters.collect::<Vec<_>>(),
    })
}

pub fn evaluation(evaluation: &Evaluation) -> Json {
    let mut object = Map::new();
    let outcome = &evaluation.outcome;
    object.insert("value".to_owned(), value(&outcome.value));
    if let Value::Number(_, Some(name)) | Value::Error(_, Some(name)) = &outcome.value {
        object.insert("errno".to_owned(), json!(name.trim_start_matches('-')));
    }
    if !outcome.out.is_empty() {
        let out = outcome
            .out
            .iter()
            .map(|(name, out)| (name.clone(), value(out)));
        object.insert("out".to_owned(), Json::Object(out.collect()));
    }
    match &evaluation.function {
        None => object.insert("type".to_owned(), json!(evaluation.ty)),
        Some(function) => {
            object.insert("type".to_owned(), json!(function.prototype.returns));
            object.insert("prototype".to_owned(), prototype(&function.prototype));
            object.insert("module".to_owned(), json!(function.module));
            object.insert("size".to_owned(), json!(function.size))
        }
    };
    object.insert("ns".to_owned(), json!(evaluation.nanoseconds));
    Json::Object(object)
}

/// A line that a statement of a program has printed.
pub fn columns(line: &str) -> Json {
    json!({ "columns": line.split('\t').map(|text| value(&Value::parse(text))).collect::<Vec<_>>() })
}

pub fn symbol(symbol: &Symbol, demangled: Option<&str>) -> Json {
    let mut object = Map::new();
    let mut insert = |key: &str, value: Json| object.insert(key.to_owned(), value);
    insert("address", json!(symbol.address));
    insert("kind", json!(symbol.kind));
    insert("name", json!(symbol.name));
    insert("module", json!(symbol.module));
    insert("size", json!(symbol.size));
    for (key, value) in &symbol.keys {
        insert(
            key,
            value.parse::<i128>().map_or_else(|_| json!(value), number),
        );
    }
    if let Some(prototype) = &symbol.prototype {
        insert("prototype", self::prototype(prototype));
    }
    if !symbol.keys.is_empty() && !symbol.keys.iter().any(|(key, _)| key == "offset") {
        insert("marks", json!(symbol.marks));
    }
    if let Some(demangled) = demangled {
        insert("demangled", json!(demangled));
    }
    Json::Object(object)
}

pub fn found(found: &Found) -> Json {
    json!({ "module": found.module, "prototype": prototype(&found.prototype), "marks": found.marks })
}

pub fn ty(ty: &Type) -> Json {
    match ty {
        Type::Whole {
            name,
            size,
            members,
        } => {
            json!({ "type": name, "size": size, "members": members.iter().map(member).collect::<Vec<_>>() })
        }
        Type::Enum {
            name,
            size,
            constants,
        } => {
            let constants = constants.iter();
            let constants =
                constants.map(|(name, value)| json!({ "name": name, "value": number(*value) }));
            json!({ "type": name, "size": size, "constants": constants.collect::<Vec<_>>() })
        }
        Type::Plain {
            declaration,
            typedef,
            size,
        } => match typedef {
            true => json!({ "type": declaration.name, "is": declaration.ty, "size": size }),
            false => json!({ "type": declaration.ty, "size": size }),
        },
        Type::Member(member) => self::member(member),
    }
}

fn member(member: &Member) -> Json {
    let mut object = Map::new();
    let mut insert = |key: &str, value: Json| object.insert(key.to_owned(), value);
    if !member.declaration.name.is_empty() {
        insert("name", json!(member.declaration.name));
    }
    insert("type", json!(member.declaration.ty));
    insert("offset", json!(member.offset));
    insert("size", json!(member.size));
    if let Some((bit, bits)) = member.bits {
        insert("bit", json!(bit));
        insert("bits", json!(bits));
    }
    if !member.members.is_empty() {
        insert("members", member.members.iter().map(self::member).collect());
    }
    Json::Object(object)
}

pub fn counts(module: &str, counts: &[(&str, u64)]) -> Json {
    let mut object = Map::new();
    object.insert("module".to_owned(), json!(module));
    for (name, count) in counts {
        object.insert((*name).to_owned(), json!(count));
    }
    Json::Object(object)
}

pub fn event(event: &Event) -> Json {
    match event {
        Event::Change {
            what,
            module,
            symbols,
        } => json!({ "event": what, "module": module, "symbols": symbols }),
        Event::Lost(events) => json!({ "event": "lost", "events": events }),
    }
}

pub fn failure(failure: &Failure) -> Json {
    let error = match failure {
        Failure::Refused(Refusal {
            errno,
            column,
            message,
            nearest,
            advice,
            // Has been shown.
            printed: _,
        }) => {
            let mut object = Map::new();
            object.insert("errno".to_owned(), json!(errno));
            if let Some(column) = column {
                object.insert("column".to_owned(), json!(column));
            }
            object.insert("message".to_owned(), json!(message));
            if !nearest.is_empty() {
                object.insert("nearest".to_owned(), json!(nearest));
            }
            if let Some(advice) = advice {
                object.insert("advice".to_owned(), json!(advice));
            }
            Json::Object(object)
        }
        Failure::Unreachable(message, advice) => match advice.is_empty() {
            true => json!({ "message": message }),
            false => json!({ "message": message, "advice": advice.join("; ") }),
        },
        Failure::Nothing(message) => json!({ "message": message }),
        Failure::Closed => Json::Null,
    };
    json!({ "error": error })
}

pub fn running(running: &Running, stack: &[String]) -> Json {
    json!({
        "function": running.function,
        "seconds": running.seconds,
        "pid": running.pid,
        "state": running.state,
        "stack": stack,
    })
}
