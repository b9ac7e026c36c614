//! Files that are none, are too long, or are wrong: each a clear error, and no panic.

use std::fs;
use std::path::PathBuf;

use sop_engine::core::diagnostic::Language;
use sop_engine::core::text::SourceText;
use sop_engine::files;

use crate::office::{bundle, path};

/// A folder of its own for a test, emptied when it begins.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _absent = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn error(path: impl AsRef<std::path::Path>) -> String {
    files::read(path).unwrap_err().render(Language::English)
}

#[test]
fn what_is_no_file_is_said() {
    let folder = folder("no_file");
    assert!(error(&folder).contains("it is not a file, perhaps a folder"));
    let missing = error(folder.join("x.json"));
    assert!(
        missing.starts_with("error[SOP2001]: the file `") && missing.contains("x.json` can't be read: "),
        "{missing}"
    );
    let long = folder.join("long.json");
    fs::File::create(&long).unwrap().set_len(100 * 1024 * 1024).unwrap();
    assert!(error(&long).contains("error[SOP0101]: the file is too large: 100"), "{}", error(&long));
    fs::write(folder.join("empty.json"), "").unwrap();
    fs::write(folder.join("binary.json"), [0, 159, 146, 150]).unwrap();
    fs::write(folder.join("cut.json"), "{ \"format\": 1, \"id\": \"x").unwrap();
    for name in ["empty.json", "binary.json", "cut.json"] {
        let said = error(folder.join(name));
        assert!(said.contains(name) && said.contains("error["), "{name}: {said}");
    }
}

#[test]
fn everything_wrong_with_all_three_files_is_said_at_once() {
    let folder = folder("all_three");
    let read = |name: &str| fs::read_to_string(path(name)).unwrap();
    fs::create_dir_all(folder.join("calendars")).unwrap();
    fs::write(
        folder.join("a.json"),
        read("narasumber.json").replace("\"next\": \"teruskan\"", "\"next\": \"terusken\""),
    )
    .unwrap();
    fs::write(
        folder.join("kantor.json"),
        read("kantor.json").replace("\"superior\": \"karo\"", "\"superior\": \"kara\""),
    )
    .unwrap();
    let calendar: serde_json::Value = serde_json::from_str(&read("calendars/kalbar.json")).unwrap();
    let mut twice = calendar;
    let first = twice["holidays"][0].clone();
    twice["holidays"].as_array_mut().unwrap().push(first);
    fs::write(folder.join("calendars/kalbar.json"), twice.to_string()).unwrap();
    let said = error(folder.join("a.json"));
    assert!(said.contains("kantor.json:"), "{said}");
    assert!(said.contains("kara"), "{said}");
    // The definition's references are checked against a sound office only; mend that first.
    fs::write(folder.join("kantor.json"), read("kantor.json")).unwrap();
    let said = error(folder.join("a.json"));
    assert!(said.contains("a.json:") && said.contains("teruskan"), "{said}");
    assert!(said.contains("(row 2, `periksa`)"), "where it is in the author's terms: {said}");
    assert!(said.contains("kalbar.json:1:") && said.contains("error[SOP0741]"), "{said}");
}

#[test]
fn a_file_names_others_beside_itself_only() {
    let folder = folder("absolute");
    let text = fs::read_to_string(path("narasumber.json")).unwrap();
    fs::write(folder.join("a.json"), text.replace("\"kantor.json\"", "\"/etc/kantor.json\"")).unwrap();
    let said = error(folder.join("a.json"));
    assert!(
        said.contains("error[SOP2003]: `office` names `/etc/kantor.json`") && said.contains("a.json:6:13"),
        "{said}"
    );
    fs::write(folder.join("a.json"), text).unwrap();
    let said = error(folder.join("a.json"));
    assert!(
        said.contains("error[SOP2002]: `office` names a file that is not there") && said.contains("a.json:6:13"),
        "{said}"
    );
}

#[test]
fn a_directory_that_names_nobody_known_is_refused_with_its_place() {
    let folder = folder("directory");
    let text = fs::read_to_string(path("pejabat.json")).unwrap();
    let file = folder.join("pejabat.json");
    fs::write(&file, text.replace("\"post\": \"sekda\"", "\"post\": \"sekdaa\"")).unwrap();
    let said = files::directory(&file, bundle("narasumber.json").office()).unwrap_err().to_string();
    assert!(said.contains("pejabat.json:") && said.contains("sekdaa"), "{said}");
}

/// What `main` prints of an error that it returns is the report, not the inside of the program.
#[test]
fn an_error_that_main_returns_reads_like_a_report() {
    let folder = std::env::temp_dir().join("sop-no-such-folder");
    let missing = format!("{:?}", files::read(folder.join("narasumber.json")).unwrap_err());
    assert!(missing.contains("tidak dapat dibaca") && !missing.contains("FileError"), "{missing}");

    let bundle = crate::office::bundle("narasumber.json");
    let [definition, office, calendar] = bundle.sources().map(Clone::clone);
    let wrong = definition.text().replace("\"role\": \"sekda\"", "\"role\": \"sekdaa\"");
    let wrong = files::Bundle::from_texts(SourceText::new("narasumber.json", wrong), office, calendar).unwrap_err();
    let report = format!("{wrong:?}");
    assert!(report.contains("galat[SOP0203]") && report.contains("--> narasumber.json:333:"), "{report}");
    assert!(report.ends_with("1 galat, 1 peringatan, 1 catatan"), "{report}");
}
