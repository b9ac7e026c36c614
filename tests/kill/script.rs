//! A day at the office without threads: the same seed makes the same log, and what was intended and answered with it.

use sop_engine::core::definition::{OutcomeId, PersonId};
use sop_engine::core::time::Millis;
use sop_engine::verify::Verify as _;
use sop_engine::{Clock, Engine};

use crate::dice::Dice;
use crate::ledger::Ledger;
use crate::office::{ASKERS, EVERYBODY, Office, Trouble};
use crate::said::{Answered, Intention, Line, Wish};

/// Deploys the procedure, and has so many commands asked.
pub(crate) fn play(
    office: &Office,
    engine: &Engine,
    clock: &Clock,
    seed: u64,
    commands: u64,
) -> Result<Ledger, Trouble> {
    engine.deploy(office.bundle.clone().verify())?;
    let (mut dice, mut lines) = (Dice::new(seed), Vec::new());
    for count in 1..=commands {
        clock.advance(Millis(dice.below(9) * 60_000));
        if dice.happens(10) {
            clock.advance(Millis(4 * 3_600_000));
            engine.advance_to_clock()?;
        }
        let token = format!("{seed}.{count}");
        let Some((by, wish)) = wish(engine, &mut dice, &token)? else { continue };
        let intention = Intention { token: token.clone(), keyed: dice.happens(85), by, wish };
        let keyed = intention.keyed || !matches!(intention.wish, Wish::Start { .. } | Wish::Comment { .. });
        let intention = Intention { keyed, ..intention };
        let answer = Answered::from(intention.ask(engine, &office.procedure));
        lines.push(Line::Intends(intention));
        lines.push(Line::Answered(token, answer));
    }
    let mut ledger = Ledger::default();
    ledger.take(lines);
    Ok(ledger)
}

/// What somebody wants; nothing where nobody has anything to do.
fn wish(engine: &Engine, dice: &mut Dice, token: &str) -> Result<Option<(PersonId, Wish)>, Trouble> {
    if engine.cases().len() < 5 {
        let by = PersonId::new(dice.pick(&ASKERS).copied().ok_or("nobody asks")?)?;
        return Ok(Some((by, Wish::Start { subject: format!("Permohonan {token}") })));
    }
    for _ in 0..40 {
        let by = PersonId::new(dice.pick(&EVERYBODY).copied().ok_or("nobody is there")?)?;
        let items = engine.worklist(&by)?;
        let Some(item) = dice.pick(&items) else { continue };
        let (wait, case) = (item.wait, item.wait.case);
        if dice.happens(12) {
            return Ok(Some((by, Wish::Comment { case, text: format!("Catatan {token}") })));
        }
        if dice.happens(5) {
            return Ok(Some((by, Wish::Claim { wait })));
        }
        let outcome = match item.form.outcomes.len() {
            0 | 1 => None,
            _ => Some(OutcomeId::new(if dice.happens(10) { "tidak_setuju" } else { "setuju" })?),
        };
        let unit = (item.step.id == "disposisikan").then(|| Office::unit(dice.roll()));
        return Ok(Some((by, Wish::Complete { wait, outcome, unit, note: None })));
    }
    Ok(None)
}
