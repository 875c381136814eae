//! Queries the operating system about the machine and this process.

use std::fs::read_to_string;

/// Returns the trimmed content of a kernel file, or `?` if it cannot be read.
fn line(path: &str) -> String {
    read_to_string(path).map_or_else(|_| "?".to_owned(), |text| text.trim().to_owned())
}

/// Returns the resident memory of this process in bytes.
pub fn resident_bytes() -> u64 {
    let statm = line("/proc/self/statm");
    let n_pages: u64 = statm.split(' ').nth(1).and_then(|field| field.parse().ok()).unwrap_or(0);
    n_pages * 4096
}

/// Returns the number of threads that can run in parallel.
pub fn n_cores() -> usize {
    std::thread::available_parallelism().map_or(1, |n| n.get())
}

/// Prints the properties of the machine that affect figures.
pub fn describe() {
    let cpu = read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        cpu.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split(": ").nth(1));
    println!(
        "# {} cores of {}, kernel {}",
        n_cores(),
        model.unwrap_or("?"),
        line("/proc/sys/kernel/osrelease")
    );
    let huge = line("/sys/kernel/mm/transparent_hugepage/enabled");
    println!("# allocator: the system's; huge pages: {huge}");
}

/// Touches and frees `n_gib` GiB of memory before the measurement. A virtual machine gets memory from its host at the
/// first touch, which takes several times as long.
pub fn touch_memory(n_gib: usize) {
    let start = std::time::Instant::now();
    drop(std::hint::black_box(vec![1u8; n_gib << 30]));
    println!("# {n_gib} GiB touched for the first time in {:.1} s", start.elapsed().as_secs_f64());
}
