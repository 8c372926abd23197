//! One module per group of commands. Each asks the engine and answers for scripts and
//! people alike; none prints.

pub(crate) mod account;
pub(crate) mod accounts;
pub(crate) mod cases;
pub(crate) mod catalogue;
pub(crate) mod courier;
pub(crate) mod drafts;
pub(crate) mod filing;
pub(crate) mod followed;
pub(crate) mod guides;
pub(crate) mod licences;
pub(crate) mod outbox;
