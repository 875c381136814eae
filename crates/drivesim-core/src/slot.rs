//! Defines the bounds of slots, the places of items in an arena.

/// The maximum number of slots of an arena: 28 bits.
pub(crate) const SLOT_LIMIT: u32 = 1 << 28;

/// The slot that means "none" in a link. It is never allocated.
pub(crate) const NIL: u32 = SLOT_LIMIT - 1;
