//! Shows the progress of a copy as a bar: `cargo run -p drivesim --example progress_bar`.

use std::io::{Write as _, stdout};
use std::time::Duration;

use drivesim::event::Every;
use drivesim::{CopyOptions, Pace, Sim};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pace = Pace::after(Duration::from_secs(2));
    let sim = Sim::builder().system_clock().pace(pace).outline("Docs/\n  a.txt\n  b.txt\n").build()?;
    let job = sim.copy("/Docs", "/", CopyOptions::named("Docs (copy)"))?;
    for event in job.events_every(Every::Tenth) {
        let bar = "#".repeat(usize::from(event.percent.whole()) / 2);
        print!("\r[{bar:50}] {:>5} % {:10}", event.percent, event.status());
        stdout().flush()?;
    }
    println!();
    Ok(())
}

#[test]
fn runs() -> Result<(), Box<dyn std::error::Error>> {
    main()
}
