//! The catalogue from outside: a signed publication, a real server on a real socket, and
//! everything that can go wrong between it and a search.

mod damage;
pub(super) mod publication;
mod reading;
mod regions;
mod search;
mod server;
mod update;
