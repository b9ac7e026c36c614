//! Who may know whom: the rooms of the house, and the walls between them.

use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

fn house() -> Metadata {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    MetadataCommand::new().manifest_path(manifest).no_deps().exec().expect("the workspace has a manifest")
}

/// The rooms that a room may know; none for a crate that has no room yet.
fn may_know(room: &str) -> Option<&'static [&'static str]> {
    Some(match room {
        "sop-core" => &[],
        "sop-verify" => &["sop-core"],
        "sop-engine" | "sop-document" => &["sop-core", "sop-verify"],
        "sop-testkit" => &["sop-core", "sop-verify", "sop-engine"],
        store if store.starts_with("sop-store-") => &["sop-core", "sop-verify", "sop-engine"],
        "sop-cli" => &[
            "sop-core",
            "sop-verify",
            "sop-engine",
            "sop-document",
            "sop-store-sqlite",
            "sop-store-postgres",
            "sop-testkit",
        ],
        _ => return None,
    })
}

/// The checker of certificates confirms what the searches found, and must not rest on them.
#[test]
fn the_checker_knows_nothing_of_the_searches() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/sop-verify/src/certificate");
    let mut files = 0;
    for file in std::fs::read_dir(folder).expect("the folder of the checker") {
        let path = file.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a source file");
        files += 1;
        for searching in ["crate::search", "crate::flow", "crate::examination", "crate::route"] {
            assert!(!text.contains(searching), "{} knows {searching}", path.display());
        }
    }
    assert!(files > 5, "the checker is somewhere else");
}

/// What a room needs to be built and to run, tests aside.
fn needed(package: &Package) -> impl Iterator<Item = &str> {
    let needed = package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
    needed.map(|dependency| dependency.name.as_str())
}

fn rooms(house: &Metadata) -> impl Iterator<Item = &Package> {
    house.packages.iter().filter(|package| package.name.starts_with("sop-"))
}

#[test]
fn imports_point_up_only() {
    let house = house();
    assert!(rooms(&house).any(|room| *room.name == "sop-core"));
    for room in rooms(&house) {
        let allowed = may_know(&room.name).unwrap_or_else(|| panic!("`{}` has no room in the house yet", room.name));
        for known in needed(room).filter(|name| house.packages.iter().any(|package| *package.name == **name)) {
            assert!(allowed.contains(&known), "`{}` must not know `{known}`", room.name);
        }
    }
}

#[test]
fn only_a_store_knows_a_database() {
    const DATABASES: [&str; 7] = ["rusqlite", "libsqlite3-sys", "postgres", "tokio-postgres", "sqlx", "diesel", "redb"];
    let house = house();
    for room in rooms(&house).filter(|room| !room.name.starts_with("sop-store-")) {
        let known: Vec<&str> = needed(room).filter(|name| DATABASES.contains(name)).collect();
        assert!(known.is_empty(), "`{}` knows {known:?}", room.name);
    }
}

#[test]
fn no_room_forces_a_runtime_on_its_host() {
    const RUNTIMES: [&str; 5] = ["tokio", "async-std", "smol", "futures", "async-trait"];
    let house = house();
    for room in rooms(&house).filter(|room| *room.name != "sop-cli" && !room.name.starts_with("sop-store-")) {
        let known: Vec<&str> = needed(room).filter(|name| RUNTIMES.contains(name)).collect();
        assert!(known.is_empty(), "`{}` knows {known:?}", room.name);
    }
}

#[test]
fn the_core_needs_little() {
    const NEEDED: [&str; 10] = [
        "chrono",
        "foldhash",
        "indexmap",
        "petgraph",
        "schemars",
        "serde",
        "serde_json",
        "sha2",
        "smallvec",
        "thiserror",
    ];
    let house = house();
    let core = rooms(&house).find(|room| *room.name == "sop-core").expect("the core");
    let more: Vec<&str> = needed(core).filter(|name| !NEEDED.contains(name)).collect();
    assert!(more.is_empty(), "the core needs {more:?}");
    let clock = core.dependencies.iter().find(|dependency| dependency.name == "chrono").expect("chrono");
    assert!(!clock.uses_default_features, "chrono's default features read the wall clock");
    assert!(!clock.features.iter().any(|feature| feature == "clock" || feature == "now"));
}

#[test]
fn what_is_beside_the_house_is_not_published() {
    let house = house();
    let mut beside: Vec<&str> = Vec::new();
    for package in house.packages.iter().filter(|package| !package.name.starts_with("sop-")) {
        assert_eq!(package.publish.as_deref(), Some(&[][..]), "`{}` would be published", package.name);
        beside.push(&package.name);
    }
    beside.sort_unstable();
    assert_eq!(beside, ["benches", "examples", "tests"]);
    for room in rooms(&house) {
        assert!(room.publish.is_none(), "`{}` is not published", room.name);
    }
}

/// The source files below a folder, tests aside.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if stem == "tests" || stem == "test" && path.is_dir() {
            continue;
        }
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn the_core_does_not_touch_the_world() {
    const WORLD: [&str; 14] = [
        "SystemTime",
        "std::time",
        "Instant::now",
        "std::fs",
        "std::io",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "println!",
        "print!(",
        "unsafe ",
        "static mut",
        "thread_local!",
    ];
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/sop-core/src"), &mut files);
    assert!(files.len() > 50, "{} files", files.len());
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a source file");
        for (number, line) in text.lines().enumerate() {
            // What follows is the file's own tests.
            if line.starts_with("#[cfg(test)]") {
                break;
            }
            if line.trim_start().starts_with("//") {
                continue;
            }
            let touched = WORLD.iter().find(|world| line.contains(**world));
            assert!(touched.is_none(), "{}:{}: {}", file.display(), number + 1, touched.unwrap_or(&""));
        }
    }
}
