//! Families with values: what is hard about them is the product of their fields' cells.

use sop_core::definition::{Choice, ChoiceId, FieldDefinition, FieldId, FieldKind};

use crate::sketch::{Drawn, Exit, Sketch, named};

/// One decision over so many fields whose guards part the space of values exactly: the leaves of a tree of cuts that is
/// drawn at random, the same each time. Every value satisfies one guard, which nobody sees from any two of them.
///
/// At least two fields, since only every third is a number, which can be cut as often as is needed.
pub fn decision(fields: usize, guards: usize) -> Sketch {
    let guards = guards.max(2);
    let mut space = Space::new(fields.max(2));
    space.cut_into(guards);
    let branches = space.guards().enumerate().map(|(place, guard)| {
        let exit = if place == 0 { Exit::Case } else { Exit::Next(named("hasil", &[place % 4])) };
        (guard, exit)
    });
    let mut sketch = Sketch::opening(named("isi", &[]));
    sketch.draw(Drawn::new(named("isi", &[]), Exit::Choose(branches.collect())).collecting(space.ids()));
    for result in 0..4.min(guards) {
        // The first guard ends the case, so that with four guards or fewer no result stands there unreached.
        if guards > 4 || result > 0 {
            sketch.draw(Drawn::new(named("hasil", &[result]), Exit::Case));
        }
    }
    space.declare(&mut sketch);
    sketch
}

/// One decision over so many yes-or-no fields, decided by the first that is true. Few guards, read in order; their
/// product has two to the power of the fields cells, so that whoever lists the cells does not end.
pub fn many_fields(fields: usize) -> Sketch {
    let fields = fields.max(1);
    let mut sketch = Sketch::opening(named("isi", &[]));
    let mut branches = Vec::new();
    let mut earlier = String::new();
    for field in 0..fields {
        branches.push((format!("{earlier}case.f{field}"), Exit::Next(named("ya", &[field]))));
        earlier.push_str(&format!("!case.f{field} && "));
    }
    let none = earlier.trim_end_matches(" && ").to_owned();
    branches.push((none, Exit::Case));
    let ids = (0..fields).map(field_id);
    sketch.draw(Drawn::new(named("isi", &[]), Exit::Choose(branches)).collecting(ids));
    for field in 0..fields {
        sketch.draw(Drawn::new(named("ya", &[field]), Exit::Case));
        sketch.field(declared(field, FieldKind::Bool));
    }
    sketch
}

/// A ring of branches whose tokens meet by what was filled in before: branch i's left token and branch i−1's right
/// token both go to the join `x` of i where field i is true, and to its join `y` where it is not.
///
/// It is sound, and only the values say so: taken as a free choice either token may go astray, and since each branch
/// reads the fields of both its joins no part of the ring can be looked at by itself. With 31 branches there are more
/// than 2^60 states. Within a limit the honest verdict may be that it is unknown.
pub fn explode(branches: usize) -> Sketch {
    let branches = branches.max(2);
    let mut sketch = Sketch::opening(named("isi", &[]));
    let opened = (0..branches).map(|branch| named("a", &[branch])).collect();
    let ids = (0..branches).map(field_id);
    sketch.draw(Drawn::new(named("isi", &[]), Exit::Split(opened)).collecting(ids));
    let meet = |field: usize| {
        Exit::Choose(vec![
            (format!("case.f{field}"), Exit::Next(named("x", &[field]))),
            (format!("!case.f{field}"), Exit::Next(named("y", &[field]))),
        ])
    };
    for branch in 0..branches {
        let after = (branch + 1) % branches;
        let both = vec![named("l", &[branch]), named("r", &[branch])];
        sketch.draw(Drawn::new(named("a", &[branch]), Exit::Split(both)));
        sketch.draw(Drawn::new(named("l", &[branch]), meet(branch)));
        sketch.draw(Drawn::new(named("r", &[branch]), meet(after)));
        sketch.field(declared(branch, FieldKind::Bool));
    }
    for field in 0..branches {
        let before = (field + branches - 1) % branches;
        for join in ["x", "y"] {
            let sources = vec![vec![named("l", &[field])], vec![named("r", &[before])]];
            let step = Drawn::new(named(join, &[field]), Exit::Next(named("tutup", &[])));
            sketch.draw(step.joining(sources));
        }
    }
    let arrived = (0..branches).map(|field| vec![named("x", &[field]), named("y", &[field])]).collect();
    sketch.draw(Drawn::new(named("tutup", &[]), Exit::Case).joining(arrived));
    sketch
}

/// The values of several fields, cut into cells.
struct Space {
    cells: Vec<Vec<Side>>,
    whole: Vec<Side>,
    random: Random,
}

/// What a cell admits of one field.
#[derive(Debug, Clone, PartialEq)]
enum Side {
    Bool { no: bool, yes: bool },
    Integer { least: i64, most: i64 },
    Choice(Vec<usize>),
}

/// The greatest amount that a number field admits.
const MOST: i64 = 1_000_000_000;
/// The number of values that a choice field has.
const CHOICES: usize = 6;

impl Space {
    /// The whole space of fields that are yes-or-no, a number, a choice, and again.
    fn new(fields: usize) -> Self {
        let side = |field: usize| match field % 3 {
            0 => Side::Bool { no: true, yes: true },
            1 => Side::Integer { least: 0, most: MOST },
            _ => Side::Choice((0..CHOICES).collect()),
        };
        let whole: Vec<Side> = (0..fields).map(side).collect();
        Self { cells: vec![whole.clone()], whole, random: Random(7) }
    }

    /// Cuts cells in two until there are so many.
    fn cut_into(&mut self, cells: usize) {
        while self.cells.len() < cells {
            let at = self.random.below(self.cells.len());
            let field = self.random.below(self.whole.len());
            let Some(cell) = self.cells.get(at) else { return };
            // A side of one value cannot be cut; another one is picked next time.
            let Some((low, high)) = cell.get(field).and_then(|side| side.cut(&mut self.random)) else { continue };
            let mut other = cell.clone();
            if let (Some(kept), Some(split)) =
                (self.cells.get_mut(at).and_then(|cell| cell.get_mut(field)), other.get_mut(field))
            {
                *kept = low;
                *split = high;
                self.cells.push(other);
            }
        }
    }

    /// The guard of each cell.
    fn guards(&self) -> impl Iterator<Item = String> + '_ {
        self.cells.iter().map(|cell| {
            let sides = cell.iter().zip(&self.whole).enumerate().filter(|(_, (side, whole))| side != whole);
            sides.map(|(field, (side, _))| side.test(field)).collect::<Vec<_>>().join(" && ")
        })
    }

    /// The fields' names.
    fn ids(&self) -> impl Iterator<Item = FieldId> + use<> {
        (0..self.whole.len()).map(field_id)
    }

    /// Declares the fields.
    fn declare(&self, sketch: &mut Sketch) {
        for (field, side) in self.whole.iter().enumerate() {
            sketch.field(match side {
                Side::Bool { .. } => declared(field, FieldKind::Bool),
                Side::Integer { least, most } => {
                    FieldDefinition { min: Some(*least), max: Some(*most), ..declared(field, FieldKind::Integer) }
                }
                Side::Choice(places) => FieldDefinition {
                    choices: places.iter().map(|place| choice(*place)).collect(),
                    ..declared(field, FieldKind::Choice)
                },
            });
        }
    }
}

impl Side {
    /// The two parts of a side, where it has more than one value.
    fn cut(&self, random: &mut Random) -> Option<(Self, Self)> {
        match self {
            Side::Bool { no: true, yes: true } => {
                Some((Side::Bool { no: true, yes: false }, Side::Bool { no: false, yes: true }))
            }
            Side::Bool { .. } => None,
            Side::Integer { least, most } => {
                let span = usize::try_from(most - least).ok().filter(|span| *span > 0)?;
                let last = least + i64::try_from(random.below(span)).ok()?;
                Some((Side::Integer { least: *least, most: last }, Side::Integer { least: last + 1, most: *most }))
            }
            Side::Choice(places) => {
                let after = 1 + random.below(places.len().checked_sub(1).filter(|others| *others > 0)?);
                let (low, high) = places.split_at(after);
                Some((Side::Choice(low.to_vec()), Side::Choice(high.to_vec())))
            }
        }
    }

    /// The test that a field is on this side.
    fn test(&self, field: usize) -> String {
        match self {
            Side::Bool { yes: true, .. } => format!("case.f{field}"),
            Side::Bool { .. } => format!("!case.f{field}"),
            Side::Integer { least: 0, most } => format!("case.f{field} <= {most}"),
            Side::Integer { least, most: MOST } => format!("case.f{field} >= {least}"),
            Side::Integer { least, most } => format!("case.f{field} >= {least} && case.f{field} <= {most}"),
            Side::Choice(places) => {
                let names: Vec<String> = places.iter().map(|place| format!("\"{}\"", choice(*place).id)).collect();
                format!("case.f{field} in [{}]", names.join(", "))
            }
        }
    }
}

/// Numbers that look random and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

pub(super) fn field_id(field: usize) -> FieldId {
    FieldId::new(&format!("f{field}")).expect("an id")
}

pub(super) fn choice(place: usize) -> Choice {
    let id = ChoiceId::new(&format!("pilihan{place}")).expect("an id");
    Choice { title: id.to_string(), id }
}

pub(super) fn declared(field: usize, kind: FieldKind) -> FieldDefinition {
    FieldDefinition {
        id: field_id(field),
        title: format!("Isian {field}"),
        r#type: kind,
        min: None,
        max: None,
        scale: None,
        choices: Vec::new(),
        max_length: None,
    }
}
