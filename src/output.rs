//! Writing: to standard output, or to a file that is either written whole or left as it was.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::outcome;

/// Writes `content` to `path`, or to standard output without one. A link is followed; what is no file, such as a pipe
/// or a device, is written to as it is.
///
/// # Errors
/// When it cannot be written; a file is then unchanged.
pub(crate) fn write(path: Option<&Path>, content: &[u8]) -> io::Result<()> {
    let Some(path) = path else {
        let mut stdout = io::stdout().lock();
        stdout.write_all(content)?;
        return stdout.flush();
    };
    if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return std::fs::OpenOptions::new().write(true).open(path)?.write_all(content);
    }
    let target = std::fs::canonicalize(path);
    let path = target.as_deref().unwrap_or(path);
    write_whole(path, content, || Ok(()))
}

/// Puts `after` in the place of the content of the file `path`, if that still is `before`. A link is followed to a file in
/// or below the folder `tree`, and nowhere else.
///
/// # Errors
/// When the file is outside of the folder, no file, changed meanwhile, or cannot be written; it is then as it was.
pub(crate) fn replace(path: &Path, tree: &Path, before: &[u8], after: &[u8]) -> io::Result<()> {
    let target = std::fs::canonicalize(path)?;
    if !target.starts_with(std::fs::canonicalize(tree)?) {
        return Err(io::Error::other("is a link to a file outside of the folder, and was not changed"));
    }
    if !std::fs::metadata(&target)?.is_file() {
        return Err(io::Error::other("is no file, and was not changed"));
    }
    write_whole(&target, after, || {
        if std::fs::read(&target)? == before {
            Ok(())
        } else {
            Err(io::Error::other("was changed meanwhile by someone else, and was left as it is"))
        }
    })
}

/// Writes a file whole or not at all. `check` is asked right before the last step.
fn write_whole(path: &Path, content: &[u8], check: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    // In the same folder, so that the last step is a rename.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".talint-").tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    set_permissions(file.as_file(), path)?;
    check()?;
    file.persist(path).map(|_| ()).map_err(|error| error.error)
}

/// A temporary file is its owner's alone; the result gets the permissions of what it replaces, or those of a new file.
fn set_permissions(file: &std::fs::File, path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).map_or(0o644, |metadata| metadata.permissions().mode() & 0o7777);
        file.set_permissions(std::fs::Permissions::from_mode(mode))?;
    }
    #[cfg(not(unix))]
    let _ = (file, path);
    Ok(())
}

/// Writes the answer to standard output, and says how it went.
pub(crate) fn print(text: &str) -> ExitCode {
    match write(None, text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        // A reader that has seen enough is no failure.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            say(format_args!("talint: standard output: {error}"));
            ExitCode::from(outcome::FAILED)
        }
    }
}

/// Says something on standard error. There is nowhere to report that this fails, so that is let pass.
pub(crate) fn say(message: impl std::fmt::Display) {
    let _ = writeln!(io::stderr().lock(), "{message}");
}
