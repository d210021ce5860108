//! A PostgreSQL of its own for a test: it can hang, be killed, and come back.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::cluster;
use super::folder::Folder;

/// A server on a free port of loopback, with its files in a folder of its own. Both are gone when it
/// is dropped.
///
/// Needs `initdb`, `postgres` and `pg_basebackup`, on the path or where Debian puts them; and, for
/// root, a user `postgres`, since PostgreSQL does not run as root.
pub struct Postgres {
    folder: Folder,
    port: u16,
    settings: Vec<String>,
    postmaster: Option<Child>,
    /// One test at a time: beside each other they would be slower than the time-outs they test.
    _turn: Option<MutexGuard<'static, ()>>,
}

static TURN: Mutex<()> = Mutex::new(());
const PATIENCE: Duration = Duration::from_secs(30);

impl Postgres {
    /// A fresh cluster.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// A fresh cluster with settings, as in `synchronous_commit=off`.
    #[must_use]
    pub fn start_with(settings: &[&str]) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let mut server = Self::in_folder(settings, Some(turn));
        cluster::fresh(server.program("initdb"), &server.data());
        server.run_anywhere();
        server
    }

    /// A standby that follows this server.
    #[must_use]
    pub fn standby(&self) -> Self {
        let mut standby = Self::in_folder(&[], None);
        let (data, url) = (standby.data(), self.url());
        succeed(standby.program("pg_basebackup").arg("-D").arg(data).args([
            "-d",
            &url,
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--no-sync",
        ]));
        standby.run_anywhere();
        standby
    }

    /// Where clients connect to.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Every process of it stands still; connections stay open and nothing answers.
    pub fn pause(&self) {
        self.signal("STOP", self.processes().into_iter());
    }

    /// It goes on where it stood.
    pub fn resume(&self) {
        self.signal("CONT", self.processes().into_iter().rev());
    }

    /// As a power failure would end it.
    pub fn kill(&mut self) {
        self.signal("KILL", self.processes().into_iter());
        if let Some(mut postmaster) = self.postmaster.take() {
            postmaster.wait().expect("it was started here");
        }
    }

    /// Starts again on the same port with the same files, killed before or not.
    pub fn restart(&mut self) {
        self.kill();
        assert!(self.run(), "PostgreSQL does not start: {}", self.log());
    }

    fn in_folder(settings: &[&str], turn: Option<MutexGuard<'static, ()>>) -> Self {
        // Who asks for durability measures it.
        let folder = if settings.contains(&"fsync=on") {
            Folder::on_disk("postgres")
        } else {
            Folder::new("postgres")
        };
        if user().is_some() {
            succeed(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let settings = settings.iter().map(ToString::to_string).collect();
        Self { folder, port: 0, settings, postmaster: None, _turn: turn }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(folder_of_programs().join(name));
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        if let Some((user, group)) = user() {
            command.uid(user).gid(group);
        }
        command
    }

    /// A port that is free now may be another's when the server gets there.
    fn run_anywhere(&mut self) {
        let started = (0..5).any(|_| {
            let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
            self.port = listener.local_addr().expect("it is bound").port();
            drop(listener);
            self.run()
        });
        assert!(started, "PostgreSQL does not start: {}", self.log());
    }

    /// Whether it did not end instead.
    fn run(&mut self) -> bool {
        let file = self.data().join("postmaster.pid");
        let mut command = self.program("postgres");
        command.arg("-D").arg(self.data()).args(["-p", &self.port.to_string()]);
        command.arg("-k").arg(self.folder.path());
        // Not durable unless asked, which is faster; on this machine alone; and all of it in its
        // folder: a server that is killed leaves its shared memory behind.
        let settings =
            ["fsync=off", "listen_addresses=127.0.0.1", "dynamic_shared_memory_type=mmap"];
        for setting in settings.into_iter().chain(self.settings.iter().map(String::as_str)) {
            command.args(["-c", setting]);
        }
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("log"))
            .expect("a file can be made");
        command.stdout(Stdio::null()).stderr(log);
        let postmaster = command.spawn().expect("PostgreSQL can be started");
        let id = postmaster.id().to_string();
        let postmaster = self.postmaster.insert(postmaster);
        let begun = Instant::now();
        while postmaster.try_wait().expect("it was started here").is_none() {
            if is_ready(&file, &id) {
                return true;
            }
            assert!(begun.elapsed() < PATIENCE, "PostgreSQL does not start in time");
            std::thread::sleep(Duration::from_millis(10));
        }
        self.postmaster = None;
        false
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// The postmaster, then its children, which are in no process group of its own.
    fn processes(&self) -> Vec<u32> {
        let Some(postmaster) = &self.postmaster else { return Vec::new() };
        let parent = postmaster.id();
        let output = Command::new("pgrep").args(["-P", &parent.to_string()]).output();
        let children = String::from_utf8(output.expect("pgrep is installed").stdout);
        let children =
            children.expect("numbers").lines().filter_map(|id| id.parse().ok()).collect::<Vec<_>>();
        std::iter::once(parent).chain(children).collect()
    }

    /// A process that has ended by itself is none that we miss.
    fn signal(&self, signal: &str, processes: impl Iterator<Item = u32>) {
        for process in processes {
            let mut kill = Command::new("kill");
            kill.arg(format!("-{signal}")).arg(process.to_string()).stderr(Stdio::null());
            kill.status().expect("kill is installed");
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Whether the process of this number says so, as `pg_ctl` finds it out: on the port there might be
/// another.
fn is_ready(file: &Path, id: &str) -> bool {
    let said = std::fs::read_to_string(file).unwrap_or_default();
    let mut lines = said.lines().map(str::trim);
    lines.next() == Some(id) && lines.nth(6) == Some("ready")
}

fn folder_of_programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join("postgres"));
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = debian.map(|version| version.path().join("bin/postgres"));
    let program = on_path.chain(debian).find_map(|program| program.canonicalize().ok());
    let program = program.expect("PostgreSQL is installed");
    program.parent().map(Path::to_path_buf).expect("a program is in a folder")
}

/// Whom to be, for root.
fn user() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| -> Option<u32> {
        let output = Command::new("id").args(arguments).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    match id(&["-u"]) {
        Some(0) => Some(
            id(&["-u", "postgres"])
                .zip(id(&["-g", "postgres"]))
                .expect("there is a user `postgres`"),
        ),
        _ => None,
    }
}

pub(super) fn succeed(command: &mut Command) {
    let output = command.output().expect("the program can be started");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
