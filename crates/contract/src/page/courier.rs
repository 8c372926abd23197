//! Views of the sealed courier: one that was made, and what of one that was brought here. The
//! file itself is described in [`crate::courier`].

use serde::{Deserialize, Serialize};

use super::Command;

/// A sealed courier that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedView {
    /// Where the file is on this device, for the person to find it.
    pub file: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Operations in it.
    pub operations: u32,
    /// Files handed in with them.
    pub files: u32,
    /// Operations that wait and did not fit.
    pub left_out: u32,
}

/// The sealed copy of what waits in a locked vault, for somebody to carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedCopyView {
    /// Where the file is on this device, for the person to find it.
    pub file: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// A piece of a sealed courier that the person has chosen to hand on. The bytes travel beside
/// it, as the raw body of the call; this is its head (as JSON, percent-encoded, in the header
/// [`COURIER_PIECE_HEADER`]). A courier can be larger than what fits into one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourierPiece {
    /// Bytes before this piece. 0 begins anew.
    pub offset: u64,
    /// Bytes of the whole file.
    pub total: u64,
}

impl Command for CourierPiece {
    const NAME: &'static str = "courier_piece";
    type Reply = ();
}

/// Header that carries [`CourierPiece`].
pub const COURIER_PIECE_HEADER: &str = "tongban-courier-piece";
