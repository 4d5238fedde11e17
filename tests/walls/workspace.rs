//! The workspace as cargo and the file system see it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use serde_json::Value;

/// Everything cargo knows about the workspace and what it depends on, on this platform.
pub static METADATA: LazyLock<Value> = LazyLock::new(|| {
    let host = cargo(&["-vV"]);
    let host = host.lines().find_map(|line| line.strip_prefix("host: "));
    let platform = format!("--filter-platform={}", host.expect("cargo names its host"));
    let json = cargo(&["metadata", "--format-version=1", &platform]);
    serde_json::from_str(&json).expect("cargo writes JSON")
});

/// One crate of the workspace.
pub struct Member {
    /// Its package name.
    pub name: String,
    /// Where its manifest is.
    pub manifest: PathBuf,
    /// The packages it depends on directly, tests aside.
    pub dependencies: BTreeSet<String>,
}

/// The folder that holds the workspace.
pub fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("tests lie in the workspace").to_owned()
}

/// What a cargo command prints.
pub fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root())
        .output();
    let output = output.expect("cargo starts");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "cargo {arguments:?} failed: {complaints}"
    );
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

/// The packages cargo would build for `package` alone.
pub fn tree(package: &str) -> BTreeSet<String> {
    let tree = cargo(&[
        "tree",
        "-p",
        package,
        "-e",
        "normal,build",
        "--prefix=none",
        "--format={p}",
    ]);
    let names = tree.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

/// Every crate of the workspace.
pub fn members() -> Vec<Member> {
    let ids = array(&METADATA["workspace_members"]);
    let packages = array(&METADATA["packages"]).iter();
    packages
        .filter(|package| ids.contains(&package["id"]))
        .map(member)
        .collect()
}

fn member(package: &Value) -> Member {
    let dependencies = array(&package["dependencies"]).iter();
    // A dependency without a kind is an ordinary one; the others are "dev" and "build".
    let normal = dependencies.filter(|dependency| dependency["kind"] != "dev");
    Member {
        name: text(&package["name"]).to_owned(),
        manifest: text(&package["manifest_path"]).into(),
        dependencies: normal
            .map(|dependency| text(&dependency["name"]).to_owned())
            .collect(),
    }
}

/// Every Rust file of the workspace.
pub fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["crates", "migration", "tests", "bench", "examples"] {
        collect(&root().join(folder), &mut found);
    }
    assert!(found.len() > 50, "only {} files were found", found.len());
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder can be listed") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() && !path.ends_with("target") {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The array that `value` must be.
pub fn array(value: &Value) -> &[Value] {
    value.as_array().expect("an array")
}

/// The text that `value` must be.
pub fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
