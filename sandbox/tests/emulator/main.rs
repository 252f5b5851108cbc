//! Tests of the sandbox with real requests over loopback. Each test has its own server.

#[cfg(test)]
mod admin;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod callbacks;
#[cfg(test)]
mod client;
#[cfg(test)]
mod documentation;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod program;
#[cfg(test)]
mod service;
