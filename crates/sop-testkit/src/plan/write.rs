//! Writing a plan: which step leads where.

use super::around::{Known, Surroundings, Thread};
use super::task::guards;
use super::{Afterwards, Block, Branch, Ladder, Limit, Plan, Reads, Task, leaves_threads};
use crate::sketch::{DONE, Exit, Exits, PART, STOP, Sketch, ThenSketch, Way};

/// The most branches of a choice: a domain is cut into so many parts at most.
pub(super) const MOST_BRANCHES: usize = 4;

/// What a plan says, wired.
pub(super) fn sketch(plan: &Plan) -> Sketch {
    let mut writer = Writer { sketch: Sketch { overdue: true, ..Sketch::default() }, limit: plan.rules.limit };
    let mut surroundings = Surroundings::default();
    let whole = writer.sequence(&plan.blocks, &mut surroundings);
    writer.connect(&whole.loose, Target::End(DONE));
    let mut sketch = writer.sketch;
    sketch.done_is_part = plan.blocks.iter().any(leaves_threads);
    drop_circles(&mut sketch);
    sketch.withdraw = plan.rules.withdraw.map(|pick| usize::from(pick) % sketch.steps.len().max(1));
    sketch.hold = plan.rules.hold;
    sketch.claim = plan.rules.claim;
    // The first step picks the unit: it can't be one that the unit's holder is involved in, nor be passed by.
    let first = sketch.steps.first().and_then(|step| step.roles.first());
    let involved = first.is_some_and(|role| matches!(*role, "staf" | "kabid"));
    sketch.per_unit = plan.rules.per_unit && !involved && !whole.passed_by;
    sketch
}

/// An exit that leads to whatever follows its block.
#[derive(Clone)]
struct Loose {
    step: usize,
    place: Place,
}

#[derive(Clone)]
enum Place {
    /// The exit at this place among all exits of the step.
    Exit(usize),
    /// What follows the return of this outcome once it is used up.
    Then(String),
}

#[derive(Clone, Copy)]
enum Target {
    Step(usize),
    Join(usize),
    End(&'static str),
}

/// What was written of a block or a sequence.
struct Written {
    entry: usize,
    loose: Vec<Loose>,
    /// Tells whether its first step may be left without making and setting what it should.
    passed_by: bool,
}

pub(super) struct Writer {
    pub(super) sketch: Sketch,
    limit: u8,
}

/// Where a branch stands: which exit of which step, and what it may go back to.
struct Standing<'s> {
    step: usize,
    /// The name of the outcome.
    outcome: &'s str,
    /// The place among all exits of the step.
    exit: usize,
    /// Tells whether guards pick it.
    guarded: bool,
    /// The last step to which it may go back; none: to any.
    not_after: Option<usize>,
}

impl Writer {
    fn sequence(&mut self, blocks: &[Block], around: &mut Surroundings) -> Written {
        let plain = [Block::Step(Task::default())];
        let blocks = if blocks.is_empty() { plain.as_slice() } else { blocks };
        let mut whole: Option<Written> = None;
        for block in blocks {
            let written = self.block(block, around);
            // A thread that outlives its block may still read what is there.
            if leaves_threads(block) {
                around.papers.iter_mut().for_each(|paper| paper.own = false);
            }
            whole = Some(match whole {
                None => written,
                Some(before) => {
                    self.connect(&before.loose, Target::Step(written.entry));
                    Written { loose: written.loose, ..before }
                }
            });
        }
        crate::made::must(whole, "a sequence has a block")
    }

    fn block(&mut self, block: &Block, around: &mut Surroundings) -> Written {
        match block {
            Block::Step(task) => {
                let passed_by = task.ladder == Ladder::Leave;
                let step = self.task(task, around, passed_by);
                self.ladder(step, task.ladder, Some("selesai"));
                Written { entry: step, loose: vec![Loose { step, place: Place::Exit(0) }], passed_by }
            }
            Block::Decision { task, ways } => self.decision(task, ways, around),
            Block::Guarded { task, reads, ways, besides } => self.guarded(task, *reads, ways, besides.as_ref(), around),
            Block::Split { task, threads, apart, join } => self.split(task, threads, apart, join, around),
        }
    }

    fn decision(&mut self, task: &Task, ways: &[Branch], around: &mut Surroundings) -> Written {
        let ways = leading_on(ways);
        let onwards = ways.iter().position(leads_on).unwrap_or_default();
        let passed_by = task.ladder == Ladder::Leave || ways.iter().any(goes_on_afterwards);
        let step = self.task(task, around, passed_by);
        self.ladder(step, task.ladder, Some(&outcome_name(onwards)));
        let names: Vec<String> = (0..ways.len()).map(outcome_name).collect();
        self.set_exits(step, Exits::Outcomes(names.iter().map(|name| (name.clone(), open())).collect()));
        let (mut loose, mut arriving) = (Vec::new(), Vec::new());
        for (place, (way, outcome)) in ways.iter().zip(&names).enumerate() {
            let standing = Standing { step, outcome, exit: place, guarded: false, not_after: None };
            loose.extend(self.branch(way, &standing, around, &mut arriving));
        }
        around.fields.retain(|known| arriving.contains(&known.id));
        Written { entry: step, loose, passed_by }
    }

    fn guarded(
        &mut self,
        task: &Task,
        reads: Reads,
        ways: &[Branch],
        besides: Option<&Branch>,
        around: &mut Surroundings,
    ) -> Written {
        let mut ways = leading_on(ways);
        ways.truncate(MOST_BRANCHES);
        if !ways.iter().any(leads_on) {
            ways = leading_on(&ways);
        }
        while ways.len() < 2 {
            ways.push(Branch::Onwards);
        }
        let passed_by = ways.iter().chain(besides).any(goes_on_afterwards);
        let passed = around.passed.clone();
        let step = self.task(task, around, passed_by);
        // A rung brings no values: it can't take an outcome that guards decide.
        self.ladder(step, task.ladder, None);
        let field = self.field(step, reads, ways.len(), &passed, around);
        let here = field.since == step;
        let guards = guards(&field, ways.len());
        let choose = Way::Choose(guards.into_iter().map(|guard| (guard, Exit::End(DONE))).collect());
        let exits = match besides {
            None => Exits::One(choose),
            Some(_) => Exits::Outcomes(vec![("terus".to_owned(), choose), ("lain".to_owned(), open())]),
        };
        self.set_exits(step, exits);
        // Each branch sees a part of the field's values only: inside it is not to be read again.
        around.fields.retain(|known| known.id != field.id);
        let (mut loose, mut arriving) = (Vec::new(), Vec::new());
        let outcome = if besides.is_some() { "terus" } else { "selesai" };
        for (place, way) in ways.iter().enumerate() {
            let not_after = (!here).then_some(field.since);
            let standing = Standing { step, outcome, exit: place, guarded: true, not_after };
            loose.extend(self.branch(way, &standing, around, &mut arriving));
        }
        if let Some(way) = besides {
            let standing = Standing { step, outcome: "lain", exit: ways.len(), guarded: false, not_after: None };
            loose.extend(self.branch(way, &standing, around, &mut arriving));
        }
        around.fields.retain(|known| arriving.contains(&known.id));
        // Behind the block every value can arrive only if none was kept back.
        if ways.iter().all(leads_on) && !(here && passed_by) {
            around.fields.push(field);
        }
        Written { entry: step, loose, passed_by }
    }

    fn split(
        &mut self,
        task: &Task,
        threads: &[Vec<Block>],
        apart: &[Vec<Block>],
        join: &Task,
        around: &mut Surroundings,
    ) -> Written {
        let passed_by = task.ladder == Ladder::Leave;
        let step = self.task(task, around, passed_by);
        self.ladder(step, task.ladder, Some("selesai"));
        let mut threads: Vec<&[Block]> = threads.iter().map(Vec::as_slice).collect();
        let threads_leave = threads.iter().any(|thread| thread.iter().any(leaves_threads));
        while threads.len() < 2 {
            threads.push(&[]);
        }
        let shared = |thread: Thread| {
            let mut inside = around.clone();
            inside.thread = thread;
            inside.papers.iter_mut().for_each(|paper| paper.own = false);
            inside
        };
        let before: Vec<String> = around.fields.iter().map(|known| known.id.clone()).collect();
        let mut entries = Vec::new();
        let mut groups = Vec::new();
        let mut made: Vec<Surroundings> = Vec::new();
        for thread in threads {
            let mut inside = shared(Thread::Joined);
            let written = self.sequence(thread, &mut inside);
            entries.push(written.entry);
            groups.push(written.loose);
            made.push(inside);
        }
        for thread in apart {
            let mut inside = shared(Thread::Apart);
            // The thread may outlive those that a join waits for: going back into one of them would leave the join with
            // a slot that nobody fills.
            inside.targets.retain(|(_, joined)| !joined);
            let written = self.sequence(thread, &mut inside);
            entries.push(written.entry);
            self.connect(&written.loose, Target::End(PART));
        }
        self.set_exits(step, Exits::One(Way::To(Exit::Split(entries))));
        // A value that a thread keeps back never comes to the join; what any thread has done is certain there.
        let all_let_through = |field: &Known| {
            made.iter().all(|inside: &Surroundings| inside.fields.iter().any(|known| known.id == field.id))
        };
        around.fields.retain(all_let_through);
        for inside in made {
            for paper in inside.papers {
                if !around.papers.iter().any(|known| known.id == paper.id) {
                    around.papers.push(paper);
                }
            }
            let news = inside.passed.into_iter().filter(|step| !around.passed.contains(step)).collect::<Vec<_>>();
            around.passed.extend(news);
            for field in inside.fields {
                let is_new = !around.fields.iter().any(|known| known.id == field.id);
                if is_new && field.since > step && !before.contains(&field.id) {
                    around.fields.push(field);
                }
            }
        }
        // The join itself already revises nothing that a thread apart may read.
        if !apart.is_empty() || threads_leave {
            around.papers.iter_mut().for_each(|paper| paper.own = false);
        }
        let joins_by_rung = join.ladder == Ladder::Leave;
        let joining = self.task(join, around, joins_by_rung);
        self.ladder(joining, join.ladder, Some("selesai"));
        let sources = groups.iter().map(|loose| {
            let mut group: Vec<usize> = Vec::new();
            for loose in loose.iter().filter(|loose| matches!(loose.place, Place::Exit(_))) {
                if !group.contains(&loose.step) {
                    group.push(loose.step);
                }
            }
            group
        });
        let sources: Vec<Vec<usize>> = sources.collect();
        if let Some(sketch) = self.sketch.steps.get_mut(joining) {
            sketch.join = sources;
        }
        for loose in &groups {
            self.connect(loose, Target::Join(joining));
        }
        Written { entry: step, loose: vec![Loose { step: joining, place: Place::Exit(0) }], passed_by }
    }

    /// One way out of a step. What it leaves loose leads to what follows the block; `arriving` gathers the fields of which
    /// every value can arrive there by it.
    fn branch(
        &mut self,
        way: &Branch,
        standing: &Standing<'_>,
        around: &Surroundings,
        arriving: &mut Vec<String>,
    ) -> Vec<Loose> {
        let step = standing.step;
        let here = Loose { step, place: Place::Exit(standing.exit) };
        let joined = around.thread == Thread::Joined;
        let exit = match way {
            Branch::Onwards => {
                arriving.extend(around.fields.iter().map(|known| known.id.clone()));
                return vec![here];
            }
            Branch::Through(blocks) => {
                let mut inside = around.clone();
                let written = self.sequence(blocks, &mut inside);
                arriving.extend(inside.fields.into_iter().map(|known| known.id));
                self.connect(&[here], Target::Step(written.entry));
                return written.loose;
            }
            Branch::Stop => Exit::End(STOP),
            Branch::Part => Exit::End(if joined { STOP } else { PART }),
            Branch::Back { to, limit } => {
                // The step itself stands last among its targets; here it comes after the farthest.
                let targets = around.targets.iter().map(|(target, _)| *target);
                let targets: Vec<usize> = targets
                    .filter(|target| *target != step && standing.not_after.is_none_or(|last| *target <= last))
                    .collect();
                let itself = standing.not_after.is_none().then_some(step);
                let choices: Vec<usize> = targets.into_iter().rev().chain(itself).collect();
                match pick(&choices, *to) {
                    None => Exit::End(STOP),
                    Some(target) => {
                        let loose = self.limit(standing, *limit);
                        if let Some(exit) = self.exit_mut(step, standing.exit) {
                            *exit = Exit::Return(target);
                        }
                        return loose;
                    }
                }
            }
        };
        if let Some(place) = self.exit_mut(step, standing.exit) {
            *place = exit;
        }
        Vec::new()
    }

    /// Writes the limit of a return.
    fn limit(&mut self, standing: &Standing<'_>, limit: Option<Limit>) -> Vec<Loose> {
        let default = u32::from(self.limit % 3) + 1;
        let Some(sketch) = self.sketch.steps.get_mut(standing.step) else { return Vec::new() };
        let is_set = sketch.returns.iter().any(|(outcome, ..)| outcome == standing.outcome);
        let Some(limit) = limit.filter(|_| !is_set) else {
            if !is_set {
                self.sketch.returns = Some(default);
            }
            return Vec::new();
        };
        let then = match limit.then {
            Afterwards::Closed if !standing.guarded => ThenSketch::Closed,
            _ => ThenSketch::Stop,
        };
        sketch.returns.push((standing.outcome.to_owned(), u32::from(limit.times % 3) + 1, then));
        match limit.then {
            Afterwards::Next => vec![Loose { step: standing.step, place: Place::Then(standing.outcome.to_owned()) }],
            _ => Vec::new(),
        }
    }

    /// Leads loose exits somewhere.
    fn connect(&mut self, loose: &[Loose], target: Target) {
        for Loose { step, place } in loose {
            match place {
                Place::Exit(place) => {
                    if let Some(exit) = self.exit_mut(*step, *place) {
                        *exit = match target {
                            Target::Step(next) | Target::Join(next) => Exit::Next(next),
                            Target::End(end) => Exit::End(end),
                        };
                    }
                }
                Place::Then(outcome) => {
                    let Some(sketch) = self.sketch.steps.get_mut(*step) else { continue };
                    let limit = sketch.returns.iter_mut().find(|(known, ..)| known == outcome);
                    // What follows a return names no join, and ends nothing but the case.
                    if let (Some((_, _, then)), Target::Step(next)) = (limit, target) {
                        *then = ThenSketch::Next(next);
                    }
                }
            }
        }
    }

    fn exit_mut(&mut self, step: usize, place: usize) -> Option<&mut Exit> {
        self.sketch.steps.get_mut(step)?.exits.exits_mut().into_iter().nth(place)
    }

    fn set_exits(&mut self, step: usize, exits: Exits) {
        if let Some(sketch) = self.sketch.steps.get_mut(step) {
            sketch.exits = exits;
        }
    }
}

/// Where what follows a used-up return comes back to it, the case stops instead (R2).
fn drop_circles(sketch: &mut Sketch) {
    let leads_back = |sketch: &Sketch, step: usize, then: &ThenSketch| match then {
        ThenSketch::Next(next) => sketch.reach(*next, true).contains(&step),
        ThenSketch::Stop | ThenSketch::Closed => false,
    };
    let found: Vec<(usize, usize)> = sketch
        .steps
        .iter()
        .enumerate()
        .flat_map(|(at, step)| step.returns.iter().enumerate().map(move |(place, (_, _, then))| (at, place, then)))
        .filter(|(at, _, then)| leads_back(sketch, *at, then))
        .map(|(at, place, _)| (at, place))
        .collect();
    for (at, place) in found {
        if let Some((_, _, then)) = sketch.steps.get_mut(at).and_then(|step| step.returns.get_mut(place)) {
            *then = ThenSketch::Stop;
        }
    }
}

fn leads_on(way: &Branch) -> bool {
    matches!(way, Branch::Onwards | Branch::Through(_))
}

/// Tells whether the work may go on behind the block although the step was not completed as it should be.
fn goes_on_afterwards(way: &Branch) -> bool {
    matches!(way, Branch::Back { limit: Some(Limit { then: Afterwards::Next, .. }), .. })
}

/// The ways, of which at least one leads on.
fn leading_on(ways: &[Branch]) -> Vec<Branch> {
    let mut ways = ways.to_vec();
    if !ways.iter().any(leads_on) {
        match ways.first_mut() {
            Some(first) => *first = Branch::Onwards,
            None => ways.push(Branch::Onwards),
        }
    }
    ways
}

fn outcome_name(place: usize) -> String {
    format!("o{}", place + 1)
}

/// An exit whose target is not known yet.
fn open() -> Way {
    Way::To(Exit::End(DONE))
}

/// The item that a number picks, counting round.
pub(super) fn pick<T: Clone>(items: &[T], nth: u16) -> Option<T> {
    items.get(usize::from(nth) % items.len().max(1)).cloned()
}
