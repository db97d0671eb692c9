use proptest::prelude::*;

use super::*;

/// An archive, stored: names and contents.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut list) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let name_length = u16::try_from(name.len()).unwrap().to_le_bytes();
        // not a checksum, but as good for telling contents apart
        let sum: u32 = content.iter().map(|byte| u32::from(*byte)).sum();
        let header = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        bytes.extend(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0");
        bytes.extend(sum.to_le_bytes());
        bytes.extend([length(content), length(content)].concat());
        bytes.extend([name_length, [0, 0]].concat());
        bytes.extend(name.as_bytes());
        bytes.extend(*content);
        list.extend(b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0");
        list.extend(sum.to_le_bytes());
        list.extend([length(content), length(content)].concat());
        list.extend([name_length, [0; 2], [0; 2], [0; 2], [0; 2], [0; 2], [0; 2]].concat());
        list.extend(header);
        list.extend(name.as_bytes());
    }
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    let start = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let length = u32::try_from(list.len()).unwrap().to_le_bytes();
    bytes.extend(list);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].concat());
    bytes.extend([length, start].concat());
    bytes.extend([0, 0]);
    bytes
}

fn read(path: &str, bytes: &[u8]) -> Option<String> {
    text(path, bytes).map(|text| text.as_str().to_owned())
}

const DOCX: &str = r#"<?xml version="1.0"?><w:document xmlns:w="x"><w:body>
<w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr><w:r><w:t>One &amp; two</w:t></w:r></w:p>
<w:p><w:r><w:t xml:space="preserve">The sea </w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins><w:r><w:t>was calm.</w:t></w:r></w:ins></w:p>
<w:p/><w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c &#233;&#x2014;</w:t></w:r></w:p>
</w:body></w:document>"#;

#[test]
fn words_own_files_read_as_their_paragraphs() {
    let file = archive(&[
        ("[Content_Types].xml", b"x"),
        ("word/document.xml", DOCX.as_bytes()),
    ]);
    assert_eq!(
        read("book/Three.DOCX", &file).unwrap(),
        "One & two\nThe sea was calm.\n\na\tb\nc \u{e9}\u{2014}\n"
    );
    // under another name it is not looked into
    assert_eq!(read("three.md", &file), None);
}

#[test]
fn libre_offices_files_read_as_their_paragraphs() {
    let xml = "<office:body><text:tracked-changes><text:p>never</text:p></text:tracked-changes>\
        <text:h>One</text:h>\n  <text:p>The <text:span>sea</text:span><text:s/>\n was   calm.\
        <office:annotation><text:p>a note</text:p></office:annotation></text:p><text:p/>\
        <text:p>a<text:tab/>b<text:line-break/>c</text:p></office:body>";
    let file = archive(&[("mimetype", b"x"), ("content.xml", xml.as_bytes())]);
    let text = read("three.odt", &file).unwrap();
    assert_eq!(text, "One\nThe sea was calm.\n\na\tb\nc\n");
}

#[test]
fn rich_text_reads_without_its_control_words() {
    let rtf = b"{\\rtf1\\ansi{\\fonttbl{\\f0 Times;}}{\\*\\generator never}\\f0\\fs24 One\\par\r\n\
        Caf\\'e9 \\'93quoted\\'94 \\u8212?dash\\emdash{\\b bold} \\{braces\\}\\line end\\uc0\\u233 x\\par}";
    let text = read("three.rtf", rtf).unwrap();
    assert_eq!(
        text,
        "One\nCaf\u{e9} \u{201c}quoted\u{201d} \u{2014}dash\u{2014}bold {braces}\nend\u{e9}x\n"
    );
    assert_eq!(read("three.rtf", b"no rich text"), None);
}

#[test]
fn web_pages_read_as_a_browser_shows_them() {
    let page = "<!doctype html><html><head><title>no</title></head><body><!-- no -->\
        <h1>One</h1>\n\n<p>The sea\n was <em>calm</em> &mdash; 1 < 2 &nosuch;</p>\
        <script>if (a < b) no()</script><p>Two<br>three</p></body></html>";
    let text = read("three.html", page.as_bytes()).unwrap();
    assert_eq!(
        text,
        "One\nThe sea was calm \u{2014} 1 < 2 &nosuch;\nTwo\nthree\n"
    );
}

#[test]
fn a_file_that_was_only_saved_again_says_the_same() {
    let file = |text: &str, saved: &str| {
        archive(&[
            ("word/document.xml", text.as_bytes()),
            ("docProps/core.xml", saved.as_bytes()),
        ])
    };
    let (one, again) = (file(DOCX, "monday"), file(DOCX, "tuesday"));
    assert!(says_the_same("a.docx", &one, &again));
    assert!(!says_the_same(
        "a.docx",
        &one,
        &file("<w:t>other</w:t>", "monday")
    ));
    assert!(!says_the_same("a.md", &one, &again));
    assert!(!says_the_same("a.docx", b"damaged", b"damaged too"));
    assert!(is_office("A.DOCX") && !is_office("a.md"));
}

#[test]
fn damaged_and_hostile_archives_have_no_text() {
    let whole = archive(&[("word/document.xml", DOCX.as_bytes())]);
    for end in 0..whole.len() {
        assert_eq!(
            read("a.docx", &whole[..end]).filter(|text| !text.is_empty()),
            None,
            "{end}"
        );
    }
    let twice = archive(&[("word/document.xml", b"a"), ("word/document.xml", b"b")]);
    assert_eq!(read("a.docx", &twice), None);
    // deep nesting costs nothing, and ends
    let deep = [b"{\\rtf1".to_vec(), vec![b'{'; 100_000]].concat();
    assert_eq!(read("a.rtf", &deep), None);
    let tags = "<w:p>".repeat(100_000);
    assert!(
        read(
            "a.docx",
            &archive(&[("word/document.xml", tags.as_bytes())])
        )
        .is_some()
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_not_without_harm(bytes: Vec<u8>, end in "docx|odt|rtf|html|md") {
        let path = format!("a.{end}");
        let _ = text(&path, &bytes);
        let rtf = [b"{\\rtf".as_slice(), &bytes].concat();
        let _ = text("a.rtf", &rtf);
    }

    #[test]
    fn any_markup_is_read_without_harm(xml in "[<>/a-z:&;#x0-9!\\[\\]?\" \n-]{0,200}") {
        let file = archive(&[("word/document.xml", xml.as_bytes()), ("content.xml", xml.as_bytes())]);
        for path in ["a.docx", "a.odt", "a.html"] {
            let bytes = if path == "a.html" { xml.as_bytes() } else { &file };
            prop_assert!(text(path, bytes).is_some());
        }
    }

    #[test]
    fn a_flipped_byte_of_an_archive_is_no_harm(at in 0_usize..1200, bit in 0_u8..8) {
        let mut file = archive(&[("word/document.xml", DOCX.as_bytes())]);
        let at = at % file.len();
        file[at] ^= 1 << bit;
        let _ = text("a.docx", &file);
        let _ = says_the_same("a.docx", &file, &archive(&[("word/document.xml", DOCX.as_bytes())]));
    }
}
