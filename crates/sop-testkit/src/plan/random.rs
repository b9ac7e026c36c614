//! Strategies for plans. Everything shrinks towards fewer blocks, plain steps, and nearest picks.
//!
//! Each part is boxed: a strategy that holds all of its parts by value makes a tree of values so large that a few of them
//! inside one another overflow the stack of a test's thread.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::{Afterwards, Block, Branch, Kind, Ladder, Limit, Papers, Plan, Reads, Rules, Source, Task};

/// Plans of every kind, most of them small: from one step to about twenty-five.
pub fn plans() -> impl Strategy<Value = Plan> {
    plans_of(1..5)
}

/// Plans of so many blocks at the top.
pub fn plans_of(blocks: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Plan> {
    (vec(block(), blocks), rules()).prop_map(|(blocks, rules)| Plan { blocks, rules }).boxed()
}

fn rules() -> BoxedStrategy<Rules> {
    let flag = || prop::bool::weighted(0.3);
    (0..3_u8, option::weighted(0.3, 0..25_u16), flag(), flag(), flag())
        .prop_map(|(limit, withdraw, hold, claim, per_unit)| Rules { limit, withdraw, hold, claim, per_unit })
        .boxed()
}

fn task() -> BoxedStrategy<Task> {
    let ladder = prop_oneof![
        6 => Just(Ladder::Remind),
        1 => Just(Ladder::Climb),
        1 => Just(Ladder::HandOver),
        1 => Just(Ladder::Leave),
        1 => Just(Ladder::Stop),
    ];
    let rare = || prop::bool::weighted(0.1);
    (0..6_u8, rare(), 0..8_u8, papers(), ladder, option::weighted(0.15, 0..4_u16), rare(), rare(), rare())
        .prop_map(|(role, shared, time, papers, ladder, apart_from, register, rework, strategic)| Task {
            role,
            shared,
            time,
            papers,
            ladder,
            apart_from,
            register,
            rework,
            strategic,
        })
        .boxed()
}

fn papers() -> BoxedStrategy<Papers> {
    let rare = || prop::bool::weighted(0.15);
    (prop::bool::weighted(0.5), vec(0..6_u16, 0..3), rare(), rare(), rare(), rare())
        .prop_map(|(makes, requires, revises, passes, brings, drawn)| Papers {
            makes,
            requires,
            revises,
            passes,
            brings,
            drawn,
        })
        .boxed()
}

fn limit() -> BoxedStrategy<Limit> {
    let then = prop_oneof![Just(Afterwards::Stop), Just(Afterwards::Closed), Just(Afterwards::Next)];
    (0..3_u8, then).prop_map(|(times, then)| Limit { times, then }).boxed()
}

fn reads() -> BoxedStrategy<Reads> {
    let kind = prop_oneof![Just(Kind::Bool), Just(Kind::Integer), Just(Kind::Choice)];
    let from = prop_oneof![
        2 => Just(Source::Here),
        2 => (0..5_u16).prop_map(Source::Earlier),
        1 => (0..3_u16).prop_map(Source::Again),
    ];
    (kind, from).prop_map(|(kind, from)| Reads { kind, from }).boxed()
}

fn branch(blocks: BoxedStrategy<Vec<Block>>) -> BoxedStrategy<Branch> {
    let back = (0..5_u16, option::weighted(0.5, limit())).prop_map(|(to, limit)| Branch::Back { to, limit });
    prop_oneof![
        4 => Just(Branch::Onwards),
        3 => blocks.prop_map(Branch::Through),
        3 => back,
        1 => Just(Branch::Stop),
        1 => Just(Branch::Part),
    ]
    .boxed()
}

fn block() -> BoxedStrategy<Block> {
    let leaf = task().prop_map(Block::Step);
    leaf.prop_recursive(3, 12, 3, |inner| {
        let blocks = || vec(inner.clone(), 1..3).boxed();
        let decision =
            (task(), vec(branch(blocks()), 2..5)).prop_map(|(task, ways)| Block::Decision { task, ways }).boxed();
        let guarded = (task(), reads(), vec(branch(blocks()), 2..5), option::weighted(0.2, branch(blocks())))
            .prop_map(|(task, reads, ways, besides)| Block::Guarded { task, reads, ways, besides })
            .boxed();
        let apart = prop_oneof![4 => Just(Vec::new()), 1 => vec(blocks(), 1..2)].boxed();
        let split = (task(), vec(blocks(), 2..4), apart, task())
            .prop_map(|(task, threads, apart, join)| Block::Split { task, threads, apart, join })
            .boxed();
        prop_oneof![
            2 => inner.clone(),
            2 => decision,
            2 => guarded,
            2 => split,
        ]
        .boxed()
    })
    .boxed()
}
