//! The definition of an office procedure, the process compiled from it, and the case that runs through it.
//!
//! A government office writes its procedures as tables: numbered activities, one column a role, papers needed, minutes
//! allowed, and where a request goes back when something is wrong. Here such a table is a JSON file that *is* the
//! process. This crate reads it, says in Indonesian and English what is wrong with it and where, compiles it, and
//! decides what follows from each command:
//!
//! ```text
//! SourceText ──parse──▶ Parsed<Definition> ──compile──▶ Process ──decide──▶ Events ──apply──▶ CaseState
//! ```
//!
//! - [`text`], [`diagnostic`], [`format`](mod@format): files as text with positions; every finding in one catalogue; decoding that
//!   reports all mistakes at once.
//! - [`guard`], [`time`]: the conditions of a choice; working time, calendars, and durations as officials write them.
//! - [`definition`]: the file formats.
//! - [`process`]: the definition compiled and checked, around a petgraph graph; immutable, with its two hashes.
//! - [`case`]: `decide`, `apply` and `due`.
//! - [`semantics`]: the rules of all this, with the numbers by which code and tests cite them.
//!
//! # What it deliberately does not know
//!
//! Files, databases, threads, the wall clock, terminals. Time is always an argument; who holds which post and when the
//! office is open are arguments too ([`World`](case::World)).
//!
//! # Invariants
//!
//! - The same inputs give the same events, byte for byte, on every platform: there is no clock, no randomness, and no
//!   order of a hash table in anything that can be seen.
//! - Nothing here panics, whatever the input; nothing recurses on what a user wrote.
//! - A [`Process`](process::Process) can only come from [`compile`](process::compile), and is complete: every name in
//!   it leads somewhere.
//! - What is persisted are names, never indices ([`Record`](case::Record)).
//!
//! # Example
//!
//! ```
//! use sop_core::case::{CaseState, Command, Directory, People, Registers, World, apply_all, decide};
//! use sop_core::definition::{Definition, Office, PersonId};
//! use sop_core::format::{Document, Parsed, parse};
//! use sop_core::process::{Reading, check_office, compile};
//! use sop_core::text::SourceText;
//! use sop_core::time::{CalendarFile, Instant, check_calendar};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions/");
//! fn read<T: Document>(name: &str) -> Result<Parsed<T>, std::io::Error> {
//!     let text = std::fs::read_to_string(format!("{FOLDER}{name}"))?;
//!     Ok(parse(SourceText::new(name, text)))
//! }
//! let office = read::<Office>("kantor.json")?.into_result()?;
//! let office = check_office(&office, &Default::default()).0.ok_or("the office has errors")?;
//! let calendar = read::<CalendarFile>("calendars/kalbar.json")?.into_result()?;
//! let calendar = check_calendar(&calendar, office.zone().clone()).0.ok_or("the calendar has errors")?;
//! let definition = read::<Definition>("narasumber.json")?.into_result()?;
//! let process = compile(&definition, &office, Reading::AsRun, &Default::default()).into_result()?;
//!
//! let mut people = People::new();
//! let requester = people.intern(&PersonId::new("wulan")?);
//! let staffing = Directory::empty(&office).staff(&process, &mut people);
//! let registers = Registers::new();
//! let world = World { people: &people, staffing: &staffing, calendar: &calendar, registers: &registers };
//!
//! let mut case = CaseState::new();
//! let (start, _) = process.starts().iter().next().ok_or("there is a start")?;
//! let open = Command::Start { start, by: requester, subject: "Narasumber pelatihan".into(), documents: vec![] };
//! let now: Instant = "2026-01-12T01:00:00.000Z".parse()?;
//! let events = decide(&process, &world, &case, &open, now).map_err(|refused| format!("{refused:?}"))?;
//! apply_all(&mut case, &events);
//! assert_eq!(case.waits().len(), 1);
//! // Five working minutes from 08.00 WIB.
//! assert_eq!(case.waits()[0].due(), Some("2026-01-12T01:05:00.000Z".parse()?));
//! # Ok(())
//! # }
//! ```

pub mod diagnostic;
#[macro_use]
pub mod format;
pub mod case;
pub mod definition;
pub mod guard;
pub mod process;
#[doc = include_str!("../SEMANTICS.md")]
pub mod semantics {}
pub mod text;
pub mod time;
