//! Keeping what is in memory off the disk. What is in memory is others' business.

use std::io;

/// No core dump of this process or of any that it starts, from now on: one would hold keys,
/// tokens and answers, in plain text. To be called before anything secret is read.
///
/// # Errors
/// Where the system does not take the limit.
pub fn without_core_dumps() -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    }
    Ok(())
}
