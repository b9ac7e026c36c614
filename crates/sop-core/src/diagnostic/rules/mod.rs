//! Every rule by name, and all of them by code.
//!
//! | range | about |
//! |---|---|
//! | `SOP01xx` | the text of a file, its keys and the types of its values |
//! | `SOP02xx` | structure and references |
//! | `SOP03xx` | guards and fields |
//! | `SOP04xx` | papers |
//! | `SOP05xx` | returns, time, ladders |
//! | `SOP06xx` | people and policy |
//! | `SOP07xx` | office, directory, calendar |
//! | `SOP08xx` | scenarios and other files |
//! | `SOP1xxx` | the verifier |
//! | `SOP2xxx` | the engine and its store |
//! | `SOP3xxx` | import |
//!
//! A code is never given a second meaning: a rule that goes leaves a gap. Each range has a file here with
//! one `rule_table!`, and is listed in `RANGES`, in order.

mod engine;
mod guards;
mod office;
mod papers;
mod people;
mod structure;
mod text;
mod time;
mod values;

pub use engine::*;
pub use guards::*;
pub use office::*;
pub use papers::*;
pub use people::*;
pub use structure::*;
pub use text::*;
pub use time::*;
pub use values::*;

use crate::diagnostic::Rule;

const RANGES: &[&[&Rule]] = &[
    text::ALL,
    values::ALL,
    structure::ALL,
    guards::ALL,
    papers::ALL,
    time::ALL,
    people::ALL,
    office::ALL,
    engine::ALL,
];

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which refuses an index out of bounds")]
const COUNT: usize = {
    let (mut range, mut count) = (0, 0);
    while range < RANGES.len() {
        count += RANGES[range].len();
        range += 1;
    }
    count
};

/// All rules, by code.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which refuses an index out of bounds")]
pub static RULES: [&Rule; COUNT] = {
    let mut rules = [RANGES[0][0]; COUNT];
    let (mut range, mut count) = (0, 0);
    while range < RANGES.len() {
        let mut rule = 0;
        while rule < RANGES[range].len() {
            rules[count] = RANGES[range][rule];
            rule += 1;
            count += 1;
        }
        range += 1;
    }
    rules
};

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::diagnostic::registry::placeholders;
    use crate::diagnostic::{Both, Rule};
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_sorted() {
        assert!(RULES.windows(2).all(|pair| matches!(pair, [a, b] if a.code < b.code)));
        for rule in RULES {
            assert_eq!(Rule::find(&rule.code()), Some(rule));
            assert_eq!(Rule::find(rule.name), Some(rule));
        }
    }

    #[test]
    fn both_languages_fill_the_same_places() {
        let same = |text: &Both| {
            let names = |text| placeholders(text).collect::<BTreeSet<_>>();
            names(text.id) == names(text.en)
        };
        for rule in RULES {
            assert!(same(&rule.message), "{rule}: message");
            assert!(rule.help.as_ref().is_none_or(same), "{rule}: help");
            assert!(placeholders(rule.page.id).next().is_none(), "{rule}: a page has no placeholders");
        }
    }

    #[test]
    fn every_text_is_there_and_in_the_style() {
        for rule in RULES {
            for text in [rule.message.id, rule.message.en] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{rule}: {text}");
                assert!(!text.starts_with(char::is_uppercase), "{rule}: {text}");
            }
            for text in [rule.page.id, rule.page.en] {
                assert!(text.len() > 40 && text.ends_with('.'), "{rule}: {text}");
            }
            assert!(!rule.bad.is_empty() && !rule.good.is_empty() && rule.bad != rule.good, "{rule}: examples");
        }
    }
}
