//! Who acts in a run.

use sop_core::case::Directory;
use sop_core::definition::{DirectoryFile, DirectoryId, Holder, PersonEntry, PersonId, Post, PostId};
use sop_core::format::Poisoned;
use sop_core::process::{CheckedOffice, Process, check_office};
use sop_verify::{Cast, REQUESTER};

use super::Mismatch;

/// The number of understudies that each post has: where duties are separated, the one who is named may be kept out.
const UNDERSTUDIES: u32 = 3;

/// Everybody who may act in a run: the people of a directory, if one is handed in, then the verifier's cast, then its
/// understudies.
pub(super) fn gathered(
    process: &Process,
    office: &CheckedOffice,
    file: Option<&DirectoryFile>,
) -> Result<(Directory, Vec<PersonId>), Mismatch> {
    let cast = Cast::of(process);
    let posts: Vec<PostId> = cast.holders.iter().map(|held| held.post.clone()).collect();
    let office = with_posts(office, &posts)?;
    let nobody = || -> Result<DirectoryFile, Mismatch> {
        let id = DirectoryId::new("lakon").map_err(|error| Mismatch::Stage(error.to_string()))?;
        let (people, holders, absences) = (Vec::new(), Vec::new(), Vec::new());
        Ok(DirectoryFile { schema: None, format: 1, id, people, holders, absences })
    };
    let mut all = file.map_or_else(nobody, |file| Ok(file.clone()))?;
    // Beside a holder nobody may act for a vacant post; in the run they all hold it.
    for held in &mut all.holders {
        (held.r#as, held.mandate, held.decides) = (None, None, false);
    }
    all.people.extend(cast.people);
    all.holders.extend(cast.holders);
    for number in 1..=UNDERSTUDIES {
        for post in &posts {
            let name: String = format!("pengganti_{number}_{post}").chars().take(64).collect();
            let Ok(person) = PersonId::new(&name) else { continue };
            all.people.push(PersonEntry { id: person.clone(), name, nip: None });
            all.holders.push(Holder {
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
    let directory = listed(&all, &office)?;
    let mut people: Vec<PersonId> = directory.people().iter().map(|person| person.id.clone()).collect();
    if let Ok(requester) = PersonId::new(REQUESTER)
        && !people.contains(&requester)
    {
        people.push(requester);
    }
    Ok((directory, people))
}

/// The people of a directory alone.
pub(super) fn listed(file: &DirectoryFile, office: &CheckedOffice) -> Result<Directory, Mismatch> {
    let (directory, found) = Directory::check(file, office, &Poisoned::default());
    let said = || found.iter().map(|finding| finding.rule.name).collect::<Vec<_>>().join(", ");
    directory.ok_or_else(|| Mismatch::Stage(format!("the directory has errors: {}", said())))
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
