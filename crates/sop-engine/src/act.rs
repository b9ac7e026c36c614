//! What somebody wants done, in one value: what is handed in with [`Engine::submit`](crate::Engine::submit).

use sop_core::definition::{DefinitionId, PersonId, RoleId};
use sop_core::time::Instant;

use crate::answer::WaitRef;
use crate::request::{Completion, Opening, Request};
use crate::store::{CaseId, Key};

/// What somebody wants done. Each is what the method of the engine with its name does.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Open a case of a procedure: [`start`](crate::Engine::start).
    Start {
        /// The procedure.
        procedure: DefinitionId,
        /// What it is about.
        opening: Opening,
    },
    /// Complete a wait: [`complete`](crate::Engine::complete).
    Complete {
        /// The wait.
        wait: WaitRef,
        /// What is handed in with it.
        completion: Completion,
    },
    /// Take a wait upon oneself: [`claim`](crate::Engine::claim).
    Claim {
        /// The wait.
        wait: WaitRef,
    },
    /// Give a claim back: [`release`](crate::Engine::release).
    Release {
        /// The wait.
        wait: WaitRef,
    },
    /// Let another person act for oneself: [`delegate`](crate::Engine::delegate).
    Delegate {
        /// The wait.
        wait: WaitRef,
        /// Who acts.
        to: PersonId,
    },
    /// Put a wait off: [`hold`](crate::Engine::hold).
    Hold {
        /// The wait.
        wait: WaitRef,
        /// Until when at the latest.
        until: Instant,
        /// Why.
        reason: String,
    },
    /// Go on with a wait that was put off: [`resume`](crate::Engine::resume).
    Resume {
        /// The wait.
        wait: WaitRef,
    },
    /// Let another role act: [`reassign`](crate::Engine::reassign).
    Reassign {
        /// The wait.
        wait: WaitRef,
        /// The role.
        to: RoleId,
        /// Why.
        reason: String,
    },
    /// Withdraw a case: [`withdraw`](crate::Engine::withdraw).
    Withdraw {
        /// The case.
        case: CaseId,
        /// Why.
        reason: String,
    },
    /// Remark something about a case: [`comment`](crate::Engine::comment).
    Comment {
        /// The case.
        case: CaseId,
        /// What is said.
        text: String,
    },
}

/// A command as a caller holds it: nothing is copied for one who need not wait for others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) by: &'a PersonId,
    pub(crate) what: What<'a>,
    pub(crate) key: Option<&'a Key>,
}

/// What a command is about: a case to be opened, or one that is there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum What<'a> {
    Start { procedure: &'a DefinitionId, opening: &'a Opening },
    On { case: CaseId, request: Request<'a> },
}

/// A command that waits in the queue.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) by: PersonId,
    pub(crate) act: Act,
    pub(crate) key: Option<Key>,
}

impl Ask<'_> {
    /// The same command, to be left with somebody else.
    pub(crate) fn to_asked(self) -> Asked {
        Asked { by: self.by.clone(), act: self.what.to_act(), key: self.key.cloned() }
    }
}

impl Asked {
    pub(crate) fn ask(&self) -> Ask<'_> {
        Ask { by: &self.by, what: self.act.what(), key: self.key.as_ref() }
    }
}

impl What<'_> {
    fn to_act(self) -> Act {
        let (case, request) = match self {
            What::Start { procedure, opening } => {
                return Act::Start { procedure: procedure.clone(), opening: opening.clone() };
            }
            What::On { case, request } => (case, request),
        };
        let on = |wait: u32| WaitRef { case, wait };
        match request {
            Request::Complete { wait, completion } => Act::Complete { wait: on(wait), completion: completion.clone() },
            Request::Claim { wait } => Act::Claim { wait: on(wait) },
            Request::Release { wait } => Act::Release { wait: on(wait) },
            Request::Delegate { wait, to } => Act::Delegate { wait: on(wait), to: to.clone() },
            Request::Hold { wait, until, reason } => Act::Hold { wait: on(wait), until, reason: reason.to_owned() },
            Request::Resume { wait } => Act::Resume { wait: on(wait) },
            Request::Reassign { wait, to, reason } => {
                Act::Reassign { wait: on(wait), to: to.clone(), reason: reason.to_owned() }
            }
            Request::Withdraw { reason } => Act::Withdraw { case, reason: reason.to_owned() },
            Request::Comment { text } => Act::Comment { case, text: text.to_owned() },
        }
    }
}

impl Act {
    pub(crate) fn what(&self) -> What<'_> {
        let on = |wait: &WaitRef, request| What::On { case: wait.case, request };
        match self {
            Self::Start { procedure, opening } => What::Start { procedure, opening },
            Self::Complete { wait, completion } => on(wait, Request::Complete { wait: wait.wait, completion }),
            Self::Claim { wait } => on(wait, Request::Claim { wait: wait.wait }),
            Self::Release { wait } => on(wait, Request::Release { wait: wait.wait }),
            Self::Delegate { wait, to } => on(wait, Request::Delegate { wait: wait.wait, to }),
            Self::Hold { wait, until, reason } => on(wait, Request::Hold { wait: wait.wait, until: *until, reason }),
            Self::Resume { wait } => on(wait, Request::Resume { wait: wait.wait }),
            Self::Reassign { wait, to, reason } => on(wait, Request::Reassign { wait: wait.wait, to, reason }),
            Self::Withdraw { case, reason } => What::On { case: *case, request: Request::Withdraw { reason } },
            Self::Comment { case, text } => What::On { case: *case, request: Request::Comment { text } },
        }
    }
}
