//! Pieces that several pages share. They show and report; none of them reads anything.

mod badges;
mod dialog;
mod differences;
mod empty;
mod guide_rows;
mod icon;
mod link;
mod outside;
mod pieces;
mod pin_field;
mod problem;
mod progress;
mod prose;
mod search_field;
mod sign_in_first;
mod skeleton;
mod split;

pub(crate) use badges::Badges;
pub(crate) use dialog::ConfirmDialog;
pub(crate) use differences::{Differences, named};
pub(crate) use empty::Empty;
pub(crate) use guide_rows::{GuideRows, limit, visits};
pub(crate) use icon::{Icon, Shape};
pub(crate) use link::Go;
pub(crate) use outside::OutsideLink;
pub(crate) use pieces::Pieces;
pub(crate) use pin_field::{PinField, taken};
pub(crate) use problem::ProblemCard;
pub(crate) use progress::Progress;
pub(crate) use prose::Prose;
pub(crate) use search_field::SearchField;
pub(crate) use sign_in_first::SignInFirst;
pub(crate) use skeleton::Skeleton;
pub(crate) use split::Split;
