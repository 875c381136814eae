//! Reads the bodies of requests: each within its limit and its time, all within the budget.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use hyper::body::Body as _;

use crate::limits::budget::{Budget, BudgetPart, OverBudget, Permit};

/// The number of bytes that are read of an unwanted body, so that clients that send it before they read see the error.
const UNWANTED: u64 = 64 << 10;
/// The longest delay of the error for that.
const UNWANTED_WAIT: Duration = Duration::from_millis(250);

/// The reason why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// It has more bytes than this.
    TooLong(usize),
    /// Its JSON has more values and keys than this.
    TooManyValues(usize),
    /// It ends early, or its encoding is broken.
    Broken,
    /// No data came for this long.
    Slow(Duration),
    /// It does not fit into the budget now.
    OverBudget(OverBudget),
}

impl BodyError {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            BodyError::TooLong(_) | BodyError::TooManyValues(_) => StatusCode::PAYLOAD_TOO_LARGE,
            BodyError::Broken => StatusCode::BAD_REQUEST,
            BodyError::Slow(_) => StatusCode::REQUEST_TIMEOUT,
            BodyError::OverBudget(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    pub(crate) fn message(self) -> String {
        match self {
            BodyError::TooLong(most) => format!("The body is longer than {most} bytes."),
            BodyError::TooManyValues(most) => {
                format!("The JSON of the body has more than {most} values and keys (max_json_values).")
            }
            BodyError::Broken => "The body ends early, or its encoding is broken.".to_owned(),
            BodyError::Slow(wait) => format!("No data of the body arrived for {wait:?}."),
            BodyError::OverBudget(over) => {
                format!("There is no memory for the body now: {over}; try again later.")
            }
        }
    }
}

/// The memory that is reserved for a body before its data comes.
const FIRST: usize = 64 << 10;

/// Reads bodies within the budget.
#[derive(Debug)]
pub(crate) struct BodyLimiter {
    budget: Budget,
}

/// A body that was read. Its bytes are counted until it is dropped.
#[derive(Debug)]
pub(crate) struct BufferedBody {
    bytes: Bytes,
    _share: Permit,
}

impl BufferedBody {
    pub(crate) fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }
}

impl BodyLimiter {
    pub(crate) fn new(budget: Budget) -> BodyLimiter {
        BodyLimiter { budget }
    }

    /// Reads a body of at most `most` bytes. A body with a larger announced length is not read at all. Without a `wait`
    /// there is no time limit.
    ///
    /// Memory is taken as data comes: a client that announces much and sends little occupies little.
    pub(crate) async fn read(
        &self,
        mut body: Body,
        most: usize,
        wait: Option<Duration>,
    ) -> Result<BufferedBody, BodyError> {
        let mut share = self.budget.empty_permit(BudgetPart::Bodies);
        if body.is_end_stream() {
            return Ok(BufferedBody { bytes: Bytes::new(), _share: share });
        }
        // A body beyond the budget of all bodies would never fit.
        let most = most.min(self.budget.usage_of(BudgetPart::Bodies).1);
        let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        if announced > most {
            return Err(BodyError::TooLong(most));
        }
        let mut bytes = Vec::new();
        while let Some(piece) = next(&mut body, wait).await? {
            let n_bytes = bytes.len() + piece.len();
            if n_bytes > most {
                return Err(BodyError::TooLong(most));
            }
            if bytes.is_empty() && body.is_end_stream() {
                share.grow(n_bytes).map_err(BodyError::OverBudget)?;
                return Ok(BufferedBody { bytes: piece, _share: share });
            }
            if n_bytes > bytes.capacity() {
                let capacity = n_bytes.max(2 * bytes.capacity()).max(announced.min(FIRST));
                let capacity = capacity.min(announced.max(n_bytes));
                share.resize(capacity).map_err(BodyError::OverBudget)?;
                let full = |_| BodyError::OverBudget(OverBudget { limit: "memory", most: capacity });
                bytes.try_reserve_exact(capacity - bytes.len()).map_err(full)?;
            }
            bytes.extend_from_slice(&piece);
        }
        bytes.shrink_to_fit();
        // Shrinking never fails.
        let _ = share.resize(bytes.len());
        Ok(BufferedBody { bytes: Bytes::from(bytes), _share: share })
    }
}

/// Discards an unwanted short body, and returns whether all of it has come. A client that sent `Expect: 100-continue`
/// is not asked to send its body.
pub(crate) async fn discard(mut body: Body, headers: &HeaderMap, wait: Option<Duration>) -> bool {
    if body.is_end_stream() {
        return true;
    }
    if headers.contains_key(header::EXPECT) || body.size_hint().lower() > UNWANTED {
        return false;
    }
    let wait = wait.map(|wait| wait.min(UNWANTED_WAIT));
    let mut n_left = UNWANTED;
    while n_left > 0 {
        match next(&mut body, wait).await {
            Ok(Some(piece)) => n_left = n_left.saturating_sub(piece.len() as u64),
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
    body.is_end_stream()
}

/// Returns the next bytes of a body; `None` at its end.
async fn next(body: &mut Body, wait: Option<Duration>) -> Result<Option<Bytes>, BodyError> {
    loop {
        let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context));
        let frame = match wait {
            Some(wait) => tokio::time::timeout(wait, frame).await.map_err(|_| BodyError::Slow(wait))?,
            None => frame.await,
        };
        let Some(frame) = frame else { return Ok(None) };
        // Trailers are ignored.
        if let Ok(bytes) = frame.map_err(|_| BodyError::Broken)?.into_data() {
            return Ok(Some(bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::limits::Limits;

    use super::*;

    #[test]
    fn bytes_are_counted_until_the_body_is_dropped() {
        let budget = Budget::new(&Limits::default().max_bodies(10));
        let body_limiter = BodyLimiter::new(budget.clone());
        let full = BodyError::OverBudget(OverBudget { limit: "max_bodies", most: 10 });
        let take =
            |n_bytes: usize| pollster::block_on(body_limiter.read(Body::from(vec![7; n_bytes]), 8, None));
        let first = take(6).unwrap();
        assert_eq!(take(5).unwrap_err(), full);
        assert_eq!(take(9).unwrap_err(), BodyError::TooLong(8));
        let beyond_all = pollster::block_on(body_limiter.read(Body::from(vec![7; 11]), 100, None));
        assert_eq!(beyond_all.unwrap_err(), BodyError::TooLong(10));
        assert_eq!(take(4).unwrap().bytes.len(), 4);
        drop(first);
        assert_eq!(take(8).unwrap().bytes, vec![7; 8]);
        assert_eq!(budget.usage().0, 0);
    }
}
