//! One choice taken apart: a [`Diagram`] of its guards, found by asking one test at a time.
//!
//! Whether guards cover everything is coNP-complete in the number of fields, so that no order of questions is good for all
//! of them. Three are tried, each within a part of the same budget: the order of the text; the field first that most open
//! tests ask for ("which papers does each kind of service need": the kind decides which papers matter); and the question
//! first that most guards ask (tables whose columns are asked one after the other).

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::diagram::{Diagram, Guards, Led, OpenTest, Part, Question, Situation, Target};
use crate::limits::Limits;

/// A choice taken apart.
#[derive(Debug)]
pub(crate) struct TakenApart {
    pub(crate) guards: Guards,
    pub(crate) diagram: Diagram,
    /// For each branch that some values take values that do.
    taken: Vec<(u16, Part)>,
    /// Parts under which no guard holds, or several: the first few.
    pub(crate) wrong: Vec<(u32, Part)>,
}

impl TakenApart {
    /// A part that takes a branch.
    pub(crate) fn part_of(&self, branch: u16) -> Option<&Part> {
        self.taken.iter().find(|(of, _)| *of == branch).map(|(_, part)| part)
    }

    /// The place of the gap that a part lies in, among those that are told.
    pub(crate) fn gap_of(&self, part: &Part) -> usize {
        let meets = |wrong: &Part| {
            wrong.iter().all(|(field, set)| {
                let here = part.iter().find(|(of, _)| of == field);
                here.is_none_or(|(_, here)| !here.and(set).is_empty())
            })
        };
        self.wrong.iter().position(|(_, wrong)| meets(wrong)).unwrap_or(self.wrong.len())
    }

    /// Tells whether every part takes exactly one branch.
    pub(crate) fn is_decided(&self) -> bool {
        self.wrong.is_empty()
    }
}

/// The most parts without exactly one branch of one choice that are told.
pub(crate) const MOST_WRONG: usize = 16;

/// What taking choices apart may still cost: shared by all choices of a process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    /// Nodes of one diagram.
    pub(crate) nodes: usize,
    /// Tests that are looked at.
    pub(crate) tests: usize,
    /// Bytes of the situations that are remembered.
    pub(crate) bytes: usize,
}

impl Allowance {
    /// What the limits of an examination allow.
    pub(crate) fn of(limits: Limits) -> Self {
        Self { nodes: limits.nodes, tests: limits.nodes.saturating_mul(TESTS_A_NODE), bytes: limits.bytes / 4 }
    }
}

/// Count: how many tests may be looked at for each node that may be made, on average.
const TESTS_A_NODE: usize = 200;

/// Which question is asked next.
#[derive(Debug, Clone, Copy)]
enum Order {
    Text,
    Fields,
    Questions,
}

/// Takes a choice apart. None where it would take more than what is allowed.
pub(crate) fn grow(guards: Guards, left: &mut Allowance) -> Option<TakenApart> {
    // No choice takes all that there is for the others too. A small diagram is looked for in every order before a large one
    // in any.
    let share = left.tests / 4;
    for part in [share / 256, share / 24, share / 4] {
        for order in [Order::Text, Order::Fields, Order::Questions] {
            let mut allowed = Allowance { tests: part, ..*left };
            let found = Growth::new(&guards, order).run(&mut allowed);
            left.tests = left.tests.saturating_sub(part - allowed.tests);
            if let Some(diagram) = found {
                left.nodes = left.nodes.saturating_sub(diagram.nodes.len());
                return Some(told(guards, diagram));
            }
        }
    }
    None
}

fn told(guards: Guards, diagram: Diagram) -> TakenApart {
    let (mut taken, mut wrong) = (Vec::new(), Vec::new());
    for (target, part) in guards.examples(&diagram, MOST_WRONG) {
        match target {
            Target::Branch(branch) => taken.push((branch, part)),
            Target::Wrong(holding) => wrong.push((holding, part)),
            Target::Node(_) => {}
        }
    }
    TakenApart { guards, diagram, taken, wrong }
}

struct Growth<'g> {
    guards: &'g Guards,
    order: Order,
    nodes: Vec<Question>,
    known: HashMap<Situation, u32, FixedState>,
    open: Vec<(u32, Situation)>,
    bytes: usize,
    /// For each test, guard by guard, the number of its question; only asked for where questions are counted.
    questions: Vec<u32>,
    first_of: Vec<usize>,
}

impl<'g> Growth<'g> {
    fn new(guards: &'g Guards, order: Order) -> Self {
        let (questions, first_of) = match order {
            Order::Questions => guards.numbered(),
            _ => (Vec::new(), Vec::new()),
        };
        Self {
            guards,
            order,
            nodes: Vec::new(),
            known: HashMap::default(),
            open: Vec::new(),
            bytes: 0,
            questions,
            first_of,
        }
    }

    fn run(mut self, allowed: &mut Allowance) -> Option<Diagram> {
        let mut work = 0;
        let led = self.guards.begin(&mut work);
        let root = self.target(led);
        while let Some((node, situation)) = self.open.pop() {
            let asked = self.next(&situation, &mut work)?;
            let mut targets = [Target::Wrong(0); 2];
            for (target, yes) in targets.iter_mut().zip([true, false]) {
                let led = self.guards.answer(&situation, asked.branch, asked.test, yes, &mut work)?;
                *target = self.target(led);
            }
            let [yes, no] = targets;
            *self.nodes.get_mut(node as usize)? = Question { branch: asked.branch, test: asked.test, yes, no };
            let is_enough = work > allowed.tests || self.nodes.len() > allowed.nodes || self.bytes > allowed.bytes;
            allowed.tests = allowed.tests.saturating_sub(std::mem::take(&mut work));
            if is_enough {
                return None;
            }
        }
        Some(Diagram { root, nodes: self.nodes })
    }

    /// The node of a situation, which is looked at later if it is new.
    fn target(&mut self, led: Led) -> Target {
        let situation = match led {
            Led::To(target) => return target,
            Led::On(situation) => situation,
        };
        if let Some(node) = self.known.get(&situation) {
            return Target::Node(*node);
        }
        let node = self.nodes.len() as u32;
        self.nodes.push(Question { branch: 0, test: 0, yes: Target::Wrong(0), no: Target::Wrong(0) });
        self.bytes += 2 * situation.bytes();
        self.known.insert(situation.clone(), node);
        self.open.push((node, situation));
        Target::Node(node)
    }

    fn next(&self, situation: &Situation, work: &mut usize) -> Option<OpenTest> {
        match self.order {
            Order::Text => self.guards.first_open(situation),
            Order::Fields => {
                let open = self.guards.open_tests(situation, work);
                let mut counts = vec![0_u32; self.guards.field_count()];
                for test in &open {
                    if let Some(count) = counts.get_mut(test.field) {
                        *count += 1;
                    }
                }
                let most = counts.iter().copied().max()?;
                open.into_iter().find(|test| counts.get(test.field) == Some(&most))
            }
            Order::Questions => {
                let open = self.guards.open_tests(situation, work);
                let mut counts: HashMap<u32, u32, FixedState> = HashMap::default();
                let number = |test: &OpenTest| {
                    let first = self.first_of.get(usize::from(test.branch)).copied().unwrap_or(0);
                    self.questions.get(first + usize::from(test.test)).copied().unwrap_or(0)
                };
                for test in &open {
                    *counts.entry(number(test)).or_default() += 1;
                }
                let most = counts.values().copied().max()?;
                open.into_iter().find(|test| counts.get(&number(test)) == Some(&most))
            }
        }
    }
}

impl Guards {
    /// A number for each question, guard by guard: tests of one field that are true, or false, for the same cells share
    /// one. Beside it the place of each guard's first.
    fn numbered(&self) -> (Vec<u32>, Vec<usize>) {
        let mut known: HashMap<(usize, super::CellSet), u32, FixedState> = HashMap::default();
        let (mut numbers, mut first_of) = (Vec::with_capacity(self.test_count()), Vec::new());
        for tests in self.masks() {
            first_of.push(numbers.len());
            for (field, mask) in tests {
                // A question and its contrary are one, the missing value aside.
                let set = super::CellSet::set();
                let straight = if mask.contains(1) { set.without(mask) } else { mask.and(&set) };
                let next = known.len() as u32;
                numbers.push(*known.entry((field, straight)).or_insert(next));
            }
        }
        (numbers, first_of)
    }
}
