//! Names the reasons why a URL is not a route.

/// Why a URL is not a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RouteError {
    /// It does not belong to an API of Microsoft.
    OtherService,
    /// The service has this resource, drivesim does not.
    NotImplemented(String),
    /// It names all items of a drive.
    AllItems,
    /// A path has a third colon.
    TooManyColons,
    /// The text after a colon does not begin with a slash, or a colon is misplaced.
    BadColon,
    /// The service does not know this segment below a drive.
    UnknownSegment(String),
}

impl RouteError {
    /// Returns whether the service rejects such a URL too.
    pub(crate) fn is_service_error(&self) -> bool {
        !matches!(self, RouteError::OtherService | RouteError::NotImplemented(_))
    }
}
