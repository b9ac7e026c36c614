//! To be written with the engine.
fn main() {}
