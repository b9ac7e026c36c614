//! A process together with what is known about it.

use sop_core::process::Process;

use crate::verdict::Verdicts;

/// Something that holds a process, so that it can be verified as a whole.
pub trait Subject {
    /// The process.
    fn process(&self) -> &Process;
}

impl Subject for Process {
    fn process(&self) -> &Process {
        self
    }
}

impl<S: Subject> Subject for &S {
    fn process(&self) -> &Process {
        (**self).process()
    }
}

/// A process, or something that holds one, with the verdicts about it. Only [`verify`] makes one.
#[derive(Debug, Clone)]
pub struct Verified<P> {
    subject: P,
    verdicts: Verdicts,
}

impl<P> Verified<P> {
    /// The verdicts.
    pub fn verdicts(&self) -> &Verdicts {
        &self.verdicts
    }

    /// What was verified.
    pub fn subject(&self) -> &P {
        &self.subject
    }

    /// What was verified, and the verdicts.
    pub fn into_parts(self) -> (P, Verdicts) {
        (self.subject, self.verdicts)
    }
}

impl<P: Subject> Verified<P> {
    /// The process.
    pub fn process(&self) -> &Process {
        self.subject.process()
    }
}

/// Verifies a process.
///
/// Until there is a search, every verdict is unknown.
pub fn verify<P: Subject>(subject: P) -> Verified<P> {
    let verdicts = Verdicts::unsearched(subject.process());
    Verified { subject, verdicts }
}

/// Verifying as a method: `process.verify()`.
pub trait Verify: Subject + Sized {
    /// Verifies this.
    fn verify(self) -> Verified<Self> {
        verify(self)
    }
}

impl<P: Subject> Verify for P {}
