// SPDX-License-Identifier: GPL-2.0

//! Errors, carets, nearest names, and what is written to the module.

mod random;

use random::Random;
use rust_kallsyms::{
    args::module_version,
    failure::{
        caret,
        Failure,
        Refusal, //
    },
    nearest::nearest,
    paint::Painter,
    prompt::goes_on,
    request::{
        words,
        Request, //
    }, //
};

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn the_line_of_an_error_is_parsed() {
    let refusal = Refusal::parse(
        "error ENOENT column 9: find_vpi: no such symbol; nearest: find_vpid, find_pid\n",
    )
    .unwrap();
    assert_eq!(
        (refusal.errno.as_str(), refusal.column),
        ("ENOENT", Some(9))
    );
    assert_eq!(refusal.message, "find_vpi: no such symbol");
    assert_eq!(*refusal.nearest, ["find_vpid", "find_pid"]);
    let refusal = Refusal::parse("error EINTR: msleep: interrupted; it goes on").unwrap();
    assert_eq!((refusal.errno.as_str(), refusal.column), ("EINTR", None));
    assert_eq!(Failure::Refused(refusal).status(), 130);
    let refusal = Refusal::parse("error ENOENT vfs_raed: no such symbol").unwrap();
    assert_eq!((refusal.errno.as_str(), refusal.column), ("ENOENT", None));
    assert_eq!(refusal.message, "vfs_raed: no such symbol");
    for other in ["", "12", "error", "error ENOENT"] {
        assert_eq!(Refusal::parse(other), None, "{other}");
    }
}

#[test]
fn a_caret_stands_under_the_column() {
    let failure = Failure::Refused(Refusal {
        errno: "E2BIG".to_owned(),
        column: Some(13),
        message: "one argument too many".to_owned(),
        ..Refusal::default()
    });
    assert_eq!(
        failure.text("int_sqrt(1, 2)", Painter::default()),
        "one argument too many\n  int_sqrt(1, 2)\n              ^\n"
    );
    // Where the text does not have it, the number says it.
    assert_eq!(
        failure.text("", Painter::default()),
        "column 13: one argument too many\n"
    );
    assert_eq!(caret("a\n  b(é, 1)", 9), Some(("  b(é, 1)".to_owned(), 5)));
    assert_eq!(caret("a\nb", 2), Some(("a".to_owned(), 1)));
    assert_eq!(caret("ab", 3), Some(("ab".to_owned(), 2)));
    assert_eq!(caret("ab", 4), None);
    assert_eq!(caret("ab", 0), None);
}

#[test]
fn every_column_is_under_its_byte() {
    let mut random = Random::new();
    for _ in 0..5_000 {
        let text: String = (0..random.below(20))
            .map(|_| *random.one_of(&["a", "(", "\n", "é", "\t", " "]))
            .collect();
        for column in 1..=text.len() + 1 {
            let (line, at) = caret(&text, column).expect("it is in the text");
            if text.is_char_boundary(column - 1) {
                assert_eq!(
                    text[column - 1..].chars().next().filter(|c| *c != '\n'),
                    line.chars().nth(at)
                );
            }
        }
    }
}

#[test]
fn names_that_were_meant() {
    let names = [
        "vfs_read",
        "vfs_readv",
        "vfs_write",
        "find_task_by_vpid",
        "int_sqrt",
        "vfs_open",
    ];
    let near = |name| nearest(name, names.into_iter());
    assert_eq!(near("vfs_raed"), ["vfs_read", "vfs_readv"]);
    assert_eq!(near("find_task_by_pid"), ["find_task_by_vpid"]);
    assert_eq!(near("INT_SQRT"), ["int_sqrt"]);
    assert_eq!(near("something_else"), [""; 0]);
}

#[test]
fn choices_become_a_request() {
    let list = |words: &[&str]| Request::list(&strings(words));
    assert_eq!(
        list(&["tcp_v4_*", "limit=2"]),
        Ok(Request::new("symbols", "filter=tcp_v4_* limit=2"))
    );
    assert_eq!(
        list(&["a*", "b*"]),
        Ok(Request::new("symbols", "filter=a*,b*"))
    );
    assert_eq!(list(&[]), Ok(Request::new("symbols", "")));
    assert!(list(&["nam=x"]).unwrap_err().contains("list has no nam="));
    assert!(list(&["limt=1"])
        .unwrap_err()
        .contains("did you mean limit=?"));
    let find = |words: &[&str]| Request::find(&strings(words)).map(|request| request.text);
    assert_eq!(
        find(&["returns=struct pid *", "takes=int"]).as_deref(),
        Ok("returns='struct pid *' takes=int")
    );
    assert_eq!(find(&["vpid"]).as_deref(), Ok("name=vpid"));
    assert_eq!(
        find(&["returns='struct pid *'"]).as_deref(),
        Ok("returns='struct pid *'")
    );
}

#[test]
fn words_are_those_of_a_shell() {
    assert_eq!(
        words("list 'a b'  c=\"d e\"f"),
        Some(strings(&["list", "a b", "c=d ef"]))
    );
    assert_eq!(words("a ''"), Some(strings(&["a", ""])));
    assert_eq!(words("a 'b"), None);
    assert_eq!(words(""), Some(Vec::new()));
}

#[test]
fn a_line_goes_on_while_brackets_are_open() {
    for open in ["f(", "f({ .a = 1,", "for (;;) {", "f(\")\""] {
        assert!(goes_on(open), "{open}");
    }
    for closed in ["f()", "1", "\"(\"", "f(')')", "list 'a*'", "// ("] {
        assert!(!goes_on(closed), "{closed}");
    }
}

#[test]
fn the_version_is_the_modules() {
    assert!(
        module_version().starts_with(|c: char| c.is_ascii_digit()),
        "{}",
        module_version()
    );
}

#[test]
fn what_a_program_printed_before_it_failed() {
    let refusal =
        Refusal::parse("1\t\"init\"\n2\t\"kthreadd\"\nerror EINTR column 1: interrupted\n");
    let refusal = refusal.unwrap();
    assert_eq!(refusal.errno, "EINTR");
    assert_eq!(refusal.column, Some(1));
    assert_eq!(*refusal.printed, ["1\t\"init\"", "2\t\"kthreadd\""]);
}
