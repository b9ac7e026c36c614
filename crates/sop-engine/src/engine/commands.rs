//! What a host asks for: to do something to a case, and to wait for the answer or not.

use sop_core::definition::{DefinitionId, PersonId, RoleId};
use sop_core::time::Instant;

use super::batch::into_answer;
use super::{Answer, Engine, Ticket, committer};
use crate::act::{Act, Ask, Asked, What};
use crate::answer::WaitRef;
use crate::request::{Completion, Erasure, Opening, Request};
use crate::store::{CaseId, Key, StoreError};

impl Engine {
    /// Opens a case of a procedure, by the edition deployed last.
    ///
    /// # Errors
    /// What the store fails with; nothing is on record then.
    pub fn start<'k>(
        &self,
        procedure: &DefinitionId,
        by: &PersonId,
        opening: &Opening,
        key: impl Into<Option<&'k Key>>,
    ) -> Answer {
        let key = key.into();
        self.shared.ask(Ask { by, what: What::Start { procedure, opening }, key })
    }

    /// Completes a wait (F4).
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn complete<'k>(
        &self,
        wait: &WaitRef,
        by: &PersonId,
        completion: &Completion,
        key: impl Into<Option<&'k Key>>,
    ) -> Answer {
        self.act(wait.case, by, Request::Complete { wait: wait.wait, completion }, key.into())
    }

    /// Takes a wait upon oneself (W4).
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn claim<'k>(&self, wait: &WaitRef, by: &PersonId, key: impl Into<Option<&'k Key>>) -> Answer {
        self.act(wait.case, by, Request::Claim { wait: wait.wait }, key.into())
    }

    /// Gives a claim back (W4).
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn release<'k>(&self, wait: &WaitRef, by: &PersonId, key: impl Into<Option<&'k Key>>) -> Answer {
        self.act(wait.case, by, Request::Release { wait: wait.wait }, key.into())
    }

    /// Lets another person act for oneself, for this wait.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn delegate<'k>(
        &self,
        wait: &WaitRef,
        by: &PersonId,
        to: &PersonId,
        key: impl Into<Option<&'k Key>>,
    ) -> Answer {
        self.act(wait.case, by, Request::Delegate { wait: wait.wait, to }, key.into())
    }

    /// Puts a wait off, until an instant at the latest (T6).
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn hold<'k>(
        &self,
        wait: &WaitRef,
        by: &PersonId,
        until: Instant,
        reason: &str,
        key: impl Into<Option<&'k Key>>,
    ) -> Answer {
        self.act(wait.case, by, Request::Hold { wait: wait.wait, until, reason }, key.into())
    }

    /// Goes on with a wait that was put off (T6).
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn resume<'k>(&self, wait: &WaitRef, by: &PersonId, key: impl Into<Option<&'k Key>>) -> Answer {
        self.act(wait.case, by, Request::Resume { wait: wait.wait }, key.into())
    }

    /// Lets another role act; the clock runs on. For the accountable role and the owner.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn reassign<'k>(
        &self,
        wait: &WaitRef,
        by: &PersonId,
        to: &RoleId,
        reason: &str,
        key: impl Into<Option<&'k Key>>,
    ) -> Answer {
        self.act(wait.case, by, Request::Reassign { wait: wait.wait, to, reason }, key.into())
    }

    /// Withdraws a case (W4). For the requester.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn withdraw<'k>(&self, case: CaseId, by: &PersonId, reason: &str, key: impl Into<Option<&'k Key>>) -> Answer {
        self.act(case, by, Request::Withdraw { reason }, key.into())
    }

    /// Remarks something about a case, also one that is over.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn comment<'k>(&self, case: CaseId, by: &PersonId, text: &str, key: impl Into<Option<&'k Key>>) -> Answer {
        self.act(case, by, Request::Comment { text }, key.into())
    }

    /// Erases personal data from what is on record of a case that is over, as whom it concerns may ask (UU 27/2022
    /// articles 8 and 43): values of fields, and what people wrote. Afterwards nobody can read it there, nor find it out
    /// by trying; the [chain](crate::audit) of hashes is as it was. The history says that it was done, by whom and why.
    ///
    /// No SOP says who may: a host admits whoever answers for personal data in the office. The names of people are not
    /// in the store at all, only the ids that the host gave them. Exports, backups and documents elsewhere are the
    /// host's to erase, and a copy of a store that was made before has what it had.
    ///
    /// What binds a role to a unit stays, since it is about the office; so do numbers that registers gave. Whoever
    /// sends a command of the case again, under its old key, is told that the key was used for another.
    ///
    /// ```
    /// use sop_engine::core::definition::PersonId;
    /// use sop_engine::verify::Verify as _;
    /// use sop_engine::{Clock, Completion, Engine, Erasure, Opening, files, store::MemoryStore};
    ///
    /// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions");
    /// # let path = |name: &str| format!("{folder}/{name}");
    /// # let sop = files::read(path("narasumber.json"))?;
    /// # let officials = files::directory(path("pejabat.json"), sop.office())?;
    /// # let engine = Engine::open(MemoryStore::chained(), officials, Clock::system())?;
    /// # let procedure = sop.process().id().clone();
    /// # engine.deploy(sop.verify())?;
    /// let (asker, officer) = (PersonId::new("tamu")?, PersonId::new("pdp")?);
    /// let case = engine.start(&procedure, &asker, &Opening::about("Bimtek, hub. 0812-555-0101"), None)??.case;
    /// engine.withdraw(case, &asker, "batal", None)??;
    ///
    /// engine.erase(case, &officer, &Erasure::Everything, "permintaan pemohon, surat 12/2026", None)??;
    /// assert_eq!(engine.history(case)?[0].lines[0].id, "Permohonan dibuka oleh tamu: (dihapus)");
    /// assert!(engine.verify_audit(&[])?.is_sound());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`start`](Self::start). A case that still runs is refused with
    /// [`CaseIsNotOver`](sop_core::case::Rejection::CaseIsNotOver).
    pub fn erase<'k>(
        &self,
        case: CaseId,
        by: &PersonId,
        what: &Erasure,
        reason: &str,
        key: impl Into<Option<&'k Key>>,
    ) -> Answer {
        let key = key.into();
        into_answer(self.command(|inner, now| inner.erase(case, by, (what, reason), key, now)))
    }

    /// Hands a command in, and does not wait for its answer: it is decided and committed with what comes at the same
    /// time, by a thread of the engine, or by a caller who waits anyhow. Commands are decided in the order in which they
    /// were handed in.
    ///
    /// The first begins two threads, which sleep while there is nothing to do: one that commits, and, where there is more
    /// than one core, one that writes texts for it. The one that commits stays awake for some microseconds after a commit
    /// of several commands.
    ///
    /// ```
    /// use sop_engine::core::definition::PersonId;
    /// use sop_engine::verify::Verify as _;
    /// use sop_engine::{Act, Clock, Engine, Opening, files, store::MemoryStore};
    ///
    /// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions");
    /// # let path = |name: &str| format!("{folder}/{name}");
    /// # let sop = files::read(path("narasumber.json"))?;
    /// # let officials = files::directory(path("pejabat.json"), sop.office())?;
    /// # let engine = Engine::open(MemoryStore::new(), officials, Clock::system())?;
    /// # let procedure = sop.process().id().clone();
    /// # engine.deploy(sop.verify())?;
    /// let asker = PersonId::new("tamu")?;
    /// let mut tickets = Vec::new();
    /// for subject in ["Narasumber bimtek", "Narasumber pelatihan"] {
    ///     let start = Act::Start { procedure: procedure.clone(), opening: Opening::about(subject) };
    ///     tickets.push(engine.submit(&asker, start, None)?);
    /// }
    /// for ticket in tickets {
    ///     println!("permohonan {}", ticket.wait()??.case); // an async host awaits the ticket instead
    /// }
    /// # assert_eq!(engine.cases().len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`StoreError::is_busy`] where too many commands wait, and [`StoreError::is_unavailable`] where no thread can be
    /// started: the command was not handed in then. What the store fails with, and what the command is refused for, is
    /// in the answer.
    pub fn submit<'k>(&self, by: &PersonId, act: Act, key: impl Into<Option<&'k Key>>) -> Result<Ticket, StoreError> {
        committer::start(&self.closing.0)?;
        self.leave(by, act, key)
    }

    /// Hands a command in as [`submit`](Self::submit) does, for a host that has no thread to spare, or lets nothing happen
    /// beside its own: no thread of the engine sees to it. It is decided when [`commit_left`](Self::commit_left) is
    /// called, or earlier, with the command of a caller who waits.
    ///
    /// # Errors
    /// [`StoreError::is_busy`] where too many commands wait: the command was not handed in then.
    pub fn leave<'k>(&self, by: &PersonId, act: Act, key: impl Into<Option<&'k Key>>) -> Result<Ticket, StoreError> {
        let asked = Asked { by: by.clone(), act, key: key.into().cloned() };
        self.shared.intake.leave(asked).map(Ticket::new)
    }

    /// Decides and commits, in this thread, everything that waits, as many commands together as there are; false where
    /// nothing waits, or somebody else is at it.
    pub fn commit_left(&self) -> bool {
        let mut any = false;
        while self.shared.lead() > 0 {
            any = true;
        }
        any
    }

    /// Does what an act says, as the method that it is named after, and waits for the answer.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn perform<'k>(&self, by: &PersonId, act: &Act, key: impl Into<Option<&'k Key>>) -> Answer {
        self.shared.ask(Ask { by, what: act.what(), key: key.into() })
    }

    fn act(&self, case: CaseId, by: &PersonId, request: Request<'_>, key: Option<&Key>) -> Answer {
        self.shared.ask(Ask { by, what: What::On { case, request }, key })
    }
}
