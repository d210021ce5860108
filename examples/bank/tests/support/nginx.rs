//! nginx with the deployment's own configuration, on ports of this machine.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use super::folder::Folder;

const CONFIGURATION: &str = include_str!("../../nginx.conf");

/// Ends with the test.
pub(crate) struct Nginx {
    pub(crate) url: String,
    child: Child,
    _folder: Folder,
}

impl Nginx {
    pub(crate) fn start(port: u16, banks: [u16; 2]) -> Self {
        let folder = Folder::new();
        let path = folder.path().display();
        // Where nobody but root could write, and in place of the names of containers.
        let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let folders = folders.map(|name| format!("{name}_temp_path {path}/{name};\n"));
        let mut configuration = CONFIGURATION.to_owned();
        for (in_file, here) in [
            ("http {", format!("pid {path}/pid;\nhttp {{\n{}", folders.concat())),
            ("listen 8080", format!("listen 127.0.0.1:{port}")),
            ("bank-1:3000", format!("127.0.0.1:{}", banks[0])),
            ("bank-2:3000", format!("127.0.0.1:{}", banks[1])),
        ] {
            assert_eq!(configuration.matches(in_file).count(), 1, "{in_file}");
            configuration = configuration.replace(in_file, &here);
        }
        let file = folder.path().join("nginx.conf");
        fs::write(&file, configuration).unwrap();
        let mut command = Command::new("nginx");
        command.args(["-e", "stderr", "-g", "daemon off;", "-p"]).arg(folder.path());
        let child = command.arg("-c").arg(&file).spawn().unwrap_or_else(|error| {
            panic!("`nginx` does not start ({error}): `cargo xtask test` installs it")
        });
        let mut nginx = Self { url: format!("http://127.0.0.1:{port}"), child, _folder: folder };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(20), "nginx does not listen");
            assert!(nginx.child.try_wait().unwrap().is_none(), "nginx ended");
            std::thread::sleep(Duration::from_millis(10));
        }
        nginx
    }
}

/// Its workers end with it, when it is asked to end.
impl Drop for Nginx {
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-s", "TERM", &id]).status();
        let _ = self.child.wait();
    }
}

/// Nobody has it now; that nobody takes it in between is likely enough.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
