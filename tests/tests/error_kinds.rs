//! Names the kinds of errors, which are more specific than their codes.

use std::fmt::Debug;

use drivesim::Error;
use drivesim::error::DriveError;
use drivesim_model::comparison::model_error_of;
use drivesim_model::model::ModelError;

/// Returns the kind of an error: the name of its variant.
pub(crate) fn kind_of(error: &Error) -> String {
    match error {
        Error::Drive(DriveError::NotEmpty { .. }) => "NotEmpty".to_owned(),
        error => model_kind_of(&model_error_of(error).unwrap_or_else(|| panic!("{error} has no kind here"))),
    }
}

/// Returns the kind of an error of the model.
pub(crate) fn model_kind_of(error: &ModelError) -> String {
    format!("{error:?}").split(['(', ' ']).next().unwrap_or_default().to_owned()
}

/// Returns the kind of the error of a call, or `done`.
pub(crate) fn kind<T: Debug>(result: Result<T, Error>) -> String {
    result.map_or_else(|error| kind_of(&error), |_| "done".to_owned())
}
