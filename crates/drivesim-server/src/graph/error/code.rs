//! Lists the codes of errors.

/// The code of an error, or the more specific one in its `innerError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorCode {
    AccessDenied,
    ActivityLimitReached,
    /// Of the gateway of Graph, which checks a request before the service does.
    BadRequest,
    EntityTagDoesNotMatch,
    FragmentLengthMismatch,
    FragmentOutOfOrder,
    FragmentOverlap,
    GeneralException,
    /// Of the gateway of Graph, for an unknown token; other endpoints have `unauthenticated`.
    InvalidAuthenticationToken,
    InvalidParameterFormat,
    InvalidPath,
    InvalidQueryOption,
    InvalidRange,
    InvalidRequest,
    InvalidResourceId,
    ItemNotFound,
    MalformedEntityTag,
    MaxFileSizeExceeded,
    NameAlreadyExists,
    NotAllowed,
    NotSupported,
    PathIsTooLong,
    QuotaLimitReached,
    ResourceLocked,
    ResourceModified,
    ResyncRequired,
    ServiceNotAvailable,
    TotalAffectedItemCountExceeded,
    Unauthenticated,
    /// Of the last range of an upload session.
    UploadNameConflict,
}

impl ErrorCode {
    /// Returns the code on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            ErrorCode::AccessDenied => "accessDenied",
            ErrorCode::ActivityLimitReached => "activityLimitReached",
            ErrorCode::BadRequest => "BadRequest",
            ErrorCode::EntityTagDoesNotMatch => "entityTagDoesNotMatch",
            ErrorCode::FragmentLengthMismatch => "fragmentLengthMismatch",
            ErrorCode::FragmentOutOfOrder => "fragmentOutOfOrder",
            ErrorCode::FragmentOverlap => "fragmentOverlap",
            ErrorCode::GeneralException => "generalException",
            ErrorCode::InvalidAuthenticationToken => "InvalidAuthenticationToken",
            ErrorCode::InvalidParameterFormat => "invalidParameterFormat",
            ErrorCode::InvalidPath => "invalidPath",
            ErrorCode::InvalidQueryOption => "invalidQueryOption",
            ErrorCode::InvalidRange => "invalidRange",
            ErrorCode::InvalidRequest => "invalidRequest",
            ErrorCode::InvalidResourceId => "invalidResourceId",
            ErrorCode::ItemNotFound => "itemNotFound",
            ErrorCode::MalformedEntityTag => "malformedEntityTag",
            ErrorCode::MaxFileSizeExceeded => "maxFileSizeExceeded",
            ErrorCode::NameAlreadyExists => "nameAlreadyExists",
            ErrorCode::NotAllowed => "notAllowed",
            ErrorCode::NotSupported => "notSupported",
            ErrorCode::PathIsTooLong => "pathIsTooLong",
            ErrorCode::QuotaLimitReached => "quotaLimitReached",
            ErrorCode::ResourceLocked => "resourceLocked",
            ErrorCode::ResourceModified => "resourceModified",
            ErrorCode::ResyncRequired => "resyncRequired",
            ErrorCode::ServiceNotAvailable => "serviceNotAvailable",
            ErrorCode::TotalAffectedItemCountExceeded => "totalAffectedItemCountExceeded",
            ErrorCode::Unauthenticated => "unauthenticated",
            ErrorCode::UploadNameConflict => "upload_name_conflict",
        }
    }
}
