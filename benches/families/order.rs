//! Families with one token: what is hard about them is their length, and the ways back.

use crate::sketch::{Drawn, Exit, Sketch, named};

/// Steps in a row. Nothing is hard about it but its length: whoever recurses on a definition falls here.
pub fn chain(steps: usize) -> Sketch {
    let steps = steps.max(1);
    let mut sketch = Sketch::opening(named("s", &[0]));
    for at in 0..steps {
        sketch.draw(Drawn::new(named("s", &[at]), onward(at, steps)));
    }
    sketch
}

/// Steps in a row, each but the first a decision with a return to the step before. The withdrawal region of each return
/// holds all later steps (R3): whoever looks at every region whole is quadratic.
pub fn chain_with_returns(steps: usize) -> Sketch {
    let steps = steps.max(1);
    let mut sketch = Sketch::opening(named("s", &[0]));
    for at in 0..steps {
        let mut exits = vec![onward(at, steps)];
        exits.extend(at.checked_sub(1).map(|before| Exit::Return(named("s", &[before]))));
        sketch.draw(Drawn::deciding(named("s", &[at]), exits));
    }
    sketch
}

/// Loops inside of loops: steps `s0 … sd`, then decisions `td … t0` of which each goes on or begins its own loop again,
/// by a plain exit. One strongly connected component, taken apart from the inside only.
pub fn nested_loops(depth: usize) -> Sketch {
    let depth = depth.max(1);
    let mut sketch = Sketch::opening(named("s", &[0]));
    for level in 0..depth {
        let inner = if level + 1 < depth { named("s", &[level + 1]) } else { named("t", &[level]) };
        sketch.draw(Drawn::new(named("s", &[level]), Exit::Next(inner)));
    }
    for level in (0..depth).rev() {
        let outer = match level.checked_sub(1) {
            Some(outer) => Exit::Next(named("t", &[outer])),
            None => Exit::Case,
        };
        let exits = vec![outer, Exit::Next(named("s", &[level]))];
        sketch.draw(Drawn::deciding(named("t", &[level]), exits));
    }
    sketch
}

/// The way from a step of a row to the one after it.
fn onward(at: usize, steps: usize) -> Exit {
    if at + 1 < steps { Exit::Next(named("s", &[at + 1])) } else { Exit::Case }
}
