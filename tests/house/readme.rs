//! What the README shows is what there is.

use std::path::{Path, PathBuf};

fn top(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn text(path: &str) -> String {
    std::fs::read_to_string(top(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The embedding is the example, to the letter, and short enough to be read at once.
#[test]
fn the_embedding_shown_is_the_example() {
    let (readme, example) = (text("README.md"), text("examples/embed.rs"));
    let begin = example.find("use sop_engine").expect("the example uses the engine");
    let shown = example[begin..].trim_end();
    assert!(readme.contains(&format!("```rust,no_run\n{shown}\n```")), "README.md and examples/embed.rs differ");
    assert!(example.lines().count() <= 40, "the shortest embedding has {} lines", example.lines().count());
}

/// Every path that the README links to is there.
#[test]
fn every_link_leads_somewhere() {
    let readme = text("README.md");
    let links: Vec<&str> = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.len() > 5);
    for link in links {
        assert!(top(link).exists(), "README.md links to {link}, which is not there");
    }
}

/// The two commands that it promises are the ones that are checked.
#[test]
fn the_commands_shown_are_the_ones_that_are_checked() {
    let (readme, checked) = (text("README.md"), text(".ci/run"));
    for command in ["cargo run --example narasumber", "cargo test --workspace"] {
        assert!(readme.contains(&format!("$ {command}\n")), "the README no longer shows `{command}`");
        let locked = command.replacen("cargo run", "cargo run --locked", 1);
        assert!(checked.contains(command) || checked.contains(&locked), ".ci/run does not run `{command}`");
    }
}
