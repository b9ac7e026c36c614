//! How tokens move: activations, joins, returns and ends (F1–F5, R1–R3).
//!
//! The one transition function. Whoever wants to know what follows from an exit puts a [`Board`] under it: the engine's
//! board writes events and runs clocks, the verifier's is a set of bits. Nothing else in the house says how a token
//! moves, so that what is proved is proved about what runs.

use super::event::{Dense, Fault};
use crate::definition::EndKind;
use crate::guard::Value;
use crate::process::{Arc, EndIx, Process, ReturnIx, Route, SlotIx, StepIx, ThenSpec};

/// Where the tokens of one case stand while one exit is taken.
///
/// The questions are about how things stand by now; the orders change it. After a [`stop`](Self::stop), a
/// [`fault`](Self::fault) or a [`finish`](Self::finish) the case is over, and no order follows.
pub trait Board {
    /// Tells whether the case came to a stop in this move: nothing more happens.
    fn is_over(&self) -> bool;
    /// Tells whether somebody has to act at the step.
    fn is_active(&self, step: StepIx) -> bool;
    /// Tells whether a token waits in the slot.
    fn is_filled(&self, slot: SlotIx) -> bool;
    /// Tells whether a wait or a filled slot is left (F5).
    fn has_tokens(&self) -> bool;
    /// Tells whether a return may still be taken (R1).
    fn is_open(&self, taken: ReturnIx) -> bool;

    /// Somebody has to act at the step from now on.
    fn activate(&mut self, step: StepIx, rework: bool);
    /// A token waits in the slot.
    fn fill(&mut self, slot: SlotIx);
    /// All these slots empty (F2).
    fn join(&mut self, first: SlotIx, slots: u32);
    /// The return counts, and withdraws what its region holds (R3).
    fn go_back(&mut self, taken: ReturnIx);
    /// The return is used up, and what follows happens instead (R1).
    fn use_up(&mut self, taken: ReturnIx);
    /// The token is gone.
    fn end(&mut self, end: EndIx);
    /// All tokens are withdrawn: the case is over (F5).
    fn stop(&mut self, end: EndIx);
    /// The case stands still (F3).
    fn fault(&mut self, fault: Fault<Dense>);
    /// No token is left: the case is over (F5).
    fn finish(&mut self);
}

/// The route that an exit takes: its own, or that of the one branch whose guard holds (F4).
///
/// # Errors
/// How many guards hold, where it is not exactly one.
pub fn resolve<'r>(route: &'r Route, values: &[Option<Value>]) -> Result<&'r Route, u32> {
    let Route::Choose(branches) = route else { return Ok(route) };
    let mut holding = branches.iter().filter(|branch| branch.guard.holds(values));
    match (holding.next(), holding.count()) {
        (Some(only), 0) => Ok(&only.route),
        (first, others) => Err(u32::from(first.is_some()) + others as u32),
    }
}

/// Moves the token of a wait that was just left along a resolved route.
pub fn take<B: Board>(process: &Process, board: &mut B, route: &Route) {
    match route {
        Route::Go(arcs) => {
            for arc in arcs {
                arrive(process, board, *arc);
            }
        }
        Route::Return(taken) => go_back(process, board, *taken),
        Route::End(at) => end(process, board, *at),
        // Branches never choose again.
        Route::Choose(_) => {}
    }
    if !board.is_over() && !board.has_tokens() {
        board.finish();
    }
}

/// A token arrives at a step or in a slot of its join (F2).
fn arrive<B: Board>(process: &Process, board: &mut B, arc: Arc) {
    if board.is_over() {
        return;
    }
    let Some(slot) = arc.slot else { return activate(board, arc.to, false) };
    if board.is_filled(slot) {
        return board.fault(Fault::SlotAlreadyFull { slot });
    }
    board.fill(slot);
    let Some((first, slots)) = process.steps()[arc.to].join else { return };
    if (0..slots).all(|place| board.is_filled(first.after(place))) {
        board.join(first, slots);
        activate(board, arc.to, false);
    }
}

/// Somebody has to act at a step (F2, F3).
pub fn activate<B: Board>(board: &mut B, step: StepIx, rework: bool) {
    if board.is_over() {
        return;
    }
    if board.is_active(step) {
        return board.fault(Fault::StepAlreadyActive { step });
    }
    board.activate(step, rework);
}

/// A return (R1–R3): withdraws what lies between and activates its target. Beyond the limit, what the definition says
/// instead.
fn go_back<B: Board>(process: &Process, board: &mut B, taken: ReturnIx) {
    let spec = &process.returns()[taken];
    if board.is_open(taken) {
        board.go_back(taken);
        return activate(board, spec.to, true);
    }
    board.use_up(taken);
    match spec.limit {
        Some((_, ThenSpec::End(at))) => end(process, board, at),
        Some((_, ThenSpec::Next(step))) => activate(board, step, false),
        // A closed outcome is refused before its token moves, and cannot be without a limit.
        Some((_, ThenSpec::Closed)) | None => {}
    }
}

/// A token reaches an end (F5).
fn end<B: Board>(process: &Process, board: &mut B, at: EndIx) {
    match process.ends()[at].kind {
        EndKind::Case if board.has_tokens() => board.fault(Fault::EndBeforeTheRest { end: at }),
        EndKind::Part | EndKind::Case => board.end(at),
        EndKind::Stop => board.stop(at),
    }
}
