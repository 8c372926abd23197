//! `use_followed`: the guides that the person follows, read again whenever that may have changed.

use tongban_contract::page::{FollowedView, ListFollowed, Topic};
use yew::prelude::*;

use super::{ask::Asked, use_ask};

/// The guides that the person follows. Without anybody signed in there is no answer.
#[hook]
pub(crate) fn use_followed() -> Asked<FollowedView> {
    use_ask(ListFollowed {}, |topic| {
        matches!(topic, Topic::Followed | Topic::Catalogue | Topic::Account)
    })
}
