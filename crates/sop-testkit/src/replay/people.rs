//! Who acts in a run that was found without a directory.

use sop_core::case::Directory;
use sop_core::definition::{DirectoryFile, Holder, PersonEntry, PersonId, Post, PostId};
use sop_core::format::Poisoned;
use sop_core::process::{CheckedOffice, Process, check_office};
use sop_verify::{Cast, REQUESTER};

use super::Mismatch;

/// How many understudies each post has: where duties are separated, the one who is named may be kept out.
const UNDERSTUDIES: u32 = 3;

/// The verifier's cast with its understudies, as a directory of an office that knows all the posts.
pub(super) fn of_cast(process: &Process, office: &CheckedOffice) -> Result<(Directory, Vec<PersonId>), Mismatch> {
    let cast = Cast::of(process);
    let posts: Vec<PostId> = cast.holders.iter().map(|held| held.post.clone()).collect();
    let office = with_posts(office, &posts)?;
    let (mut people, mut holders) = (cast.people, cast.holders);
    for number in 1..=UNDERSTUDIES {
        for post in &posts {
            let name: String = format!("pengganti_{number}_{post}").chars().take(64).collect();
            let Ok(person) = PersonId::new(&name) else { continue };
            people.push(PersonEntry { id: person.clone(), name, nip: None });
            holders.push(Holder {
                post: post.clone(),
                r#for: None,
                person,
                from: None,
                until: None,
                r#as: None,
                mandate: None,
                decides: false,
            });
        }
    }
    let id = sop_core::definition::DirectoryId::new("lakon").map_err(|error| Mismatch::Stage(error.to_string()))?;
    let file = DirectoryFile { schema: None, format: 1, id, people, holders, absences: Vec::new() };
    of_file(&file, &office)
}

/// The people of a directory, and one who asks whom it need not list.
pub(super) fn of_file(file: &DirectoryFile, office: &CheckedOffice) -> Result<(Directory, Vec<PersonId>), Mismatch> {
    let (directory, found) = Directory::check(file, office, &Poisoned::default());
    let said = || found.iter().map(|finding| finding.rule.name).collect::<Vec<_>>().join(", ");
    let directory = directory.ok_or_else(|| Mismatch::Stage(format!("the directory has errors: {}", said())))?;
    let mut people: Vec<PersonId> = directory.people().iter().map(|person| person.id.clone()).collect();
    if let Ok(requester) = PersonId::new(REQUESTER)
        && !people.contains(&requester)
    {
        people.push(requester);
    }
    Ok((directory, people))
}

/// The same office, where it has all these posts: as signed, a column is its own post.
fn with_posts(office: &CheckedOffice, posts: &[PostId]) -> Result<CheckedOffice, Mismatch> {
    let mut file = office.office().clone();
    for post in posts {
        if !file.posts.iter().any(|known| known.id == *post) {
            file.posts.push(Post { id: post.clone(), title: post.to_string(), superior: None });
        }
    }
    let (checked, found) = check_office(&file, &Poisoned::default());
    let said = || found.iter().map(|finding| finding.rule.name).collect::<Vec<_>>().join(", ");
    checked.ok_or_else(|| Mismatch::Stage(format!("the office has errors: {}", said())))
}
