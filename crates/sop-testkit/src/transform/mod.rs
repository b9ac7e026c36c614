//! Changes of a definition that change nothing about what can be proved: for tests that ask twice.
//!
//! What is required (`completable`, `decided`, `clean`, `supplied`, `bounded`, `watched`) is proved about the changed
//! definition exactly if it is proved about the one before, as signed and as run. So much for verdicts; numbers such as
//! the longest run may differ where a step became two, and so may `timely` and `staffed`. Where a fault can be reached,
//! a step made two has the fault come about elsewhere: `clean` stays refuted then, and only that.

mod rename;
mod reorder;
mod split_step;

pub use rename::rename;
pub use reorder::reorder_rows;
pub use split_step::split_step;
