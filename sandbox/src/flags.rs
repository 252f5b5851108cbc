//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use emulator::{LIMIT, Settings};
use lexopt::prelude::*;

/// The text of `sandbox --help`.
pub const USAGE: &str = "\
sandbox: an emulator of the SD 2.0 video generation service, on 127.0.0.1

  --port N              port to listen on (default 8787; 0 chooses a free one)
  --speed X             runs the emulated clock X times faster: tasks and callback retries (default 1)
  --seconds N           emulated seconds that a 5 s video of sd2 takes (default 20)
  --keys KEY=CREDITS,…  API keys and balances (default sandbox-key=5000,sandbox-poor=100,sandbox-other=5000)
  --www DIR             serves the files of DIR at /
  --mount PATH=DIR      serves the files of DIR at /PATH (repeatable)
  --admin               turns on /admin: faults on demand, the ledger, the clock
  --request-seconds N   real seconds that a client may take to send the head, and the body, of a request (default 30)
  --connections N       connections that are open at once; others wait (default 512)
  --until-stdin-ends    stops when stdin ends, for a program that starts the sandbox and may die
  --help                prints this";

/// `Config::default()` is the program without flags.
#[derive(Clone, Debug)]
pub struct Config {
    /// 0 chooses a free port.
    pub port: u16,
    /// Emulated milliseconds for each real one.
    pub speed: f64,
    /// Emulated seconds for a 5 s video of sd2 without upscale.
    pub seconds: f64,
    /// API keys and their credits. The ledger numbers accounts in this order.
    pub keys: Vec<(String, u64)>,
    /// The directory at `/`.
    pub www: Option<PathBuf>,
    /// Directories at other paths.
    pub mounts: Vec<(String, PathBuf)>,
    pub admin: bool,
    /// The real time in which the head of a request must arrive, and then its body.
    pub request_time: Duration,
    /// How many connections may be open at once.
    pub connections: usize,
    /// Whether the program stops when its stdin ends. [`crate::Server`] ignores it.
    pub until_stdin_ends: bool,
}

impl Default for Config {
    fn default() -> Self {
        let Settings {
            speed, seconds, keys, ..
        } = Settings::default();
        Self {
            port: 8787,
            speed,
            seconds,
            keys,
            www: None,
            mounts: Vec::new(),
            admin: false,
            request_time: Duration::from_secs(30),
            connections: 512,
            until_stdin_ends: false,
        }
    }
}

#[derive(Clone, Debug)]
pub enum Invocation {
    Serve(Config),
    Help,
}

impl Invocation {
    /// Reads the arguments after the program's name. The error is a sentence for the user.
    pub fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut config = Config::default();
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next().map_err(sentence)? {
            match argument {
                Short('h') | Long("help") => return Ok(Self::Help),
                Long("admin") => config.admin = true,
                Long("until-stdin-ends") => config.until_stdin_ends = true,
                Long(
                    name
                    @ ("port" | "speed" | "seconds" | "keys" | "www" | "mount" | "request-seconds" | "connections"),
                ) => {
                    let flag = format!("--{name}");
                    let value = parser.value().and_then(|value| value.string()).map_err(sentence)?;
                    config.set(&flag, &value)?;
                }
                other => return Err(sentence(other.unexpected())),
            }
        }
        Ok(Self::Serve(config))
    }
}

impl Config {
    fn set(&mut self, flag: &str, value: &str) -> Result<(), String> {
        match flag {
            "--port" => {
                self.port = value
                    .parse()
                    .map_err(|_| format!("--port must be from 0 to 65535, not `{value}`."))?;
            }
            "--speed" => self.speed = positive(flag, value)?,
            "--seconds" => self.seconds = positive(flag, value)?,
            "--request-seconds" => self.request_time = Duration::from_secs_f64(positive(flag, value)?),
            "--connections" => {
                self.connections = value
                    .parse()
                    .ok()
                    .filter(|count| (1..=100_000).contains(count))
                    .ok_or_else(|| format!("--connections must be from 1 to 100000, not `{value}`."))?;
            }
            "--keys" => self.keys = keys(value)?,
            "--www" => self.www = Some(directory(flag, value)?),
            _ => {
                let (path, folder) = value
                    .split_once('=')
                    .ok_or_else(|| format!("--mount must be PATH=DIR, not `{value}`."))?;
                let path = format!("/{}", path.trim_matches('/'));
                if path == "/" {
                    return Err("--mount needs a path; --www serves /.".to_owned());
                }
                self.mounts.push((path, directory(flag, folder)?));
            }
        }
        Ok(())
    }
}

/// An error of the parser as a sentence.
fn sentence(error: lexopt::Error) -> String {
    format!("{error}.")
}

fn positive(flag: &str, value: &str) -> Result<f64, String> {
    let sentence = || format!("{flag} must be a number from 0.001 to 100000, not `{value}`.");
    let number: f64 = value.parse().map_err(|_| sentence())?;
    if (0.001..=100_000.0).contains(&number) {
        Ok(number)
    } else {
        Err(sentence())
    }
}

/// An error names a wrong entry by its position, because a key must not appear in a message.
fn keys(value: &str) -> Result<Vec<(String, u64)>, String> {
    let mut keys: Vec<(String, u64)> = Vec::new();
    for (index, entry) in value.split(',').enumerate() {
        let parsed = entry
            .rsplit_once('=')
            .and_then(|(key, credits)| Some((key.trim(), credits.trim().parse().ok()?)));
        match parsed {
            Some((key, credits)) if !key.is_empty() && credits <= LIMIT && keys.iter().all(|(k, _)| k != key) => {
                keys.push((key.to_owned(), credits));
            }
            _ => {
                return Err(format!(
                    "--keys must be KEY=CREDITS,KEY=CREDITS with distinct keys and at most {LIMIT} credits; entry {} is not.",
                    index + 1
                ));
            }
        }
    }
    Ok(keys)
}

fn directory(flag: &str, value: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(value);
    if path.is_dir() {
        Ok(path)
    } else {
        Err(format!("{flag}: `{value}` is not a directory."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Invocation, String> {
        Invocation::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn without_flags_the_documented_defaults_apply() {
        let Ok(Invocation::Serve(config)) = read("") else {
            panic!("expected to serve");
        };
        assert_eq!(config.port, 8787);
        assert_eq!(config.keys.len(), 3);
        assert!(!config.admin);
    }

    #[test]
    fn a_value_may_follow_a_space_or_an_equals_sign() {
        let Ok(Invocation::Serve(config)) =
            read("--port=0 --speed 10 --keys a=1,b=2 --admin --mount pkg=src --mount /lib/=src")
        else {
            panic!("expected to serve");
        };
        assert_eq!((config.port, config.speed), (0, 10.0));
        assert_eq!(config.keys[1], ("b".to_owned(), 2));
        assert_eq!(config.mounts[0].0, "/pkg");
        assert_eq!(config.mounts[1].0, "/lib");
        assert!(config.admin);
    }

    #[test]
    fn the_error_about_a_wrong_flag_is_a_sentence_that_names_it() {
        for (line, part) in [
            ("--prot 1", "--prot"),
            ("--port", "missing argument"),
            ("--port 65536", "65535"),
            ("--speed 0", "--speed"),
            ("--speed NaN", "--speed"),
            ("--www /no/such/directory", "not a directory"),
            ("--mount /=src", "--www"),
            ("--keys a=1,a=2", "entry 2"),
            ("--keys a=18446744073709551615", "9007199254740991"),
            ("--request-seconds 0", "--request-seconds"),
            ("--connections 0", "--connections"),
            ("--admin=yes", "unexpected argument"),
        ] {
            let problem = read(line).unwrap_err();
            assert!(problem.contains(part), "{line}: {problem}");
        }
    }

    #[test]
    fn a_key_is_not_shown_when_its_entry_is_wrong() {
        assert!(!read("--keys secret=x").unwrap_err().contains("secret"));
    }
}
