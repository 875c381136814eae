//! Parses the arguments of the soak.

use std::time::Duration;

/// The duration, and the seed of random choices.
#[derive(Clone, Debug)]
pub struct Args {
    pub duration: Duration,
    pub seed: u64,
}

impl Args {
    pub fn parse(mut args: impl Iterator<Item = String>) -> Result<Args, String> {
        let mut read = Args { duration: Duration::from_secs(60), seed: 1 };
        while let Some(flag) = args.next() {
            let value = args.next().ok_or_else(|| format!("{flag} has no value"))?;
            let number: u64 =
                value.parse().map_err(|_| format!("{value:?} of {flag} is not a whole number"))?;
            match &*flag {
                "--minutes" => read.duration = Duration::from_secs(60 * number),
                "--seconds" => read.duration = Duration::from_secs(number),
                "--seed" => read.seed = number,
                _ => return Err(format!("unknown flag {flag}")),
            }
        }
        Ok(read)
    }
}
