//! Prints the calls of a failing history that a fuzzer found. The arguments are its files.

fn main() -> std::io::Result<()> {
    for file in std::env::args_os().skip(1).map(std::path::PathBuf::from) {
        drivesim_model::fuzz::history(&std::fs::read(&file)?);
        println!("{}: drivesim does what the model does", file.display());
    }
    Ok(())
}
