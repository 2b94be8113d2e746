//! Chromium, without a window.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// What the browser made of a page.
pub(crate) struct Seen {
    /// What the test's own script found, a line each.
    pub(crate) lines: Vec<String>,
    /// What the page complained of.
    pub(crate) complaints: Vec<String>,
}

/// Opens a page with a script of the test's at its end, which may call `say`. `None`
/// where there is no Chromium; where `MEASURED_CHROMIUM` names one, it must be there.
pub(crate) fn open(page: &str, script: &str, width: u32) -> Option<Seen> {
    let browser = find()?;
    let folder = tempdir();
    let file = folder.join("page.html");
    let script = format!("<script>{SAY}\n{script}\nsay(\"that is all\");</script></body>");
    fs::write(&file, page.replace("</body>", &script)).expect("a page");
    let output = Command::new(&browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
        ])
        // Whatever would be asked for fails, and is complained of.
        .args([
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--disable-background-networking",
        ])
        .args(["--enable-logging=stderr", "--timeout=60000", "--dump-dom"])
        .arg(format!(
            "--user-data-dir={}",
            folder.join("profile").display()
        ))
        .arg(format!("--window-size={width},900"))
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap_or_else(|error| {
            panic!("{}: {error}; install Debian's chromium", browser.display())
        });
    let errors = String::from_utf8_lossy(&output.stderr);
    let dom = String::from_utf8_lossy(&output.stdout);
    let (_, said) = dom
        .split_once("<pre id=\"said\" hidden=\"\">")
        .unwrap_or_else(|| panic!("the script did not run:\n{dom}\n{errors}"));
    let (said, _) = said.split_once("</pre>").expect("its end");
    let _ = fs::remove_dir_all(&folder);
    let text = said
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let is_all = lines.pop().as_deref() == Some("that is all");
    let complaints = errors.lines().filter(|line| line.contains("CONSOLE"));
    let complaints: Vec<String> = complaints.map(str::to_owned).collect();
    let seen = Seen { lines, complaints };
    assert!(
        is_all,
        "the test's script stopped after {:?}: {:?}",
        seen.lines, seen.complaints
    );
    Some(seen)
}

/// Writes lines to where they are found in what the browser prints.
const SAY: &str = "
    const said = document.body.appendChild(document.createElement('pre'));
    said.id = 'said';
    said.hidden = true;
    const say = (...words) => said.append(words.join('|') + '\\n');";

fn find() -> Option<PathBuf> {
    if let Some(named) = env::var_os("MEASURED_CHROMIUM") {
        return Some(named.into());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let candidates = env::split_paths(&path).flat_map(|folder| {
        ["chromium", "chromium-browser", "google-chrome"].map(|name| folder.join(name))
    });
    let found = candidates.into_iter().find(|file| file.is_file());
    if found.is_none() {
        eprintln!("skipped: no chromium in PATH, and MEASURED_CHROMIUM names none");
    }
    found
}

fn tempdir() -> PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Relaxed);
    let folder = env::temp_dir().join(format!("measured-html-{}-{number}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the browser");
    folder
}
