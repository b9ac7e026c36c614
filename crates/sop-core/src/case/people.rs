//! People by number, and who holds a role when.

use foldhash::fast::RandomState;
use indexmap::IndexSet;

use super::event::{Actor, Capacity};
use crate::definition::PersonId;
use crate::guard::Value;
use crate::process::index::Position;
use crate::process::{RoleIx, Table};
use crate::time::{Instant, Revision};

/// A person, by number. Numbers are given in order of first mention and mean nothing elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PersonIx(pub(crate) std::num::NonZeroU32);

impl PersonIx {
    /// The number, counted from 1.
    pub fn number(self) -> u32 {
        self.0.get()
    }

    /// The person with this number; none for 0.
    pub fn from_number(number: u32) -> Option<Self> {
        std::num::NonZeroU32::new(number).map(Self)
    }
}

/// Everybody who was ever mentioned, in order of first mention.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// Looked up with each command, so by a fast hash; seeded anew with each program, since hosts choose the ids.
    ids: IndexSet<PersonId, RandomState>,
}

impl People {
    /// Nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of this person, a new one if they were never mentioned.
    pub fn intern(&mut self, id: &PersonId) -> PersonIx {
        let place = match self.ids.get_index_of(id) {
            Some(place) => place,
            None => self.ids.insert_full(id.clone()).0,
        };
        number_of(place)
    }

    /// The number of this person, if they were mentioned before.
    pub fn find(&self, id: &PersonId) -> Option<PersonIx> {
        self.ids.get_index_of(id).map(number_of)
    }

    /// The person with this number.
    pub fn name(&self, person: PersonIx) -> Option<&PersonId> {
        self.ids.get_index((person.number() - 1) as usize)
    }

    /// The number of people that were mentioned.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Tells whether nobody was mentioned.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Everybody in order.
    pub fn iter(&self) -> impl Iterator<Item = (PersonIx, &PersonId)> {
        self.ids.iter().enumerate().map(|(place, id)| (number_of(place), id))
    }
}

fn number_of(place: usize) -> PersonIx {
    let number = u32::try_from(place).unwrap_or(u32::MAX - 1).saturating_add(1);
    PersonIx(std::num::NonZeroU32::new(number).unwrap_or(std::num::NonZeroU32::MIN))
}

/// A time in which one person may act for a role.
#[derive(Debug, Clone, PartialEq)]
pub struct Tenure {
    /// Who.
    pub person: PersonIx,
    /// In which capacity.
    pub capacity: Capacity,
    /// Tells whether an acting officer's mandate decides (W1); true for the holder.
    pub decides: bool,
    /// The first instant.
    pub from: Instant,
    /// The instant at which it is over.
    pub until: Instant,
}

impl Tenure {
    /// Tells whether it covers the instant.
    #[inline]
    pub fn covers(&self, at: Instant) -> bool {
        self.from <= at && at < self.until
    }
}

/// Who holds one role.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RoleStaff {
    /// Whoever holds it, whatever binds it.
    pub any: Vec<Tenure>,
    /// Whoever holds it for one value of the field that binds it, by the value's place in its list.
    pub per: Vec<Vec<Tenure>>,
}

/// Who holds the roles of one process: a directory, resolved.
#[derive(Debug, Clone, Default)]
pub struct Staffing {
    pub(crate) roles: Table<RoleIx, RoleStaff>,
    pub(crate) people: Vec<PersonIx>,
    pub(crate) revision: Revision,
}

/// What binds a role that is filled per field: the place of the value in its closed list.
pub(crate) fn place_of(value: Option<&Value>) -> Option<u16> {
    match value {
        Some(Value::Choice(place) | Value::Unit(place)) => Some(*place),
        _ => None,
    }
}

impl Staffing {
    /// Nobody holds anything: for processes that only requesters act in, and for benches.
    pub fn nobody(revision: Revision) -> Self {
        Self { roles: Table::default(), people: Vec::new(), revision }
    }

    /// The directory's revision.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// Tells whether the directory lists the person.
    pub fn knows(&self, person: PersonIx) -> bool {
        self.people.binary_search(&person).is_ok()
    }

    /// The tenures of a role under what binds it, at any time.
    pub fn tenures(&self, role: RoleIx, bound: Option<u16>) -> &[Tenure] {
        let Some(staff) = self.roles.get(role) else { return &[] };
        match bound {
            None => &staff.any,
            Some(place) => staff.per.get(usize::from(place)).map_or(&[], Vec::as_slice),
        }
    }

    /// The tenure by which the person holds the role at the instant; of several, one whose mandate decides.
    #[inline]
    pub fn find(&self, role: RoleIx, bound: Option<u16>, person: PersonIx, at: Instant) -> Option<&Tenure> {
        let mut found: Option<&Tenure> = None;
        for tenure in self.tenures(role, bound) {
            if tenure.person == person && tenure.covers(at) {
                if tenure.decides {
                    return Some(tenure);
                }
                found = found.or(Some(tenure));
            }
        }
        found
    }

    /// Everybody who holds the role at the instant.
    pub fn holders(&self, role: RoleIx, bound: Option<u16>, at: Instant) -> impl Iterator<Item = &Tenure> {
        self.tenures(role, bound).iter().filter(move |tenure| tenure.covers(at))
    }

    /// Tells whether the person holds any role at the instant, under any binding.
    pub fn holds_any(&self, person: PersonIx, at: Instant) -> bool {
        self.roles.values().any(|staff| {
            staff
                .any
                .iter()
                .chain(staff.per.iter().flatten())
                .any(|tenure| tenure.person == person && tenure.covers(at))
        })
    }

    /// All roles and bindings under which the person acts at the instant.
    pub fn posts_of(&self, person: PersonIx, at: Instant) -> Vec<(RoleIx, Option<u16>, Capacity)> {
        let mut found = Vec::new();
        for (role, staff) in self.roles.iter() {
            let mut look = |bound: Option<u16>, tenures: &[Tenure]| {
                if let Some(tenure) = tenures.iter().find(|tenure| tenure.person == person && tenure.covers(at)) {
                    found.push((role, bound, tenure.capacity));
                }
            };
            look(None, &staff.any);
            for (place, tenures) in staff.per.iter().enumerate() {
                look(Some(u16::at(place)), tenures);
            }
        }
        found
    }
}

impl Position for u16 {
    fn place(self) -> usize {
        usize::from(self)
    }
    fn at(place: usize) -> Self {
        Self::try_from(place).unwrap_or(Self::MAX)
    }
}

impl Tenure {
    /// The person acting for a role by this tenure.
    pub fn actor(&self, role: RoleIx) -> Actor<PersonIx, RoleIx> {
        Actor { person: self.person, role, capacity: self.capacity }
    }
}
