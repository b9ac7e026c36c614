//! Families with many tokens: what is hard about them is that their states are the product of their branches'.

use crate::sketch::{Drawn, Exit, Sketch, named};

/// Branches of so many steps in a row, opened together and joined.
pub fn parallel(branches: usize, length: usize) -> Sketch {
    branched(branches, length, |_, _, onward| vec![onward])
}

/// The same, each step of a branch but its first a decision with a return to the step before. Each region is a part of
/// one branch with the slot that it fills and the steps after the join, which never hold a token meanwhile.
pub fn parallel_with_returns(branches: usize, length: usize) -> Sketch {
    branched(branches, length, |branch, at, onward| {
        let before = at.checked_sub(1).map(|before| Exit::Return(named("s", &[branch, before])));
        std::iter::once(onward).chain(before).collect()
    })
}

/// Forks inside of forks: `a0` opens a step and the next fork, whose join meets that step in the join `z0`. Series and
/// parallel rules have to alternate to the innermost level and back.
pub fn nested_parallel(depth: usize) -> Sketch {
    let depth = depth.max(1);
    let mut sketch = Sketch::opening(named("a", &[0]));
    for level in 0..depth {
        let inner = named(if level + 1 < depth { "a" } else { "b" }, &[level + 1]);
        sketch.draw(Drawn::new(named("a", &[level]), Exit::Split(vec![named("b", &[level]), inner])));
        sketch.draw(Drawn::new(named("b", &[level]), Exit::Next(named("z", &[level]))));
    }
    sketch.draw(Drawn::new(named("b", &[depth]), Exit::Next(named("z", &[depth - 1]))));
    for level in (0..depth).rev() {
        let inner = named(if level + 1 < depth { "z" } else { "b" }, &[level + 1]);
        let onward = level.checked_sub(1).map_or(Exit::Case, |outer| Exit::Next(named("z", &[outer])));
        let join = vec![vec![named("b", &[level])], vec![inner]];
        sketch.draw(Drawn::new(named("z", &[level]), onward).joining(join));
    }
    sketch
}

/// Branches that each come to an end of their own: no join says that all is over.
pub fn part_ends(branches: usize) -> Sketch {
    let branches = branches.max(1);
    let mut sketch = Sketch::opening(named("buka", &[]));
    let opened = (0..branches).map(|branch| named("s", &[branch])).collect();
    sketch.draw(Drawn::new(named("buka", &[]), Exit::Split(opened)));
    for branch in 0..branches {
        sketch.draw(Drawn::new(named("s", &[branch]), Exit::Part));
    }
    sketch
}

/// Branches between a fork and its join; `exits` are the ways out of a step, given the way on.
fn branched(branches: usize, length: usize, exits: impl Fn(usize, usize, Exit) -> Vec<Exit>) -> Sketch {
    let (branches, length) = (branches.max(1), length.max(1));
    let mut sketch = Sketch::opening(named("buka", &[]));
    let opened = (0..branches).map(|branch| named("s", &[branch, 0])).collect();
    sketch.draw(Drawn::new(named("buka", &[]), Exit::Split(opened)));
    for branch in 0..branches {
        for at in 0..length {
            let onward = if at + 1 < length { named("s", &[branch, at + 1]) } else { named("tutup", &[]) };
            sketch.draw(Drawn::deciding(named("s", &[branch, at]), exits(branch, at, Exit::Next(onward))));
        }
    }
    let arrived = (0..branches).map(|branch| vec![named("s", &[branch, length - 1])]).collect();
    sketch.draw(Drawn::new(named("tutup", &[]), Exit::Case).joining(arrived));
    sketch
}
