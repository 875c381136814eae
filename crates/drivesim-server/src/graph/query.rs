//! Parses query options: which are supported, the size and the offset of a page.

use crate::graph::conflict_behavior;
use crate::graph::error::{ErrorCode, GraphError};
use crate::http::request::ApiRequest;
use crate::http::url;
use crate::json::excerpt::Quoted;
use crate::state::app::App;

/// The default size of a page (driveItem: list children).
const DEFAULT_PAGE: usize = 200;

/// Options of OData. The direct endpoints know them without the `$` too, so both spellings are accepted.
pub(crate) const OPTIONS: [&str; 13] = [
    "select",
    "expand",
    "orderby",
    "filter",
    "top",
    "skip",
    "skiptoken",
    "search",
    "apply",
    "compute",
    "count",
    "deltatoken",
    "format",
];

/// Fails for options that are not supported: 501 for one that the service has, so that no client receives more than it
/// requested, and 400 for one that OData does not define.
///
/// ASSUMED: A query option with `$` that OData does not define fails with 400; one without `$` is custom and ignored
/// (no option: rare).
pub(crate) fn check(request: &ApiRequest, is_supported: impl Fn(&str) -> bool) -> Result<(), GraphError> {
    for (key, _) in request.query_pairs() {
        let bare = key.strip_prefix('$');
        let option = bare.unwrap_or(key);
        if is_supported(option) {
            continue;
        }
        if OPTIONS.contains(&option) {
            return Err(GraphError::not_implemented(request, &format!("the query option ${option} there")));
        }
        if bare.is_some() {
            let message = format!("The query option {key} is not recognized.");
            return Err(GraphError::invalid(message).with_inner_code(ErrorCode::InvalidQueryOption));
        }
    }
    Ok(())
}

/// Fails if a query has an option twice, with or without its `$` ("Query option '$top' was specified more than once",
/// msgraph-sdk-php issue 127), or if `$count` is neither true nor false; Python's clients write it with a capital
/// letter.
///
/// ASSUMED: A query with two conflict behaviors fails with 400 (no option: rare).
pub(crate) fn check_form(request: &ApiRequest) -> Result<(), GraphError> {
    let pairs = request.query_pairs();
    for (at, (key, value)) in pairs.iter().enumerate() {
        let option = key.strip_prefix('$').unwrap_or(key);
        let is_unique = OPTIONS.contains(&option) || conflict_behavior::KEYS.contains(&key.as_str());
        let is_same = |(other, _): &(String, String)| other.strip_prefix('$').unwrap_or(other) == option;
        let is_boolean = ["true", "false"].iter().any(|word| value.eq_ignore_ascii_case(word));
        let message = if is_unique && pairs[..at].iter().any(is_same) {
            format!(
                "Query option '{key}' was specified more than once, but it must be specified at most once."
            )
        } else if option == "count" && !is_boolean {
            format!("The value {} of {key} is neither true nor false.", Quoted(value))
        } else {
            continue;
        };
        return Err(GraphError::invalid(message).with_inner_code(ErrorCode::InvalidQueryOption));
    }
    Ok(())
}

/// Returns the error for an unsupported value of an option.
pub(crate) fn bad_option(key: &str, text: &str) -> GraphError {
    GraphError::invalid(format!("The value {} of {key} is not supported.", Quoted(text)))
        .with_inner_code(ErrorCode::InvalidQueryOption)
}

/// Parses the size of a page.
pub(crate) fn read_page_size(app: &App, text: Option<&str>) -> Result<usize, GraphError> {
    let max = app.options.limits.max_page;
    let Some(text) = text else { return Ok(DEFAULT_PAGE.min(max)) };
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let top = text.parse().ok().filter(|&top: &usize| is_number && top > 0);
    let top = top.ok_or_else(|| bad_option("$top", text))?;
    if top > max {
        let message = format!(
            "The limit of '{max}' for Top query has been exceeded. The value from the incoming request is '{top}'."
        );
        return Err(GraphError::invalid(message).with_inner_code(ErrorCode::InvalidQueryOption));
    }
    Ok(top)
}

/// The requested page of a list: offset and size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageRange {
    pub(crate) offset: usize,
    pub(crate) limit: usize,
}

impl PageRange {
    pub(crate) fn read(app: &App, request: &ApiRequest) -> Result<PageRange, GraphError> {
        let from = match request.query("$skiptoken") {
            None => 0,
            Some(token) => read_token(token).ok_or_else(|| bad_option("$skiptoken", token))?,
        };
        Ok(PageRange { offset: from, limit: read_page_size(app, request.query("$top"))? })
    }

    /// Returns the link to the page at the offset `from`, with the other options of the query.
    pub(crate) fn next_link(request: &ApiRequest, list: &str, from: usize) -> String {
        let others =
            request.query_pairs().iter().filter(|(key, _)| key.trim_start_matches('$') != "skiptoken");
        page_link(list, others.cloned(), from)
    }
}

/// Returns the link to a list with these options, from the offset `from` on.
pub(crate) fn page_link(
    list: &str,
    options: impl IntoIterator<Item = (String, String)>,
    from: usize,
) -> String {
    let pair = |(key, value): (String, String)| {
        format!("{}={}", url::encode_segment(&key), url::encode_segment(&value))
    };
    let mut query: Vec<String> = options.into_iter().map(pair).collect();
    query.push(format!("$skiptoken={}", write_token(from)));
    format!("{list}?{}", query.join("&"))
}

/// Encodes the number of the next entry, counted from 1, as the personal service does (seen in onedrive-api-docs issues
/// 516 and 740).
///
/// ASSUMED: The `$skiptoken` of work drives is encoded like that of personal ones (no option: clients take the link as
/// it is).
fn write_token(from: usize) -> String {
    data_encoding::BASE64_NOPAD.encode((from + 1).to_string().as_bytes())
}

fn read_token(token: &str) -> Option<usize> {
    let digits = data_encoding::BASE64_NOPAD.decode(token.trim_end_matches('=').as_bytes()).ok()?;
    let from = std::str::from_utf8(&digits).ok()?.parse::<usize>().ok()?.checked_sub(1)?;
    // Only tokens in the encoding of this server are accepted.
    (write_token(from) == token.trim_end_matches('=')).then_some(from)
}
