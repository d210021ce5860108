//! Fuzzing: every target of `fuzz/`, for so many seconds each.

use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

use crate::step::{Step, cargo, target_folder};
use crate::tools;

/// What is found stands in `fuzz/artifacts`, and what is new of the corpus in the build folder:
/// whether it is kept is for people to decide.
pub(crate) fn fuzz(seconds: &str) -> Result<(), String> {
    if !seconds.bytes().all(|byte| byte.is_ascii_digit()) || seconds.len() > 6 {
        return Err(format!("`{seconds}` is no number of seconds"));
    }
    tools::program("g++")?;
    tools::cargo_tool("cargo-fuzz", "fuzz")?;
    let built = target_folder().join("fuzz");
    let fuzz = |chore: &str| {
        let mut command = cargo(["fuzz", chore, "--sanitizer", "none", "--target-dir"]);
        command.arg(&built);
        command
    };
    Step::new("fuzz targets", fuzz("build")).run()?;
    // Each keeps one core busy.
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    for several in targets()?.chunks(cores) {
        let steps = several.iter().map(|target| {
            let new = built.join("new").join(target);
            fs::create_dir_all(&new).map_err(|error| format!("{}: {error}", new.display()))?;
            let mut run = fuzz("run");
            run.arg(target).arg(&new).arg(Path::new("fuzz/corpus").join(target));
            run.args(["--", "-timeout=10", "-verbosity=0"]);
            run.arg(format!("-max_total_time={seconds}"));
            Ok(Step::new(format!("fuzzing {}", target.display()), run))
        });
        let steps = steps.collect::<Result<Vec<_>, String>>()?;
        thread::scope(|scope| {
            let running: Vec<_> =
                steps.into_iter().map(|step| scope.spawn(|| step.run())).collect();
            let broke = |_| Err("a fuzzer's thread broke off".to_owned());
            running.into_iter().try_for_each(|run| run.join().unwrap_or_else(broke))
        })?;
    }
    Ok(())
}

fn targets() -> Result<Vec<PathBuf>, String> {
    let folder = Path::new("fuzz/fuzz_targets");
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut targets: Vec<_> =
        entries.filter_map(|entry| Some(PathBuf::from(entry.ok()?.path().file_stem()?))).collect();
    targets.sort();
    Ok(targets)
}
