//! How long two hundred handlers take to build: without attributes of ours, with axum's
//! `#[debug_handler]`, with `#[step_up]`.
//!
//! Each is a crate that is written to `target/compile-time/`. They share their dependencies, which
//! are built beforehand. What counts is the CPU time of a clean debug build of that one crate, as
//! `cargo build` does it: in release `#[debug_handler]` does nothing.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::Failure;
use crate::measure::quantile;
use crate::subject::Framework;

const HANDLERS: usize = 200;
const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

struct Variant {
    name: &'static str,
    framework: Framework,
    /// What stands above each handler.
    attributes: &'static str,
}

const AXUM_BARE: Variant =
    Variant { name: "axum-bare", framework: Framework::Axum, attributes: "" };
const AXUM_DEBUG: Variant = Variant {
    name: "axum-debug-handler",
    framework: Framework::Axum,
    attributes: "#[axum::debug_handler(state = Gate)]",
};
const AXUM_STEP_UP: Variant = Variant {
    name: "axum-step-up",
    framework: Framework::Axum,
    attributes: "#[stepup_axum::step_up(level = \"mfa\", max_age = \"5m\")]",
};
const AXUM_BOTH: Variant = Variant {
    name: "axum-step-up-debug-handler",
    framework: Framework::Axum,
    attributes: "#[stepup_axum::step_up(level = \"mfa\", max_age = \"5m\")]\n\
                 #[axum::debug_handler(state = Gate)]",
};
const POEM_BARE: Variant =
    Variant { name: "poem-bare", framework: Framework::Poem, attributes: "#[poem::handler]" };
const POEM_STEP_UP: Variant = Variant {
    name: "poem-step-up",
    framework: Framework::Poem,
    attributes: "#[stepup_poem::step_up(level = \"mfa\", max_age = \"5m\")]\n#[poem::handler]",
};

const VARIANTS: [Variant; 6] =
    [AXUM_BARE, AXUM_DEBUG, AXUM_STEP_UP, AXUM_BOTH, POEM_BARE, POEM_STEP_UP];

/// Measures how long the variants take to build, and prints the table.
///
/// # Errors
///
/// A crate does not build, or with `assert` a bar is broken.
pub fn compile(rounds: usize, assert: bool) -> Result<(), Failure> {
    let cargo = Cargo::new()?;
    for variant in &VARIANTS {
        // One by one: together they would build their dependencies with each other's features.
        cargo.run(&["build", "--package", variant.name])?;
    }
    let mut random = fastrand::Rng::with_seed(9470);
    let mut series: Vec<_> = VARIANTS.iter().map(|variant| (variant, Vec::new())).collect();
    for _ in 0..rounds {
        random.shuffle(&mut series);
        for (variant, seconds) in &mut series {
            cargo.run(&["clean", "--package", variant.name])?;
            let before = cpu_of_children()?;
            cargo.run(&["build", "--package", variant.name])?;
            seconds.push(cpu_of_children()? - before);
        }
    }
    let before = cpu_of_children()?;
    cargo.run(&["build", "--package", AXUM_BARE.name])?;
    let nothing_to_do = cpu_of_children()? - before;

    let of = |name: &str| -> Result<&[f64], Failure> {
        let found = series.iter().find(|(variant, _)| variant.name == name);
        Ok(found.ok_or("not measured")?.1.as_slice())
    };
    println!("## Build time of {HANDLERS} handlers, CPU seconds, {rounds} builds each\n");
    println!("A build with nothing to do takes {nothing_to_do:.2} s.\n");
    println!("| | median | least | most | ÷ bare |\n|---|---:|---:|---:|---:|");
    for variant in VARIANTS {
        let seconds = of(variant.name)?;
        let bare = match variant.framework {
            Framework::Axum => of(AXUM_BARE.name)?,
            Framework::Poem => of(POEM_BARE.name)?,
        };
        println!(
            "| {} | {:.2} | {:.2} | {:.2} | {:.2} |",
            variant.name,
            quantile(seconds, 50),
            quantile(seconds, 0),
            quantile(seconds, 100),
            by(seconds, bare),
        );
    }
    let ratio = by(of(AXUM_STEP_UP.name)?, of(AXUM_DEBUG.name)?);
    println!("\n`#[step_up]` ÷ `#[debug_handler]`: {ratio:.2}");
    // "No slower", of few builds on a machine that does other work too.
    if assert && ratio > 1.1 {
        return Err(format!("step_up ÷ debug_handler is {ratio:.3}, at most 1.1").into());
    }
    Ok(())
}

/// The median of one by the other, each pair of one round.
fn by(seconds: &[f64], others: &[f64]) -> f64 {
    let pairs = seconds.iter().zip(others);
    quantile(&pairs.map(|(these, those)| these / those).collect::<Vec<_>>(), 50)
}

/// The generated workspace.
struct Cargo {
    program: OsString,
    folder: PathBuf,
}

impl Cargo {
    fn new() -> Result<Self, Failure> {
        let workspace = fs::canonicalize(WORKSPACE)?;
        let folder = workspace.join("target/compile-time");
        let mut members = String::new();
        for variant in VARIANTS {
            write!(members, "\"{}\", ", variant.name)?;
            variant.write(&workspace, &folder.join(variant.name))?;
        }
        let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n");
        fs::write(folder.join("Cargo.toml"), manifest)?;
        // The versions that everything else is built and tested with.
        fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Ok(Self { program, folder })
    }

    fn run(&self, arguments: &[&str]) -> Result<(), Failure> {
        let status = Command::new(&self.program)
            .args(arguments)
            .args(["--offline", "--quiet"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .status()?;
        if status.success() { Ok(()) } else { Err(format!("cargo {arguments:?}: {status}").into()) }
    }
}

impl Variant {
    fn write(&self, workspace: &Path, folder: &Path) -> Result<(), Failure> {
        let (framework, features, adapter) = match self.framework {
            Framework::Axum => ("axum", "\"json\", \"macros\"", "stepup-axum"),
            Framework::Poem => ("poem", "\"server\"", "stepup-poem"),
        };
        let manifest = format!(
            "[package]\nname = \"{}\"\nedition = \"2024\"\n\n[dependencies]\n\
             {framework} = {{ version = \"*\", default-features = false, features = [{features}] }}\n\
             {adapter} = {{ path = \"{}\" }}\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\n",
            self.name,
            workspace.join(adapter).display(),
        );
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("src/lib.rs"), self.source()?)?;
        Ok(())
    }

    fn source(&self) -> Result<String, Failure> {
        let (head, add, parameter) = match self.framework {
            Framework::Axum => (AXUM_HEAD, "route", "{id}"),
            Framework::Poem => (POEM_HEAD, "at", ":id"),
        };
        let mut source = format!("{head}{TYPES}");
        let mut routes = String::new();
        for number in 0..HANDLERS {
            writeln!(
                source,
                "\n{}\npub async fn handler_{number}(Path(id): Path<u64>, Json(order): Json<Order>) \
                 -> Result<Json<Receipt>> {{\n    \
                 if order.cents == {number} {{\n        \
                 return Err(StatusCode::BAD_REQUEST.into());\n    }}\n    \
                 Ok(Json(Receipt {{ id, cents: order.cents }}))\n}}",
                self.attributes
            )?;
            write!(routes, "\n        .{add}(\"/{number}/{parameter}\", post(handler_{number}))")?;
        }
        writeln!(source, "\npub fn routes() -> Routes {{\n    Routes::new(){routes}\n}}")?;
        Ok(source)
    }
}

/// The state is a gate in every variant, so that they differ in the attributes alone.
const AXUM_HEAD: &str = "\
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::post;
use axum::Json;
use stepup_axum::Gate;

pub type Result<T> = std::result::Result<T, StatusCode>;
pub type Routes = axum::Router<Gate>;
";

const POEM_HEAD: &str = "\
use poem::http::StatusCode;
use poem::web::{Json, Path};
use poem::{Result, post};

pub type Routes = poem::Route;
";

const TYPES: &str = "
#[derive(serde::Deserialize)]
pub struct Order {
    pub cents: u64,
}

#[derive(serde::Serialize)]
pub struct Receipt {
    pub id: u64,
    pub cents: u64,
}
";

/// User and system time of all programs that this one has started and that have ended, with those
/// that they started.
fn cpu_of_children() -> Result<f64, Failure> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = (usage.user_time() + usage.system_time()).num_microseconds();
    Ok(u32::try_from(micros / 1000).map(f64::from)? / 1000.0)
}
