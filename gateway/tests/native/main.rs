//! What the gateway decides, in virtual time. One program, so that it links once.
#![cfg(test)]

mod admission;
mod callbacks;
mod crashes;
mod failures;
mod files;
mod queue;
mod world;
