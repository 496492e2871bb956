//! Reading Rust sources for the checks that look at text.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// All `.rs` files below a folder, in a stable order.
pub(crate) fn rust_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            // A crate that keeps its own build folder has other people's sources in it.
            if path.file_name().is_some_and(|name| name != "target") {
                collect(&path, files)?;
            }
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// The lines of a file that are code of the product: neither comments nor tests.
///
/// House style puts tests last, so everything from `#[cfg(test)]` with a body on is left out.
pub(crate) fn product_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines: Vec<&str> = text.lines().collect();
    let end = lines
        .windows(2)
        .position(|pair| matches!(pair, [cfg, next] if opens_tests(cfg, next)))
        .unwrap_or(lines.len());
    lines
        .into_iter()
        .take(end)
        .enumerate()
        .map(|(number, line)| (number + 1, line.split("//").next().unwrap_or_default()))
}

fn opens_tests(cfg: &str, next: &str) -> bool {
    cfg.trim() == "#[cfg(test)]" && next.contains("mod ") && next.trim_end().ends_with('{')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_tests_are_no_product() {
        let text =
            "use a; // std::fs\n#[cfg(test)]\nmod t;\nfn f() {}\n#[cfg(test)]\nmod tests {\n";
        let lines: Vec<_> = product_lines(text).map(|(_, line)| line.trim()).collect();
        assert_eq!(lines, ["use a;", "#[cfg(test)]", "mod t;", "fn f() {}"]);
    }
}
