//! Tests the outline notation.

use expect_test::{Expect, expect};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::json::Json;

/// Compares the printed form of `text`, or its error, with `expected`.
fn check(text: &str, expected: Expect) {
    let actual = match parse(text) {
        Ok(outline) => outline.to_string(),
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&actual);
}

/// Removes the positions of lines, which printing changes.
fn without_positions(mut outline: Outline) -> Outline {
    for drive in &mut outline.drives {
        drive.header.iter_mut().for_each(|header| header.at = Position::default());
        drive.lines.iter_mut().for_each(|line| line.at = Position::default());
    }
    outline
}

fn only_line(text: &str) -> Line {
    let mut outline = parse(text).unwrap();
    assert_eq!((outline.drives.len(), outline.drives[0].lines.len()), (1, 1), "{text:?}");
    outline.drives[0].lines.remove(0)
}

#[test]
fn the_whole_notation_parses_and_prints_canonically() {
    check(
        r#"
          Archive/   # owner=ann

          Docs/
            notes.txt   =   "it's \"hello\"\n"
            logo.bin = b"\x89PNG'\xff"
            ascii.bin = b"abc"
            plan (draft).docx = 2048 KiB # versions=3   created=2024-05-01T11:30:00+02:00 owner="Ann \"A\" B"
            2024/
              q1.xlsx
            empty.txt = ""
            none.txt = 0 TiB
          "drive A" = 18014398509481983 KiB
          "plain" = 1 B
    "#,
        expect![[r#"
            Archive/ # owner=ann
            Docs/
              notes.txt = "it's \"hello\"\n"
              logo.bin = b"\x89PNG'\xff"
              ascii.bin = "abc"
              plan (draft).docx = 2 MiB # created=2024-05-01T09:30:00Z owner="Ann \"A\" B" versions=3
              2024/
                q1.xlsx
              empty.txt
              none.txt
            "drive A" = 18014398509481983 KiB
            plain = 1 B
        "#]],
    );
}

#[test]
fn members_of_a_service_parse_as_json_with_blanks_and_quotes() {
    check(
        r##"
        Contract.pdf = 615 KiB # tags=["approved", "a # b = c"] owner=ann classification={"name": "Top Secret", "color":"#FF0000"}
        a.txt # comment_count=10 is_package=true lock=null uploader_display_name="Ellis \"E\" Wiggins"
        b.txt # disposition_at=2030-01-01T00:00:00Z x=10px y=truth "a b"=-
        c/ # sync_state=synced versions="1" metadata={"e_1":{"t":{"$id":"\u202e"}}}
        "##,
        expect![[r##"
            Contract.pdf = 615 KiB # owner=ann classification={"name":"Top Secret","color":"#FF0000"} tags=["approved","a # b = c"]
            a.txt # comment_count=10 is_package=true lock=null uploader_display_name="Ellis \"E\" Wiggins"
            b.txt # "a b"="-" disposition_at="2030-01-01T00:00:00Z" x="10px" y="truth"
            c/ # versions=1 metadata={"e_1":{"t":{"$id":"\u202e"}}} sync_state="synced"
        "##]],
    );
}

#[test]
fn several_drives_parse_and_print_canonically() {
    check(
        r#"
        drive Team access=read owner=site:marketing profile=business
        Plans/
          drive x
        drive "My files" quota="1 TiB" profile=personal region=eu
        drive none
        "#,
        expect![[r#"
            drive Team profile=business owner=site:marketing access=read
            Plans/
              drive x
            drive "My files" profile=personal quota="1 TiB" region=eu
            drive none
        "#]],
    );
}

#[test]
fn an_empty_text_is_one_empty_drive() {
    for text in ["", "\n\n", "\u{feff}", "  \r\n\t\n"] {
        assert_eq!(parse(text).unwrap(), Outline { drives: vec![DriveOutline::default()] }, "{text:?}");
    }
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_are_accepted() {
    check(
        "\u{feff}A/\r\n  b = \"x\"\r\n\r\n  c\r\n",
        expect![[r#"
            A/
              b = "x"
              c
        "#]],
    );
}

#[test]
fn comments_are_ignored_everywhere() {
    check(
        "# first\n\t# after a tab\n    #\n    Docs/\n # less than the margin\n      # in between\n      a.txt = \"# no comment\" # owner=ann\n             # too deep for an item\n    #b.txt\n    \"# c.txt\"\n    # last",
        expect![[r##"
            Docs/
              a.txt = "# no comment" # owner=ann
            "#b.txt"
            "# c.txt"
        "##]],
    );
    check(
        "# above\r\ndrive A\r\n# within\r\na\r\n#\ttabbed\r\ndrive B",
        expect![[r#"
            drive A
            a
            drive B
        "#]],
    );
    assert_eq!(parse("# a\n#\n").unwrap(), Outline { drives: vec![DriveOutline::default()] });
    let at: Vec<_> = parse("# x\n  # y\na\n").unwrap().drives[0].lines.iter().map(|line| line.at).collect();
    assert_eq!(at, [Position { line: 3, column: 1 }]);
}

#[test]
fn a_comment_after_an_item_fails_with_a_hint() {
    check(
        "a.txt # a note",
        expect![
            "line 1, column 9: expected id=, created=, modified=, content_created=, content_modified=, owner=, modified_by=, description=, versions=, access= or a member= (a comment has a line of its own), found `a`"
        ],
    );
}

#[test]
fn lines_have_the_positions_of_their_names() {
    let outline = parse("\n    é/\n      b\n").unwrap();
    let at: Vec<_> = outline.drives[0].lines.iter().map(|line| line.at).collect();
    assert_eq!(at, [Position { line: 2, column: 5 }, Position { line: 3, column: 7 }]);
    let header = parse("drive  A").unwrap().drives.remove(0).header.unwrap();
    assert_eq!(header.at, Position { line: 1, column: 8 });
}

#[test]
fn a_bare_name_ends_only_at_a_separate_mark() {
    let names = ["a=b", "a= b", "a =b", "=a", "#a", "a#", "C#", "say \"hi\"", r"a\nb", "a  b", "it's"];
    for name in names {
        let line = only_line(&format!("{name} = 5 B"));
        assert_eq!((line.name.as_str(), line.content), (name, LineContent::Size(5)));
        assert_eq!(only_line(name).name, name);
    }
    assert_eq!(only_line("drive").name, "drive");
    assert_eq!(only_line("drive/").kind, ItemKind::Folder);
}

#[test]
fn only_names_that_would_be_misread_are_quoted() {
    let print = |depth: usize, name: &str, kind: ItemKind| {
        let mut out = String::new();
        let attributes = &Attributes::default();
        write_line(&mut out, LineRef { depth, name, kind, content: ContentRef::Empty, attributes }).unwrap();
        out.trim().to_owned()
    };
    let bare =
        ["a=b", "C#", "plan (draft).docx", "it's", "報告.txt", "e\u{301}", "🗂", r"a\b", "b\"x\"", "a\""];
    for name in bare {
        assert_eq!(print(0, name, ItemKind::File), name);
    }
    let quoted = [
        ("", r#""""#),
        (" a", r#"" a""#),
        ("a ", r#""a ""#),
        ("\"a\"", r#""\"a\"""#),
        ("a = b", r#""a = b""#),
        ("a # b", r#""a # b""#),
        ("a =", r#""a =""#),
        ("a #", r#""a #""#),
        ("=", r#""=""#),
        ("# a", r##""# a""##),
        ("#", r##""#""##),
        ("#a", r##""#a""##),
        ("##", r###""##""###),
        ("a/b", r#""a/b""#),
        ("a\n\t\0\u{7f}", r#""a\n\t\0\u{7f}""#),
        ("\u{feff}a", r#""\u{feff}a""#),
        ("a\u{202e}b", r#""a\u{202e}b""#),
        ("a\u{2028}b", r#""a\u{2028}b""#),
        ("a\u{a0}", r#""a\u{a0}""#),
        ("drive x", r#""drive x""#),
        ("drive", r#""drive""#),
    ];
    for (name, printed) in quoted {
        assert_eq!(print(0, name, ItemKind::File), printed);
    }
    assert_eq!(print(1, "drive x", ItemKind::File), "drive x");
    assert_eq!(print(0, "drive", ItemKind::Folder), "drive/");
}

#[test]
fn a_size_prints_in_the_largest_unit_that_divides_it() {
    let max = u64::MAX;
    let sizes = [
        (0, "f\n".to_owned()),
        (1, "f = 1 B\n".to_owned()),
        (1023, "f = 1023 B\n".to_owned()),
        (1024, "f = 1 KiB\n".to_owned()),
        (120 << 10, "f = 120 KiB\n".to_owned()),
        (1 << 40, "f = 1 TiB\n".to_owned()),
        (1 << 60, "f = 1048576 TiB\n".to_owned()),
        (max, format!("f = {max} B\n")),
    ];
    for (size, printed) in sizes {
        let (content, attributes) = (ContentRef::Size(size), &Attributes::default());
        let mut out = String::new();
        let line = LineRef { depth: 0, name: "f", kind: ItemKind::File, content, attributes };
        write_line(&mut out, line).unwrap();
        assert_eq!(out, printed);
    }
}

#[test]
fn a_wrong_indentation_fails() {
    check("a/\n\tb", expect!["line 2, column 1: expected spaces as indentation, found a tab"]);
    check("a/\n   b", expect!["line 2, column 4: expected two spaces per level, found 3 spaces"]);
    check(
        "  a/\n     b",
        expect!["line 2, column 6: expected two spaces per level, found 3 spaces after the margin of 2"],
    );
    check(
        "a/\n    b",
        expect!["line 2, column 5: expected at most 2 spaces, one level below `a`, found 4 spaces"],
    );
    check(
        "a/\n  b/\n        c",
        expect!["line 3, column 9: expected at most 4 spaces, one level below `b`, found 8 spaces"],
    );
    check(
        "a/\n  b.txt = \"x\"\n    c",
        expect!["line 3, column 5: expected at most 2 spaces, as `b.txt` is a file, found 4 spaces"],
    );
    check("a\n  b", expect!["line 2, column 3: expected no spaces, as `a` is a file, found 2 spaces"]);
    check("  a\nb", expect!["line 1, column 3: expected the first item without indentation, found 2 spaces"]);
    check(
        "drive A\n  Docs/",
        expect!["line 2, column 3: expected the first item without indentation, found 2 spaces"],
    );
}

#[test]
fn a_wrong_name_fails() {
    check("= 5 B", expect!["line 1, column 1: expected a name, found `=`"]);
    check("a/\n  = 5 B # owner=x", expect!["line 2, column 3: expected a name, found `=`"]);
    check("/", expect!["line 1, column 1: expected a name, found `/`"]);
    check(
        "a/b.txt = 5 B",
        expect![
            "line 1, column 2: expected `/` only at the end of a folder's name, each item on its own line, found `/b.txt`"
        ],
    );
    check(
        "Docs//",
        expect![
            "line 1, column 5: expected `/` only at the end of a folder's name, each item on its own line, found `//`"
        ],
    );
    check(
        "a\tb",
        expect![[
            r#"line 1, column 2: expected a name without control characters, or in quotes, found `\t`"#
        ]],
    );
    check("\"a", expect![[r#"line 1, column 3: expected a closing `"`, found the end of the line"#]]);
    check("\"a\"b", expect!["line 1, column 4: expected ` = `, ` # ` or the end of the line, found `b`"]);
    check("\"a\" b", expect!["line 1, column 5: expected ` = `, ` # ` or the end of the line, found `b`"]);
    check(
        r#""a\qb""#,
        expect![[
            r#"line 1, column 3: expected one of \n \r \t \0 \\ \" \' \x00 to \x7f \u{1f4c1}, found `\q`"#
        ]],
    );
}

#[test]
fn a_wrong_value_fails() {
    check(
        "a =",
        expect![[
            r#"line 1, column 4: expected `"text"`, `b"bytes"` or a size such as `120 KiB`, found the end of the line"#
        ]],
    );
    check(
        "a = hello",
        expect![[
            r#"line 1, column 5: expected `"text"`, `b"bytes"` or a size such as `120 KiB`, found `hello`"#
        ]],
    );
    check(
        "a = 'hello'",
        expect![[
            r#"line 1, column 5: expected `"text"`, `b"bytes"` or a size such as `120 KiB`, found `'hello'`"#
        ]],
    );
    check(
        "a = \"hello",
        expect![[r#"line 1, column 11: expected a closing `"`, found the end of the line"#]],
    );
    check("a = \"hello\\", expect!["line 1, column 12: expected an escape, found the end of the line"]);
    check(
        "a = \"hello\" world",
        expect!["line 1, column 13: expected ` # ` or the end of the line, found `world`"],
    );
    check(
        "a = \"hello\"# owner=x",
        expect!["line 1, column 12: expected ` # ` or the end of the line, found `#`"],
    );
    check(
        r#"a = "\xff""#,
        expect![[
            r#"line 1, column 6: expected one of \n \r \t \0 \\ \" \' \x00 to \x7f \u{1f4c1}, found `\xff`"#
        ]],
    );
    check(
        r#"a = "\u{d800}""#,
        expect![[
            r#"line 1, column 6: expected one of \n \r \t \0 \\ \" \' \x00 to \x7f \u{1f4c1}, found `\u{d800}`"#
        ]],
    );
    check(
        r#"a = b"\u{41}""#,
        expect![[r#"line 1, column 7: expected one of \n \r \t \0 \\ \" \' \x00 to \xff, found `\u`"#]],
    );
    check(
        "a = b\"\u{e9}\"",
        expect![[r#"line 1, column 7: expected bytes as ASCII or as `\xHH`, found `é"`"#]],
    );
    check("a = 1.5 MiB", expect!["line 1, column 5: expected a whole number in plain digits, found `1.5`"]);
    check(
        "a = -1 B",
        expect![[
            r#"line 1, column 5: expected `"text"`, `b"bytes"` or a size such as `120 KiB`, found `-1`"#
        ]],
    );
    check(
        "a = 120",
        expect![
            "line 1, column 8: expected a space and a unit, one of B, KiB, MiB, GiB, TiB, found the end of the line"
        ],
    );
    check(
        "a = 120KiB",
        expect!["line 1, column 8: expected a space and a unit, one of B, KiB, MiB, GiB, TiB, found `KiB`"],
    );
    check(
        "a = 120 KB",
        expect!["line 1, column 9: expected a unit, one of B, KiB, MiB, GiB, TiB, found `KB`"],
    );
    check(
        "a = 16777216 TiB",
        expect!["line 1, column 5: expected a size of at most 18446744073709551615 B, found `16777216`"],
    );
    check(
        "a = 99999999999999999999999 B",
        expect![
            "line 1, column 5: expected a size of at most 18446744073709551615 B, found `99999999999999999999999`"
        ],
    );
    check(
        "Docs/ = \"x\"",
        expect!["line 1, column 7: expected ` # ` or the end of the line after a folder, found `=`"],
    );
}

#[test]
fn wrong_attributes_fail() {
    check(
        "a #",
        expect![
            "line 1, column 4: expected id=, created=, modified=, content_created=, content_modified=, owner=, modified_by=, description=, versions=, access= or a member= (a comment has a line of its own), found the end of the line"
        ],
    );
    check("a # colour=", expect!["line 1, column 12: expected a value, found the end of the line"]);
    check(
        "a # tags=[\"approved\",]",
        expect![[r#"line 1, column 22: expected JSON: a JSON value, found `]`"#]],
    );
    check(
        "a # tags=[\"a b\" \"c\"]",
        expect![[r#"line 1, column 17: expected JSON: `,` or `]`, found `"c"]`"#]],
    );
    check(
        "a # lock={\"id\":\"1\"",
        expect!["line 1, column 19: expected JSON: `,` or `}`, found the end of the line"],
    );
    check("a # tags=[]x", expect!["line 1, column 12: expected a space after the value, found `x`"]);
    check("a # tags=[] tags=[]", expect!["line 1, column 13: expected each key once, found `tags` again"]);
    check(
        "a # owner",
        expect![
            "line 1, column 5: expected id=, created=, modified=, content_created=, content_modified=, owner=, modified_by=, description=, versions=, access= or a member= (a comment has a line of its own), found `owner`"
        ],
    );
    check("a # owner= versions=1", expect!["line 1, column 11: expected an owner, found a space"]);
    check("a # owner=x owner=y", expect!["line 1, column 13: expected each key once, found `owner` again"]);
    check(
        "a # created=yesterday",
        expect!["line 1, column 13: expected a time such as 2024-05-01T09:30:00Z, found `yesterday`"],
    );
    check(
        "a/ # modified=2024-05-01",
        expect!["line 1, column 15: expected a time such as 2024-05-01T09:30:00Z, found `2024-05-01`"],
    );
    check("a = 1 B # versions=0", expect!["line 1, column 20: expected a count from 1, found `0`"]);
    check(
        "a # owner=\"x\"y",
        expect![[r#"line 1, column 14: expected a space after the closing `"`, found `y`"#]],
    );
}

#[test]
fn a_wrong_drive_line_fails() {
    check(
        "a\ndrive A",
        expect![
            "line 2, column 1: expected a `drive` line before the first item, or none at all, found `drive`"
        ],
    );
    check(
        "drive A\ndrive B\ndrive A",
        expect!["line 3, column 7: expected each drive's name once, found `A` again"],
    );
    check(
        "drive = 5 B",
        expect![
            "line 1, column 7: expected the drive's name (an item called `drive …` is quoted), found `=`"
        ],
    );
    check(
        "drive profile=box",
        expect![
            "line 1, column 7: expected the drive's name (an item called `drive …` is quoted), found `profile=box`"
        ],
    );
    check(
        "drive My files profile=box",
        expect!["line 1, column 10: expected profile=, owner=, access=, id= or an option=, found `files`"],
    );
    check(
        "drive A profile=dropbox",
        expect!["line 1, column 17: expected one of plain, business, personal, box, found `dropbox`"],
    );
    check(
        "drive A owner=ann",
        expect!["line 1, column 15: expected one of me, user:ID, group:ID, site:ID, found `ann`"],
    );
    check(
        "drive A owner=user:",
        expect!["line 1, column 15: expected one of me, user:ID, group:ID, site:ID, found `user:`"],
    );
    check("drive A access=all", expect!["line 1, column 16: expected one of write, read, none, found `all`"]);
    check("drive A x=1 x=2", expect!["line 1, column 13: expected each key once, found `x` again"]);
    check("drive A x=", expect!["line 1, column 11: expected a value, found the end of the line"]);
}

#[test]
fn items_nested_too_deep_fail() {
    let chain = |n_levels: usize| -> String {
        (0..n_levels).map(|depth| format!("{}folder-{depth}/\n", "  ".repeat(depth))).collect()
    };
    assert!(parse(&chain(DEPTH_LIMIT + 1)).is_ok());
    check(
        &chain(DEPTH_LIMIT + 2),
        expect![
            "line 2002, column 4003: expected at most 2000 levels of indentation, found `folder-2001` deeper than that"
        ],
    );
}

#[test]
fn errors_shorten_the_found_text() {
    check(
        &format!("a = {}", "é".repeat(5000)),
        expect![[
            r#"line 1, column 5: expected `"text"`, `b"bytes"` or a size such as `120 KiB`, found `éééééééééééééééééééééééééééééééééééééééé…`"#
        ]],
    );
    check(
        &format!("a/\n  {}\n    x", "b".repeat(5000)),
        expect![
            "line 3, column 5: expected at most 2 spaces, as `bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…` is a file, found 4 spaces"
        ],
    );
}

/// Generates names made of parts of the notation.
fn nasty_text() -> impl Strategy<Value = String> {
    let pieces = [
        "a", "b", "x.txt", " ", " ", "=", "#", "/", "\"", "'", "\\", "\\x", "\n", "\r", "\t", "\0", "b\"",
        "\u{feff}", "\u{200f}", "\u{202e}", "\u{2028}", "\u{a0}", "\u{301}", "\u{200d}", "🗂", "é", "報",
        "drive ", "drive", " = ", " # ", "5 KiB", "owner=",
    ];
    prop_oneof![
        4 => vec(select(pieces.to_vec()), 0..6).prop_map(|pieces| pieces.concat()),
        1 => "[a-z]{1,8}",
        1 => any::<String>(),
    ]
}

fn some_time() -> impl Strategy<Value = Timestamp> {
    let seconds = Timestamp::MIN.as_second()..=Timestamp::MAX.as_second();
    (seconds, 0..1_000_000_000_i32)
        .prop_map(|(second, nano)| Timestamp::new(second, nano).unwrap_or(Timestamp::UNIX_EPOCH))
}

fn some_content() -> impl Strategy<Value = LineContent> {
    let text = nasty_text().prop_map(String::into_bytes);
    let bytes = prop_oneof![text, vec(any::<u8>(), 0..12)]
        .prop_map(|bytes| if bytes.is_empty() { LineContent::Empty } else { LineContent::Bytes(bytes) });
    let size = (1..=1_u64 << 20, 0..=4_u32).prop_map(|(count, power)| count * 1024_u64.pow(power));
    let size = prop_oneof![size, 1..=u64::MAX].prop_map(LineContent::Size);
    prop_oneof![Just(LineContent::Empty), bytes, size]
}

/// Generates any JSON, with texts made of parts of the notation.
fn some_json() -> impl Strategy<Value = Json> {
    let number = prop_oneof![any::<i64>().prop_map(|n| n.to_string()), Just("-0.50e+7".to_owned())];
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        number,
        nasty_text().prop_map(|text| Json::text(&text).to_string()),
    ];
    let tree = leaf.prop_recursive(3, 12, 4, |value| {
        let list = vec(value.clone(), 0..4).prop_map(|values| format!("[{}]", values.join(", ")));
        let object = btree_map(nasty_text(), value, 0..4).prop_map(|members| {
            let members = members.iter().map(|(key, value)| format!("{} : {value}", Json::text(key)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        });
        prop_oneof![list, object]
    });
    tree.prop_map(|text| text.parse().unwrap())
}

fn some_members() -> impl Strategy<Value = Members> {
    let name = prop_oneof![Just("tags".to_owned()), Just("lock".to_owned()), nasty_text()];
    let taken = [
        "id",
        "created",
        "modified",
        "content_created",
        "content_modified",
        "owner",
        "modified_by",
        "description",
        "versions",
        "access",
    ];
    let is_free = move |name: &String| !taken.contains(&&**name);
    vec((name.prop_filter("an attribute of all services", is_free), some_json()), 0..3)
        .prop_map(|members| members.into_iter().collect())
}

fn some_attributes() -> impl Strategy<Value = Attributes> {
    let times = || (option::of(some_time()), option::of(some_time()));
    let access = option::of(select(vec![Access::None, Access::Read, Access::Write]));
    let texts = || (option::of(nasty_text()), option::of(nasty_text()));
    let rest = (option::of(1..=u32::MAX), access, some_members());
    let some = (times(), times(), texts(), texts(), rest).prop_map(
        |(times, content_times, (id, owner), (modified_by, description), (versions, access, members))| {
            Attributes {
                id,
                created: times.0,
                modified: times.1,
                content_created: content_times.0,
                content_modified: content_times.1,
                owner,
                modified_by,
                description,
                versions,
                access,
                members,
            }
        },
    );
    prop_oneof![2 => Just(Attributes::default()), 1 => some]
}

/// Generates the lines of a tree: each at a drawn depth, or as deep as the line before allows.
fn some_lines() -> impl Strategy<Value = Vec<Line>> {
    let kind = select(vec![ItemKind::Folder, ItemKind::Folder, ItemKind::File]);
    let line = (0..6_usize, nasty_text(), kind, some_content(), some_attributes());
    vec(line, 0..8).prop_map(|drawn| {
        let mut limit = 0;
        let mut lines = Vec::new();
        for (depth, name, kind, content, attributes) in drawn {
            let depth = depth.min(limit);
            limit = depth + usize::from(kind == ItemKind::Folder);
            let content = if kind == ItemKind::File { content } else { LineContent::Empty };
            lines.push(Line { depth, name, kind, content, attributes, at: Position::default() });
        }
        lines
    })
}

fn some_header() -> impl Strategy<Value = DriveHeader> {
    let profile = option::of(select(vec!["plain", "business", "personal", "box"]));
    let access = option::of(select(vec!["write", "read", "none"]));
    let owner = prop_oneof![Just("me".to_owned()), nasty_text().prop_map(|id| format!("user:{id}x"))];
    let options = vec((nasty_text(), nasty_text()), 0..3);
    let parts = (nasty_text(), profile, option::of(owner), access, option::of(nasty_text()), options);
    parts.prop_map(|(name, profile, owner, access, id, mut options)| {
        // These keys are not options.
        options.retain(|(key, _)| !["profile", "owner", "access", "id"].contains(&&**key));
        options.sort();
        options.dedup_by(|one, other| one.0 == other.0);
        options.reverse();
        let (profile, access) = (profile.map(str::to_owned), access.map(str::to_owned));
        DriveHeader { name, profile, owner, access, id, options, at: Position::default() }
    })
}

fn some_outline() -> impl Strategy<Value = Outline> {
    let alone = some_lines().prop_map(|lines| vec![DriveOutline { header: None, lines }]);
    let several = vec((some_header(), some_lines()), 1..4).prop_map(|mut drives| {
        drives.sort_by(|one, other| one.0.name.cmp(&other.0.name));
        drives.dedup_by(|one, other| one.0.name == other.0.name);
        drives.into_iter().map(|(header, lines)| DriveOutline { header: Some(header), lines }).collect()
    });
    prop_oneof![2 => alone, 1 => several].prop_map(|drives| Outline { drives })
}

/// Generates texts that resemble outlines.
fn some_text() -> impl Strategy<Value = String> {
    let pieces = [
        "\n",
        "\n",
        "\n",
        "\n  ",
        "\n  ",
        "\n    ",
        "\r\n",
        "  ",
        " ",
        "\t",
        "a",
        "Docs/",
        "x.txt",
        "é",
        "\u{feff}",
        " = ",
        " = ",
        " # ",
        "\n# ",
        "\n  #",
        "#",
        "\"",
        "\"",
        "\"text\"",
        "b\"",
        "\\",
        "\\x4",
        "\\xff",
        "\\u{",
        "}",
        "'",
        "5",
        " 5 KiB",
        "99999999999 TiB",
        "owner=",
        "id=",
        "versions=3",
        "tags=",
        "[",
        "]",
        "{",
        ":",
        ",",
        "[\"a b\"]",
        "{\"a\": 1}",
        "created=",
        "2024-05-01T09:30:00Z",
        "drive ",
        "drive A ",
        "=",
        "profile=",
        "box",
        "access=read",
        "🗂",
    ];
    prop_oneof![4 => vec(select(pieces.to_vec()), 0..24).prop_map(|pieces| pieces.concat()), 1 => any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn printed_outlines_parse_back(outline in some_outline()) {
        let printed = outline.to_string();
        let parsed = parse(&printed).map(without_positions);
        prop_assert_eq!(parsed, Ok(outline), "{}", printed);
    }

    #[test]
    fn each_item_prints_on_one_line(outline in some_outline()) {
        let n_lines: usize =
            outline.drives.iter().map(|drive| drive.lines.len() + usize::from(drive.header.is_some())).sum();
        let printed = outline.to_string();
        prop_assert_eq!(printed.lines().count(), n_lines);
        prop_assert!(!printed.contains(|c: char| c.is_control() && c != '\n'));
    }

    #[test]
    fn any_parsed_text_prints_so_that_it_parses_the_same(text in some_text()) {
        if let Ok(outline) = parse(&text) {
            let printed = outline.to_string();
            prop_assert_eq!(parse(&printed).map(without_positions), Ok(without_positions(outline)), "{}", printed);
            prop_assert_eq!(parse(&printed).map(|again| again.to_string()), Ok(printed));
        }
    }

    #[test]
    fn margins_and_line_ends_do_not_change_an_outline(outline in some_outline(), margin in 0..9_usize) {
        let printed = outline.to_string();
        let moved: String =
            printed.lines().map(|line| format!("{}{line} \r\n\n", " ".repeat(margin))).collect();
        prop_assert_eq!(parse(&moved).map(without_positions), Ok(outline));
    }
    #[test]
    fn comments_do_not_change_an_outline(outline in some_outline(), indent in 0..9_usize) {
        let printed = outline.to_string();
        let indent = " ".repeat(indent);
        let commented: String =
            printed.lines().map(|line| format!("{indent}# a = b\n{line}\n{indent}#\n")).collect();
        prop_assert_eq!(parse(&commented).map(without_positions), Ok(outline));
    }
}

#[test]
fn an_option_with_its_old_and_its_present_name_is_set_twice() {
    for (first, second) in [("order", "listing_order"), ("listing_order", "order")] {
        let error = parse(&format!("drive d {first}=name {second}=natural\n")).unwrap_err().to_string();
        assert!(error.contains("expected each key once, found `listing_order` again"), "{error}");
    }
}
