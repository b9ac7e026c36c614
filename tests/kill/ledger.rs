//! What the parent knows: everything that was intended, and every answer that it has received.

use std::collections::BTreeMap;

use sop_engine::audit::Head;

use crate::said::{Answered, Intention, Line};

/// One command, and what became of it as far as its senders know.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) intention: Intention,
    /// The number of times that it was sent.
    pub(crate) sent: u32,
    pub(crate) answers: Vec<Answered>,
}

impl Asked {
    /// Tells whether it may be on record: it was accepted, or one sending of it has no answer that says otherwise.
    pub(crate) fn may_be_on_record(&self) -> bool {
        let refused = self.answers.iter().filter(|answer| matches!(answer, Answered::Refused(_))).count();
        refused < self.sent as usize
    }

    /// Tells whether somebody was told that it is on record.
    pub(crate) fn is_acknowledged(&self) -> bool {
        self.answers.iter().any(|answer| matches!(answer, Answered::Done(_)))
    }

    /// Tells whether a client would send it again.
    fn is_open(&self) -> bool {
        self.intention.keyed && (self.answers.len() as u32) < self.sent && !self.is_acknowledged()
    }
}

/// Everything that was intended for one store, by its token.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    pub(crate) asked: BTreeMap<String, Asked>,
    /// The number of acceptances that were received, those of a command that was sent again among them.
    pub(crate) acknowledged: u64,
    /// What the log came down to when it was looked at: it has to go on from there.
    pub(crate) heads: Vec<Head>,
    /// What a child said that nothing explains.
    pub(crate) odd: Vec<String>,
}

impl Ledger {
    /// Takes in what a child said, and gives the tokens that it was about.
    pub(crate) fn take(&mut self, lines: Vec<Line>) -> Vec<String> {
        let mut tokens = Vec::new();
        for line in lines {
            match line {
                Line::Ready | Line::Closed => {}
                Line::Intends(intention) => {
                    tokens.push(intention.token.clone());
                    let token = intention.token.clone();
                    let asked = Asked { intention, sent: 1, answers: Vec::new() };
                    if self.asked.insert(token.clone(), asked).is_some() {
                        self.odd.push(format!("{token} was intended twice"));
                    }
                }
                Line::Again(token) => match self.asked.get_mut(&token) {
                    Some(asked) => {
                        asked.sent += 1;
                        tokens.push(token);
                    }
                    None => self.odd.push(format!("{token} was sent again and never intended")),
                },
                Line::Answered(token, answer) => {
                    self.acknowledged += u64::from(matches!(answer, Answered::Done(_)));
                    match self.asked.get_mut(&token) {
                        Some(asked) => asked.answers.push(answer),
                        None => self.odd.push(format!("{token} was answered and never intended")),
                    }
                }
            }
        }
        tokens.sort_unstable();
        tokens.dedup();
        tokens
    }

    /// What a client would send again.
    pub(crate) fn open(&self, tokens: &[String]) -> Vec<Intention> {
        let open = tokens.iter().filter_map(|token| self.asked.get(token)).filter(|asked| asked.is_open());
        open.map(|asked| asked.intention.clone()).collect()
    }
}
