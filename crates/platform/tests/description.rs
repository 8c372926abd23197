//! The description at `/openapi.json` is what the real program does: schemathesis asks it for
//! everything, rightly and wrongly, and compares. No answer of the kind 5xx, none that the
//! description does not tell of, none in another form than it says.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::node::{FIRST, PHOTO, program::Program, submit};
use uuid::Uuid;

/// Where the tools from PyPI are: where `cargo xtask` says, or where it puts them.
fn tool(name: &str) -> PathBuf {
    let folder = std::env::var_os("TONGBAN_TOOLS_DIR").map_or_else(
        || {
            let program = Path::new(env!("CARGO_BIN_EXE_tongban-platform"));
            program.ancestors().nth(2).unwrap().join("python/bin")
        },
        PathBuf::from,
    );
    let tool = folder.join(name);
    assert!(tool.is_file(), "{} is missing: call `cargo xtask setup`", tool.display());
    tool
}

/// A program with a case and with a file of which a part has come.
struct Stage {
    program: Program,
    citizen: String,
    case: Uuid,
    upload: String,
}

async fn stage() -> Stage {
    let program = Program::start();
    let citizen = program.sign_in("lixiulan").await;
    let photo = program.begin_upload(&citizen, PHOTO).await;
    program.send_part(&citizen, &photo, 0, PHOTO).await;
    let case = Uuid::now_v7();
    let told = program.exchange(&citizen, &[submit(case)]).await;
    assert_eq!(told["results"][0]["outcome"], "accepted", "{told}");
    let file = vec![1; 5000];
    let path = program.begin_upload(&citizen, &file).await;
    program.send_part(&citizen, &path, 0, &file[..1000]).await;
    let upload = path.rsplit('/').next().unwrap().to_owned();
    Stage { program, citizen, case, upload }
}

impl Stage {
    /// Lets schemathesis ask with `token`, for everything but `without`.
    fn is_as_described(&self, token: &str, without: &[&str]) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/description");
        // A token on a command line could be read by everyone on the machine.
        let mut schemathesis = Command::new(tool("schemathesis"));
        schemathesis
            .current_dir(self.program.data())
            .env("TONGBAN_TOKEN", token)
            .env("TONGBAN_CASE", self.case.to_string())
            .env("TONGBAN_DIGEST", crate::node::hex(PHOTO))
            .env("TONGBAN_UPLOAD", &self.upload)
            .env("TONGBAN_HOOKS", folder.join("hooks.py"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env_remove("http_proxy")
            .env_remove("HTTP_PROXY")
            .arg("--config-file")
            .arg(folder.join("schemathesis.toml"))
            .args(["run", "--no-color", "--no-shrink", "--continue-on-failure"])
            .args(["--url", &self.program.address]);
        for path in without {
            schemathesis.args(["--exclude-path", path]);
        }
        schemathesis.arg(format!("{}/openapi.json", self.program.address));
        let output = schemathesis.output().unwrap();
        let report = String::from_utf8_lossy(&output.stdout);
        println!("{report}");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let tested = report.lines().find_map(|line| line.trim().strip_prefix("Tested: "));
        let tested: usize = tested.expect("it tells how much it has looked at").parse().unwrap();
        assert!(tested > 20, "it has looked at {tested} operations");
        let log = self.program.log();
        assert!(!log.contains("ERROR"), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_answered_as_described() {
    stage().await.is_as_described("nobody", &[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_citizen_is_answered_as_described() {
    let stage = stage().await;
    // A stream of events does not end; what it says is tested beside the exchange.
    stage.is_as_described(&stage.citizen, &["/v1/events"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_is_answered_as_described() {
    let stage = stage().await;
    let office = stage.program.office_token(FIRST).await;
    stage.is_as_described(&office, &[]);
}
