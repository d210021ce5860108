//! `redis-server`.

use std::io::{BufRead as _, BufReader, Error, ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::child::Child;
use super::folder::Folder;

/// Longer than a server needs on a busy machine: past this it does not start.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server on a port of this machine. It keeps nothing past its process, unless it is told to.
pub struct Redis {
    port: u16,
    password: Option<String>,
    options: Vec<String>,
    folder: Folder,
    process: Option<Child>,
}

impl Redis {
    /// With no settings but a port.
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// With these settings too, as in `["--maxmemory", "4mb"]`.
    pub fn with(options: &[&str]) -> Self {
        Self::with_password_and(None, options)
    }

    /// One that keeps what it is given past its process, if not past its machine: no test waits
    /// for a disk.
    pub fn with_append_only_file() -> Self {
        Self::with(&["--appendonly", "yes", "--appendfsync", "no"])
    }

    /// One that knows nobody without this password.
    pub fn with_password(password: &str) -> Self {
        Self::with_password_and(Some(password), &["--requirepass", password])
    }

    /// One that has what that one has.
    pub fn replica_of(primary: &Self) -> Self {
        let port = primary.port.to_string();
        let replica = Self::with(&["--replicaof", "127.0.0.1", &port]);
        replica.wait_until("it is in step", |replica| {
            replica.ask(&["INFO", "replication"]).contains("master_link_status:up")
        });
        replica
    }

    fn with_password_and(password: Option<&str>, options: &[&str]) -> Self {
        let port = free_port();
        let mut redis = Self {
            port,
            password: password.map(str::to_owned),
            options: options.iter().map(|&option| option.to_owned()).collect(),
            folder: Folder::on_disk("redis"),
            process: None,
        };
        redis.run();
        redis
    }

    fn run(&mut self) {
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--port", &self.port.to_string(), "--save", ""]);
        command.args(["--repl-diskless-sync-delay", "0", "--dir"]).arg(self.folder.path());
        command.args(&self.options).stdout(Stdio::null());
        self.process = Some(Child::start(&mut command));
        let begin = Instant::now();
        while !self.try_ask(&["PING"]).is_ok_and(|pong| pong == "PONG") {
            let ended = self.process.as_mut().is_none_or(Child::has_ended);
            assert!(!ended, "redis-server ended: {:?}", self.options);
            assert!(begin.elapsed() < PATIENCE, "redis-server does not answer");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Where it is, with its password.
    pub fn url(&self) -> String {
        let password = self.password.as_ref().map(|password| format!(":{password}@"));
        format!("redis://{}127.0.0.1:{}/", password.unwrap_or_default(), self.port)
    }

    /// `127.0.0.1:…`
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Stops it where it stands: connections stay, answers do not come.
    pub fn pause(&self) {
        self.process.as_ref().expect("it runs").signal("STOP");
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.process.as_ref().expect("it runs").signal("CONT");
    }

    /// Ends it without a chance to write anything down.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// A new process on the same port, with the same settings and folder.
    pub fn restart(&mut self) {
        self.kill();
        self.run();
    }

    /// What it answers to a command, as text; lists with a space between.
    pub fn ask(&self, command: &[&str]) -> String {
        self.try_ask(command).unwrap_or_else(|error| panic!("{command:?}: {error}"))
    }

    /// Asks again until it holds.
    pub fn wait_until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let begin = Instant::now();
        while !holds(self) {
            assert!(begin.elapsed() < PATIENCE, "redis-server: not so in time: {what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn try_ask(&self, command: &[&str]) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(self.address())?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut answers = BufReader::new(stream.try_clone()?);
        if let Some(password) = &self.password {
            stream.write_all(&encoded(&["AUTH", password]))?;
            answer(&mut answers)?;
        }
        stream.write_all(&encoded(command))?;
        answer(&mut answers)
    }
}

/// Nobody has it now; that nobody takes it in between is likely enough.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

fn encoded(command: &[&str]) -> Vec<u8> {
    let parts = command.iter().map(|part| format!("${}\r\n{part}\r\n", part.len()));
    format!("*{}\r\n{}", command.len(), parts.collect::<String>()).into_bytes()
}

fn answer(from: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    let odd = || Error::new(ErrorKind::InvalidData, line.clone());
    let (kind, rest) = line.trim_end().split_at_checked(1).ok_or_else(odd)?;
    let length = rest.parse::<i64>();
    match (kind, length) {
        ("+" | ":", _) => Ok(rest.to_owned()),
        ("$" | "*", Ok(-1)) => Ok("(nil)".to_owned()),
        ("$", Ok(length)) => {
            let mut bytes = vec![0; usize::try_from(length).map_err(|_| odd())? + 2];
            from.read_exact(&mut bytes)?;
            Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
        }
        ("*", Ok(length)) => {
            let parts = (0..length).map(|_| answer(from)).collect::<Result<Vec<_>, _>>();
            Ok(parts?.join(" "))
        }
        _ => Err(odd()),
    }
}
