//! Where the salts of personal values come from.

use std::fmt;

use sop_core::case::Salt;
use sop_core::process::Hash;

use crate::clock::Clock;
use crate::store::{CaseId, StoreError};

/// A secret of this engine, from which salts are made: random, never written anywhere, and gone when it is dropped.
///
/// A salt follows from it and from where its value stands, so that writing the same entry twice gives the same bytes;
/// nobody who does not have the secret can tell a salt, and each is thrown away by itself.
pub(crate) struct Salts([u8; 32]);

impl Salts {
    /// A new secret.
    ///
    /// In a simulated world it is the same each time, so that a run repeats itself to the byte.
    pub(crate) fn new(clock: &Clock) -> Result<Self, StoreError> {
        if !clock.is_system() {
            return Ok(Self(*Hash::of(b"a simulated world").as_bytes()));
        }
        Self::random()
    }

    /// A new secret, in any world.
    pub(crate) fn random() -> Result<Self, StoreError> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|error| {
            StoreError::unavailable("the system gives no random numbers, which personal data is protected by")
                .because(error)
        })?;
        Ok(Self(secret))
    }

    /// The secret after this one, from which this one cannot be told.
    pub(crate) fn next(&self) -> Self {
        Self(*Hash::of_all([b"next".as_slice(), self.0.as_slice()]).as_bytes())
    }

    /// The salt of a value, by its number in the entry, counted from 0.
    pub(crate) fn salt(&self, case: CaseId, version: u32, number: usize) -> Salt {
        let place = [case.0, u64::from(version), number as u64].map(u64::to_be_bytes);
        let hash = Hash::of_all([self.0.as_slice(), place.as_flattened()]);
        let mut salt = [0; 16];
        for (byte, of) in salt.iter_mut().zip(hash.as_bytes()) {
            *byte = *of;
        }
        Salt(salt)
    }
}

impl fmt::Debug for Salts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salts(..)")
    }
}
