// SPDX-License-Identifier: GPL-2.0

//! Prototypes, one by one.

use crate::{
    refuse,
    text::{
        prototype,
        read_callback,
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
    Bad, //
};
use std::mem::size_of;

fn parse(text: &str) -> Declaration<'_> {
    prototype(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Prototypes that are in canonical form already.
const CANONICAL: &[&str] = &[
    "unsigned long int_sqrt(unsigned long x)",
    "int _printk(const char *fmt, ...)",
    "void *kmalloc(size_t size, gfp_t flags)",
    "struct task_struct *find_task_by_vpid(pid_t nr)",
    "const char * const *f(void)",
    "void f(void)",
    "bool f(bool b, char c, signed char d, unsigned char e)",
    "short f(unsigned short a, int b, unsigned int c, long d, long long e, unsigned long long f)",
    "float f(double d, long double l)",
    "enum hrtimer_restart f(struct hrtimer *timer, union a u, enum b)",
    "int f(int, char *, const struct a * const *, ...)",
    "u64 f(volatile const unsigned long *addr, char * volatile const p, void ****deep)",
    "void sort(void *base, size_t num, int (*cmp_func)(const void *, const void *))",
    "void f(void (*)(void), void * const (* const g)(int (*)(char), char [3]))",
    "void f(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k, int l)",
];

#[test]
fn canonical_stays_as_it_is() {
    for text in CANONICAL {
        assert_eq!(parse(text).to_string(), *text);
        assert_eq!(parse(&format!("{text};")).to_string(), *text);
        assert_eq!(parse(&format!(" {text} ;\n")).to_string(), *text);
    }
}

#[test]
fn becomes_canonical() {
    for (text, canonical) in [
        ("void f()", "void f(void)"),
        ("\tvoid\n f ( void ) ; ", "void f(void)"),
        (
            "long unsigned int f(long unsigned int x)",
            "unsigned long f(unsigned long x)",
        ),
        (
            "int long unsigned long f(short int x)",
            "unsigned long long f(short x)",
        ),
        (
            "unsigned f(signed, signed long, unsigned short int)",
            "unsigned int f(int, long, unsigned short)",
        ),
        ("_Bool f(char unsigned c)", "bool f(unsigned char c)"),
        ("double long f(int signed x)", "long double f(int x)"),
        (
            "char const *f(char const*const*x)",
            "const char *f(const char * const *x)",
        ),
        ("long const unsigned f(void)", "const unsigned long f(void)"),
        ("void f(char buf[16])", "void f(char *buf)"),
        (
            "void f(const char *const argv[], int n[static 4 * N], u8 x[])",
            "void f(const char * const *argv, int *n, u8 *x)",
        ),
        (
            "void f(char [], char *restrict p, void __user * __rcu *q)",
            "void f(char *, char *p, void **q)",
        ),
        (
            "static inline __must_check int f(int __user x)",
            "int f(int x)",
        ),
        (
            "extern asmlinkage __visible int _printk(const char *fmt, ...);",
            "int _printk(const char *fmt, ...)",
        ),
        (
            "int\n__weak\tf(const volatile int*volatile const x)",
            "int f(volatile const int * volatile const x)",
        ),
        (
            "void f(int  (*fn) (void *,\n\tconst char *))",
            "void f(int (*fn) (void *, const char *))",
        ),
        ("void f(const x)", "void f(const x)"),
        (
            "u32 const f(struct a const s)",
            "const u32 f(const struct a s)",
        ),
    ] {
        assert_eq!(parse(text).to_string(), canonical);
        assert_eq!(parse(text), parse(canonical));
    }
}

#[test]
fn is_data() {
    let constant = Qualifiers {
        constant: true,
        ..Qualifiers::NONE
    };
    let mut fmt = TypeName::new(Base::Char { signed: None });
    fmt.qualifiers = constant;
    fmt.point(Qualifiers::NONE).unwrap();
    fmt.point(constant).unwrap();
    let compare = Opaque("int (*compare)(void)");
    let int = TypeName::new(Base::Integer {
        signed: true,
        rank: Rank::Int,
    });
    let mut made = Declaration::new("f", int);
    made.push(ParameterDeclaration::new(Some("fmt"), fmt))
        .unwrap();
    let ty = TypeName::new(Base::FunctionPointer(compare));
    made.push(ParameterDeclaration::new(Some("compare"), ty))
        .unwrap();
    made.push(ParameterDeclaration::new(None, int)).unwrap();
    made.variadic = true;

    let text = "int f(const char * const *fmt)";
    assert_eq!(
        parse(text).parameters()[0].ty.pointers(),
        [constant, Qualifiers::NONE]
    );
    let text = "int f(const char ** const fmt, int (*compare)(void), int, ...)";
    assert_eq!(parse(text), made);
    assert_eq!(made.to_string(), text);
    let columns: Vec<_> = parse(text).parameters().iter().map(|p| p.column).collect();
    assert_eq!(columns, [7, 32, 54]);
    assert_eq!(made.parameters()[0].ty.to_string(), "const char ** const");
    assert_eq!(made.parameters()[0].to_string(), "const char ** const fmt");
}

#[test]
fn has_room_for_so_much_and_no_more() {
    let mut ty = TypeName::new(Base::Void);
    assert!(ty.is_void());
    for _ in 0..MAX_POINTERS {
        ty.point(Qualifiers::NONE).unwrap();
    }
    assert!(!ty.is_void());
    assert_eq!(ty.point(Qualifiers::NONE), None);
    let mut prototype = Declaration::new("f", ty);
    for _ in 0..MAX_PARAMETERS {
        prototype.push(ParameterDeclaration::new(None, ty)).unwrap();
    }
    assert_eq!(prototype.push(ParameterDeclaration::new(None, ty)), None);
    assert_eq!(prototype.parameters().len(), MAX_PARAMETERS);
}

#[test]
fn fits_on_a_kernel_stack() {
    assert!(
        size_of::<Declaration<'_>>() <= 1024,
        "{}",
        size_of::<Declaration<'_>>()
    );
}

const BAD: &[Bad<'_>] = &[
    ("", 1, "a type is missing here"),
    (" ;", 2, "a type is missing here"),
    ("*f(void)", 1, "a type is missing here"),
    ("static f", 9, "the function's name is missing"),
    ("int", 4, "the function's name is missing"),
    ("int *", 6, "the function's name is missing"),
    ("int;", 4, "the function's name is missing"),
    ("int 3f(void)", 5, "the function's name is missing"),
    ("f(void)", 2, "a type, or the function's name, is missing"),
    (
        "int (*f(void))(int)",
        5,
        "a type, or the function's name, is missing",
    ),
    ("int f", 6, "`(` must follow the function's name"),
    ("int f g(void)", 7, "`(` must follow the function's name"),
    ("int f[3]", 6, "`(` must follow the function's name"),
    ("int f(", 6, "this parenthesis is never closed"),
    ("int f(int", 6, "this parenthesis is never closed"),
    ("int f(int a, ", 6, "this parenthesis is never closed"),
    (
        "int f(void (*g)(int)",
        6,
        "this parenthesis is never closed",
    ),
    (
        "int f(void (*g)(int",
        16,
        "this parenthesis is never closed",
    ),
    ("int f(int) x", 12, "nothing may follow the prototype"),
    ("int f(int);;", 12, "nothing may follow the prototype"),
    ("int f(int))", 11, "nothing may follow the prototype"),
    (
        "int f(int) {",
        12,
        "this character is not part of a prototype",
    ),
    (
        "int f(int) = 1",
        12,
        "this character is not part of a prototype",
    ),
    (
        "int f\u{e9}(int)",
        6,
        "this character is not part of a prototype",
    ),
    (
        "int f(/* x */)",
        7,
        "this character is not part of a prototype",
    ),
    ("int f(a$b)", 8, "this character is not part of a prototype"),
    ("int f(int..)", 10, "`...` has three dots"),
    // Types.
    (
        "void int f(void)",
        6,
        "this word and the ones before it are not one type",
    ),
    (
        "unsigned signed f(void)",
        10,
        "this word and the ones before it are not one type",
    ),
    (
        "short long f(void)",
        7,
        "this word and the ones before it are not one type",
    ),
    (
        "long long long f(void)",
        11,
        "this word and the ones before it are not one type",
    ),
    (
        "long long double f(void)",
        11,
        "this word and the ones before it are not one type",
    ),
    (
        "unsigned double f(void)",
        10,
        "this word and the ones before it are not one type",
    ),
    (
        "int int f(void)",
        5,
        "this word and the ones before it are not one type",
    ),
    (
        "char short f(void)",
        6,
        "this word and the ones before it are not one type",
    ),
    (
        "u32 int f(void)",
        5,
        "this word and the ones before it are not one type",
    ),
    (
        "int struct a f(void)",
        5,
        "this word and the ones before it are not one type",
    ),
    (
        "struct a struct b f(void)",
        10,
        "this word and the ones before it are not one type",
    ),
    (
        "struct a int f(void)",
        10,
        "this word and the ones before it are not one type",
    ),
    ("struct f", 9, "the function's name is missing"),
    ("struct *f(void)", 8, "a tag must follow"),
    ("struct int f(void)", 8, "a tag must follow"),
    ("int f(enum)", 11, "a tag must follow"),
    (
        "int f(struct { int a; } x)",
        14,
        "this character is not part of a prototype",
    ),
    ("int f(union (x))", 13, "a tag must follow"),
    ("typeof(x) f(void)", 1, "typeof is not supported"),
    (
        "int f(unsigned __int128 x)",
        16,
        "128-bit integers are not supported",
    ),
    (
        "__attribute__((pure)) int f(void)",
        1,
        "attributes are not supported",
    ),
    (
        "int f(void) __attribute__((pure))",
        13,
        "nothing may follow the prototype",
    ),
    ("return f(void)", 1, "a word of C's own cannot be used here"),
    ("int *int(void)", 6, "a word of C's own cannot be used here"),
    (
        "int f(char *struct)",
        13,
        "a word of C's own cannot be used here",
    ),
    (
        "int f(u8 while)",
        10,
        "a word of C's own cannot be used here",
    ),
    ("void *****f(void)", 10, "more than 4 levels of pointers"),
    ("int f(char *****p)", 16, "more than 4 levels of pointers"),
    ("int f(char ****p[2])", 17, "more than 4 levels of pointers"),
    // Parameters.
    ("int f(,)", 7, "a parameter is missing here"),
    ("int f(int,)", 11, "a parameter is missing here"),
    ("int f(int,,int)", 11, "a parameter is missing here"),
    ("int f(*)", 7, "a parameter is missing here"),
    ("int f(3)", 7, "a parameter is missing here"),
    ("int f(const)", 12, "a type is missing here"),
    ("int f(...)", 7, "a parameter must be before `...`"),
    ("int f(int, ..., int)", 15, "only `)` may follow `...`"),
    ("int f(int x y)", 13, "expected a comma or `)`"),
    ("int f(int x;)", 12, "expected a comma or `)`"),
    ("int f(void, int)", 7, "a parameter cannot be void"),
    ("int f(int, void)", 12, "a parameter cannot be void"),
    ("int f(void x)", 7, "a parameter cannot be void"),
    ("int f(const void)", 7, "a parameter cannot be void"),
    ("int f(void x[2])", 13, "an array cannot be of void"),
    (
        "int f(int x[2)",
        14,
        "the length of an array is a number or a name",
    ),
    ("int f(int x[2", 12, "this bracket is never closed"),
    (
        "int f(int x[2][3])",
        15,
        "arrays of arrays are not supported",
    ),
    (
        "int f(int x[a[1]])",
        14,
        "the length of an array is a number or a name",
    ),
    (
        "int f(int g(int))",
        12,
        "a function pointer is written `(*name)(...)`",
    ),
    (
        "int f(int (g)(int))",
        12,
        "a function pointer is written `(*name)(...)`",
    ),
    (
        "int f(int (*g))",
        15,
        "a function pointer is written `(*name)(...)`",
    ),
    (
        "int f(int (*g[2])(int))",
        14,
        "a function pointer is written `(*name)(...)`",
    ),
    (
        "int f(int (*(*g)(int))(int))",
        13,
        "a function pointer is written `(*name)(...)`",
    ),
    ("int f(int (*g)(int;))", 19, "expected a comma or `)`"),
    (
        "int f(a,b,c,d,e,f,g,h,i,j,k,l, m)",
        32,
        "more than 12 parameters are not supported",
    ),
];

#[test]
fn bad_prototypes() {
    refuse(BAD, prototype);
    assert_eq!(prototype(b"int f(int \xff)").unwrap_err().column, 11);
    let deep = format!("int f(int (*g){}", "(".repeat(100_000));
    assert_eq!(prototype(deep.as_bytes()).unwrap_err().column, 15);
}

/// The seeds of the mutations in `generated`.
pub(crate) fn texts() -> impl Iterator<Item = &'static str> {
    BAD.iter()
        .map(|&(text, ..)| text)
        .chain(CANONICAL.iter().copied())
}

#[test]
fn callbacks() {
    let read = |pointer| {
        let mut read = Declaration::NOTHING;
        read_callback(Opaque(pointer), &mut read).map(|()| read.to_string())
    };
    for (pointer, expected) in [
        ("int (*)(void)", "int (void)"),
        ("void (*f)(int a, char *)", "void (int a, char *)"),
        ("struct page *(*)(u64)", "struct page *(u64)"),
    ] {
        assert_eq!(read(pointer).as_deref(), Ok(expected), "{pointer:?}");
    }
    for (pointer, column) in [
        ("int (**)(void)", 8),
        ("int (*)", 8),
        ("int (*)(void) x", 15),
    ] {
        assert_eq!(read(pointer).unwrap_err().column, column, "{pointer:?}");
    }
}

#[test]
fn sizes() {
    let size = |text| match parse(text).returns.base {
        Base::Integer { rank, .. } => rank.size(),
        base => panic!("{base:?}"),
    };
    for (text, expected) in [
        ("short f(void)", 2),
        ("int f(void)", 4),
        ("long f(void)", 8),
        ("long long f(void)", 8),
    ] {
        assert_eq!(size(text), expected, "{text:?}");
    }
}
