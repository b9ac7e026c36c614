//! The text of an entry, made before the store asks for it.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use sop_core::process::Hash;

use crate::committed::Committed;
use crate::store::{StoreError, Written};

/// What was decided, and its text as soon as somebody has made it.
#[derive(Debug)]
pub(crate) struct Ahead {
    pub(crate) committed: Arc<Committed>,
    text: OnceLock<(Vec<u8>, Hash)>,
    /// Tells whether it is too late to make it ahead.
    is_asked: AtomicBool,
}

impl Ahead {
    pub(crate) fn new(committed: Arc<Committed>) -> Self {
        Self { committed, text: OnceLock::new(), is_asked: AtomicBool::new(false) }
    }

    /// Makes the text, unless it was asked for meanwhile.
    pub(crate) fn write(&self) {
        if self.is_asked.load(Ordering::Relaxed) {
            return;
        }
        // What cannot be written is an error for the one who asks.
        if let Ok(text) = self.committed.to_written() {
            drop(self.text.set(text));
        }
    }

    /// The text, made here and now where it is not there: half-made ones are not waited for, since the thread that makes
    /// them may not be running.
    pub(crate) fn written(&self) -> Result<Written<'_>, StoreError> {
        self.is_asked.store(true, Ordering::Relaxed);
        match self.text.get() {
            Some((json, told)) => Ok(Written { json: Cow::Borrowed(json), told: *told }),
            None => self.committed.to_written().map(|(json, told)| Written { json: Cow::Owned(json), told }),
        }
    }
}
