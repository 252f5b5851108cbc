//! The sandbox as its clients meet it: real requests over loopback, each test with a server of its own.

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
