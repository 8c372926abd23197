//! Why an operation waits to which the platform's answer put no end: what the person is told.

use tongban_contract::problem::Problem;

/// The answer is of a kind that is known, and makes no sense.
pub(super) fn malformed() -> Problem {
    Problem::new(
        "answer.malformed",
        "平台的答复没有读懂，这一件还不能算办成，仍在本机排队。",
        "不用重复提交，稍后会自动再交；如长时间如此，请更新应用。",
    )
}
