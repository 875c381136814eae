//! Chooses the allocator of the program.
//!
//! A server frees on one thread what it allocated on another. The allocators of most C libraries are slow at that, and
//! some keep freed memory for the thread that allocated it. docs/reliability.md compares resident memory,
//! benches/README.md speed.

#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

// jemalloc cannot be built for MSVC.
#[cfg(target_env = "msvc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
