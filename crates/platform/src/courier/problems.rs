//! Why a courier is not taken, for whoever brought it. None of these says anything of what
//! is inside, and none asks them to do what only the one who sealed it can do.

use tongban_contract::problem::Problem;

/// Not what was sealed: cut, changed, or never a courier.
pub(super) fn damaged() -> Problem {
    Problem::new(
        "courier.damaged",
        "这份密封件不完整或已损坏，平台没有接收。",
        "请从原来的存储设备再交一次；仍不行，请让封装的人重新导出一份。",
    )
    .with_status(422)
}

/// Not for this platform. A seal whose first bytes were changed looks like this, too.
pub(super) fn sealed_for_another() -> Problem {
    Problem::new(
        "courier.sealed-for-another",
        "这份密封件不是封装给本平台的，平台打不开，也没有接收。",
        "请核对平台地址，交到封装时登录的平台；仍不行，请让封装的人重新导出一份。",
    )
    .with_status(422)
}

/// Signed with a key that no account has, or by another key than it names.
pub(super) fn unknown_device() -> Problem {
    Problem::new(
        "courier.unknown-device",
        "封装这份密封件的设备没有在平台登记，平台没有接收。",
        "请让封装的人先联网同步一次，再重新导出。",
    )
    .with_status(403)
}

/// Larger, or with more of something, than is taken.
pub(super) fn too_large() -> Problem {
    Problem::new(
        "courier.too-large",
        "这份密封件太大，平台没有接收。",
        "请让封装的人分几次导出，或联网后直接提交。",
    )
    .with_status(413)
}

/// Made by a version of the app that this platform does not know.
pub(super) fn version() -> Problem {
    Problem::new(
        "courier.version",
        "这份密封件由其他版本的应用封装，平台暂时不支持。",
        "请让封装的人更新应用后重新导出，或联网后直接提交。",
    )
    .with_status(422)
}

/// The connection broke or fell silent.
pub(super) fn interrupted() -> Problem {
    Problem::new(
        "courier.interrupted",
        "密封件没有收全，传输中途断开了。",
        "请检查网络后再交一次，重复交不会重复办理。",
    )
    .with_status(408)
}

/// Too many at once.
pub(super) fn busy() -> Problem {
    Problem::new("courier.busy", "现在交密封件的人太多，平台暂时没有接收。", "请过几分钟再交一次。")
        .with_status(429)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_one_sentence_with_a_next_step_and_a_code_of_its_own() {
        let all = [
            damaged(),
            sealed_for_another(),
            unknown_device(),
            too_large(),
            version(),
            interrupted(),
            busy(),
        ];
        let mut codes = std::collections::BTreeSet::new();
        for problem in all {
            assert!(problem.detail.ends_with('。') && problem.next.ends_with('。'), "{problem:?}");
            assert!(problem.code.starts_with("courier.") && problem.status >= 400, "{problem:?}");
            assert!(codes.insert(problem.code));
        }
    }
}
