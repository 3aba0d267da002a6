//! The page on security names tests that exist.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// A file of the product with tests in it: its name without the ending, the folder that it is in, and its text.
struct Source {
    name: String,
    folder: String,
    text: String,
}

fn collect(folder: &Path, found: &mut Vec<Source>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path: PathBuf = entry?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path)?;
            if text.contains("#[test]") || text.contains("#[tokio::test") {
                let part = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
                let folder = part(path.parent().and_then(Path::file_name));
                found.push(Source { name: part(path.file_stem()), folder, text });
            }
        }
    }
    Ok(())
}

/// Whether there is a test of this name: `file::*`, `file::test` or `test`.
fn exists(name: &str, sources: &[Source]) -> bool {
    let (file, test) = name.rsplit_once("::").map_or((None, name), |(file, test)| (Some(file), test));
    let here = |source: &&Source| file.is_none_or(|file| source.name == file || source.folder == file);
    let says = |source: &Source| test == "*" || source.text.contains(&format!("fn {test}()"));
    sources.iter().filter(here).any(says)
}

#[test]
fn every_threat_names_a_test_that_exists() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut sources = Vec::new();
    for folder in ["api/tests", "diwan", "domain", "gate", "networks", "platform", "reports", "worker"] {
        collect(&root.join(folder), &mut sources)?;
    }
    let page = fs::read_to_string(root.join("docs/SECURITY.md"))?;
    let (mut in_table, mut threats, mut missing) = (false, 0, Vec::new());
    for line in page.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let last = cells.last().copied().unwrap_or_default();
        if !line.starts_with('|') {
            in_table = false;
        } else if last.eq_ignore_ascii_case("test") {
            in_table = true;
        } else if in_table && !last.starts_with("---") {
            threats += 1;
            let named: Vec<&str> = last.split('`').skip(1).step_by(2).collect();
            // Another table of the page, or the test of another row of it.
            let elsewhere = last.contains("](#") || last.contains("the same");
            if named.is_empty() && !elsewhere || named.iter().any(|name| !exists(name, &sources)) {
                missing.push(line);
            }
        }
    }
    assert!(threats > 25, "only {threats} threats were found");
    assert_eq!(missing, Vec::<&str>::new());
    assert!(
        !exists("no_such_test", &sources) && !exists("cells::no_such_test", &sources) && !exists("none::*", &sources)
    );
    Ok(())
}
