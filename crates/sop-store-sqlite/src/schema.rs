//! The tables, and the versions of them that are read.

use std::ops::RangeInclusive;

/// Marks an SQLite file as a store of this engine: the letters `SOPL`.
pub(crate) const APPLICATION: i32 = 0x534F_504C;

/// The version that is written.
pub(crate) const VERSION: i32 = 1;

/// The versions that are read.
pub(crate) const READS: RangeInclusive<i32> = VERSION..=VERSION;

/// The tables of a new store.
///
/// `log` is the store; the others follow from it or are caches. Numbers of cases use all 64 bits and are kept as the
/// signed number with the same bits; they are compared for equality alone. `keys.scope` is a case, or 0 for the whole
/// store: a hit is checked against the log, so that sharing 0 with a case of that number does no harm.
pub(crate) const TABLES: &str = "
CREATE TABLE log (
    position INTEGER PRIMARY KEY,
    kind     INTEGER NOT NULL,  -- 0 a case, 1 a deployment, 2 the directory, 3 the calendar
    case_id  INTEGER,
    version  INTEGER,
    process  INTEGER,
    previous INTEGER,           -- the entry before of the same case, 0 for its first
    key      TEXT,
    key_case INTEGER,           -- the case within which the key is unique; null: the store
    command  BLOB,
    body     BLOB NOT NULL,
    sum      INTEGER NOT NULL   -- over all of the above
) STRICT;
CREATE TABLE blobs (
    hash     BLOB NOT NULL UNIQUE,
    content  BLOB NOT NULL
) STRICT;
CREATE TABLE cases (
    case_id  INTEGER PRIMARY KEY,
    first    INTEGER NOT NULL,
    last     INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    filter1  INTEGER NOT NULL,  -- says of most keys that they are not in keys
    filter2  INTEGER NOT NULL,
    sum      INTEGER NOT NULL
) STRICT;
CREATE TABLE keys (
    scope    INTEGER NOT NULL,
    hash     INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (scope, hash, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE reflects (         -- the last entry that cases and keys reflect
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    position INTEGER NOT NULL
) STRICT;
INSERT INTO reflects VALUES (1, 0);
CREATE TABLE checkpoint (
    part     INTEGER PRIMARY KEY,
    parts    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    content  BLOB NOT NULL,
    sum      INTEGER NOT NULL
) STRICT;
";
