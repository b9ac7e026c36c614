//! What a check of the chain finds.

use std::fmt;
use std::ops::RangeInclusive;

use sop_core::diagnostic::{Bilingual, Language};
use sop_core::process::Hash;

use super::Head;
use crate::store::{About, CaseId, Position};

/// What a check of a log found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audit {
    /// The number of entries that were read.
    pub entries: u64,
    /// Of how many only what an [archive](crate::Engine::archive) leaves is here; they are chained as before.
    pub archived: u64,
    /// The log's head after the last of them; none for an empty log.
    pub head: Option<Head>,
    /// What is wrong, in the order in which it was met. Of a log with many things wrong, not all.
    pub findings: Vec<Finding>,
}

impl Audit {
    /// The number of findings that are gathered at most; the log is read to its end all the same.
    pub const MOST_FINDINGS: usize = 1_000;

    /// Tells whether nothing was altered, removed, inserted or put in another order.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Something that is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The entry is not what was committed: what it says, what it is about, under which process, or its key.
    Altered {
        /// Its place.
        at: Position,
        /// What it is about, as it says now.
        about: About,
    },
    /// Entries of a case are missing.
    Removed {
        /// The case.
        case: CaseId,
        /// Which of its entries, counted from 1.
        versions: RangeInclusive<u32>,
        /// The entry of the case that comes next.
        before: Position,
    },
    /// An entry, or several, are missing just before this one.
    RemovedBefore {
        /// The entry that comes next.
        at: Position,
    },
    /// The entry was not committed where it stands: it was put in later.
    Inserted {
        /// Its place.
        at: Position,
        /// What it says that it is about.
        about: About,
    },
    /// The entry was committed, and at another place.
    Reordered {
        /// Where it stands.
        at: Position,
        /// What it is about.
        about: About,
        /// The entry after which it was committed, by where that one stands.
        belongs_after: Position,
    },
    /// The entry has no link although the log has some: it was put in past the store, or its link was taken off.
    NotChained {
        /// Its place.
        at: Position,
    },
    /// The log ends before a place of which a head was kept: its end is missing.
    CutShort {
        /// The head that was kept.
        kept: Head,
        /// Where the log ends.
        last: Position,
    },
    /// The log up to a place is another than the one of which a head was kept: everything was computed anew from some
    /// entry on.
    Forked {
        /// The head that was kept.
        kept: Head,
        /// The head that the log has there.
        found: Hash,
    },
    /// Entries of the case are said to be in an archive, and nothing on record says that they were moved there, or not
    /// that this is what was left of them.
    MovedAway {
        /// The case.
        case: CaseId,
        /// Its last entry, or the one that says of something else that it was left.
        at: Position,
    },
    /// Values of the case were erased, and nothing on record says by whom and why: not by the engine.
    ErasedUnsaid {
        /// The case.
        case: CaseId,
        /// Its last entry.
        at: Position,
    },
    /// A text that an entry names is missing, or is not what it was.
    Text {
        /// The entry.
        at: Position,
        /// The hash of the text.
        text: Hash,
    },
    /// The entry cannot be read at all.
    Unreadable {
        /// Its place.
        at: Position,
        /// Why.
        why: String,
    },
}

impl Finding {
    /// The place that it names: where to look.
    pub fn at(&self) -> Position {
        match self {
            Self::Altered { at, .. }
            | Self::RemovedBefore { at }
            | Self::Inserted { at, .. }
            | Self::Reordered { at, .. }
            | Self::NotChained { at }
            | Self::MovedAway { at, .. }
            | Self::ErasedUnsaid { at, .. }
            | Self::Text { at, .. }
            | Self::Unreadable { at, .. }
            | Self::Removed { before: at, .. } => *at,
            Self::CutShort { last, .. } => last.next(),
            Self::Forked { kept, .. } => kept.position,
        }
    }

    /// What to tell a person.
    pub fn explain(&self, language: Language) -> String {
        self.words().in_language(language).to_owned()
    }

    fn words(&self) -> Bilingual {
        match self {
            Self::Altered { at, about } => {
                let about = named(about);
                Bilingual::new(
                    format!("Catatan {at} ({}) telah diubah: isinya bukan lagi yang dicatat.", about.id),
                    format!("Entry {at} ({}) was altered: it is not what was committed.", about.en),
                )
            }
            Self::Removed { case, versions, before } => {
                let (first, last) = (versions.start(), versions.end());
                let which = if first == last { first.to_string() } else { format!("{first}–{last}") };
                Bilingual::new(
                    format!("Catatan ke-{which} permohonan {case} hilang: seharusnya ada sebelum catatan {before}."),
                    format!("Entry {which} of case {case} is missing: it was before entry {before}."),
                )
            }
            Self::RemovedBefore { at } => Bilingual::new(
                format!("Sesuatu hilang tepat sebelum catatan {at}."),
                format!("Something is missing just before entry {at}."),
            ),
            Self::Inserted { at, about } => {
                let about = named(about);
                Bilingual::new(
                    format!("Catatan {at} ({}) disisipkan kemudian.", about.id),
                    format!("Entry {at} ({}) was put in later.", about.en),
                )
            }
            Self::Reordered { at, about, belongs_after } => {
                let about = named(about);
                Bilingual::new(
                    format!(
                        "Catatan {at} ({}) tidak di tempatnya: ia dicatat setelah yang kini catatan {belongs_after}.",
                        about.id
                    ),
                    format!(
                        "Entry {at} ({}) is not in its place: it was committed after what is entry {belongs_after} now.",
                        about.en
                    ),
                )
            }
            Self::NotChained { at } => Bilingual::new(
                format!("Catatan {at} tidak terangkai dengan yang lain: ia dimasukkan dari luar."),
                format!("Entry {at} is not chained to the others: it was put in from outside."),
            ),
            Self::CutShort { kept, last } => Bilingual::new(
                format!("Buku catatan berakhir pada catatan {last}, padahal pernah sampai {}.", kept.position),
                format!("The log ends with entry {last}, and it once had {}.", kept.position),
            ),
            Self::Forked { kept, .. } => Bilingual::new(
                format!(
                    "Sampai catatan {0}, isi buku catatan bukan yang sidiknya disimpan: sebagian catatan sampai {0} telah \
                     diganti.",
                    kept.position
                ),
                format!(
                    "Up to entry {0} the log is not the one of which the head was kept: some entry up to {0} was replaced.",
                    kept.position
                ),
            ),
            Self::MovedAway { case, at } => Bilingual::new(
                format!("Catatan permohonan {case} sampai catatan {at} seolah-olah diarsipkan, padahal tidak begitu."),
                format!("Entries of case {case} up to entry {at} look archived, and were not, or not like that."),
            ),
            Self::ErasedUnsaid { case, .. } => Bilingual::new(
                format!("Isian permohonan {case} telah dihapus tanpa catatan siapa yang menghapus dan mengapa."),
                format!("Values of case {case} were erased, and nothing says by whom and why."),
            ),
            Self::Text { at, text } => Bilingual::new(
                format!("Naskah {} yang dirujuk catatan {at} hilang atau telah diubah.", text.short()),
                format!("The text {} that entry {at} names is missing or was altered.", text.short()),
            ),
            Self::Unreadable { at, why } => Bilingual::new(
                format!("Catatan {at} tidak dapat dibaca: {why}"),
                format!("Entry {at} cannot be read: {why}"),
            ),
        }
    }
}

fn named(about: &About) -> Bilingual {
    match about {
        About::Case { case, version, .. } => {
            Bilingual::new(format!("permohonan {case}, ke-{version}"), format!("case {case}, its entry {version}"))
        }
        About::Deployment => Bilingual::new("pemberlakuan SOP", "a deployment"),
        About::Directory => Bilingual::new("daftar pejabat", "the directory"),
        About::Calendar => Bilingual::new("kalender kerja", "the calendar"),
    }
}

impl fmt::Display for Finding {
    /// As [`explain`](Self::explain), in Indonesian.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().id)
    }
}
