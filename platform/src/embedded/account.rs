//! The account the servers run as.
//!
//! PostgreSQL refuses to run as root. Started by root, diwan therefore runs both servers as an unprivileged account;
//! started by anyone else, they run as that user. The standard library clears the supplementary groups when a root
//! process sets a child's user, so that the children keep none of root's groups.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use super::error::EmbeddedError;

/// Accounts to run the servers as when started by root, best first.
const UNPRIVILEGED: &[&str] = &["postgres", "_postgres", "redis", "nobody"];

/// The account the servers run as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    /// The user id that owns the servers' files.
    pub user: u32,
    /// Set if the servers must be given another user and group than this process has.
    pub drop_to: Option<(u32, u32)>,
}

impl Account {
    /// The caller's own account, or an unprivileged one if the caller is root: the one that owns the existing data, so
    /// that it does not change between runs, else the first of [`UNPRIVILEGED`] that the machine has.
    pub fn choose(existing_data: &Path) -> Result<Self, EmbeddedError> {
        let user = rustix::process::geteuid().as_raw();
        if user != 0 {
            return Ok(Self { user, drop_to: None });
        }
        let owner = fs::symlink_metadata(existing_data).ok().map(|data| (data.uid(), data.gid()));
        let (user, group) = match owner {
            Some((owner, group)) if owner != 0 => (owner, group),
            _ => {
                let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
                unprivileged(&accounts).ok_or_else(|| EmbeddedError::NoAccount(UNPRIVILEGED.join(", ")))?
            }
        };
        Ok(Self { user, drop_to: Some((user, group)) })
    }

    /// A command that runs `program` as this account: away from the caller's terminal signals, working folder and
    /// environment (`PGPORT` and its like would change what the servers do).
    pub fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C").env("TZ", "UTC");
        command.current_dir("/").process_group(0).stdin(Stdio::null());
        if let Some((user, group)) = self.drop_to {
            command.uid(user).gid(group);
        }
        command
    }

    /// The first folder on the way to `folder`, itself included, that this account may not pass through. It is asked
    /// of the system rather than computed from permission bits, so that access lists count too.
    pub async fn blocked_at(self, folder: &Path) -> Option<PathBuf> {
        if self.drop_to.is_none() || self.can_enter(folder).await {
            return None;
        }
        let mut way: Vec<&Path> = folder.ancestors().collect();
        way.reverse();
        for step in way {
            if !self.can_enter(step).await {
                return Some(step.to_owned());
            }
        }
        None
    }

    async fn can_enter(self, folder: &Path) -> bool {
        let mut command = self.command(Path::new("/bin/sh"));
        command.args(["-c", "cd -- \"$1\"", "sh"]).arg(folder).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().await.is_ok_and(|status| status.success())
    }
}

/// User and group id of the first account of [`UNPRIVILEGED`] in the text of `/etc/passwd`.
fn unprivileged(accounts: &str) -> Option<(u32, u32)> {
    UNPRIVILEGED.iter().find_map(|name| {
        accounts.lines().find_map(|line| {
            let mut fields = line.split(':');
            if fields.next()? != *name {
                return None;
            }
            let user = fields.nth(1)?.parse().ok()?;
            let group = fields.next()?.parse().ok()?;
            (user != 0).then_some((user, group))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefers_the_account_made_for_it() {
        let accounts =
            "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\npostgres:x:101:104::/:/bin/sh\n";
        assert_eq!(unprivileged(accounts), Some((101, 104)));
        assert_eq!(unprivileged("root:x:0:0::/:\nnobody:x:65534:65533::/:\n"), Some((65534, 65533)));
        assert_eq!(unprivileged("root:x:0:0::/:\npostgres:x:0:0::/:\n"), None);
    }
}
