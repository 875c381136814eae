//! Writes and reads JSON as the services write it.

pub(crate) mod decimal;
pub(crate) mod excerpt;
pub(crate) mod ordered;
pub(crate) mod rfc3339;
pub(crate) mod text;
pub(crate) mod unique;
