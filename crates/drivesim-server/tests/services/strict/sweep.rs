//! Sends requests with every value of every parameter of every operation, and checks the responses.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::strict::exceptions::{self, ACCEPTED, Exception, REJECTED};
use crate::strict::operation::{Operation, Parameter};
use crate::strict::request;
use crate::strict::service::{Fixture, Service};
use crate::strict::values::{self, Verdict};

/// A request and its response.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub operation: String,
    pub parameter: String,
    pub value: String,
    pub verdict: Verdict,
    pub status: u16,
    pub code: String,
    pub is_changed: bool,
    /// Whether the same request with the usual value of the parameter is accepted.
    pub is_base_accepted: bool,
    pub sent: String,
}

/// All requests to a service.
pub struct Sweep {
    pub service: Service,
    pub n_operations: usize,
    pub n_parameters: usize,
    pub outcomes: Vec<Outcome>,
}

/// Sends all requests to a service.
pub fn sweep(seed: &Fixture, operations: &[Operation]) -> Sweep {
    let mut sweep = Sweep { service: seed.service, n_operations: 0, n_parameters: 0, outcomes: Vec::new() };
    for operation in operations.iter().filter(|operation| is_tested(seed.service, operation)) {
        let server = seed.start();
        let base = request::base_request(seed.service, &seed.ids, operation, &server);
        let answer = server.send(&base.request(operation));
        if !is_implemented(answer.status, seed.service) {
            continue;
        }
        sweep.n_operations += 1;
        let is_deep =
            |parameter: &&Parameter| !parameter.name.contains('/') || operation.tests_nested_members();
        for parameter in operation.parameters.iter().filter(is_deep) {
            sweep.n_parameters += 1;
            for value in values::test_values(parameter) {
                let outcome = send(seed, operation, parameter, &value, answer.is_accepted());
                sweep.outcomes.extend(outcome);
            }
        }
    }
    sweep
}

/// Returns whether an operation is tested. `/me/drive` names a drive as `/drives/ID` does, so it is tested with the
/// business drive only.
fn is_tested(service: Service, operation: &Operation) -> bool {
    service != Service::Personal || !operation.id.starts_with("me.drive.")
}

/// Returns whether drivesim implements an operation.
fn is_implemented(status: u16, service: Service) -> bool {
    status != 501 && (service != Service::Box || status != 405)
}

fn send(
    seed: &Fixture,
    operation: &Operation,
    parameter: &Parameter,
    value: &values::TestValue,
    has_base: bool,
) -> Option<Outcome> {
    let server = seed.start();
    let base = request::base_request(seed.service, &seed.ids, operation, &server);
    let sent = base.with_value(operation, parameter, &value.text);
    let answer = server.try_send(&sent)?;
    Some(Outcome {
        operation: operation.id.clone(),
        parameter: parameter.name.clone(),
        value: value.label.clone(),
        verdict: value.verdict,
        status: answer.status,
        code: if answer.is_accepted() { String::new() } else { answer.code() },
        // An accepted request can change anything.
        is_changed: !answer.is_accepted() && server.state() != seed.state,
        is_base_accepted: has_base,
        sent: sent.to_string(),
    })
}

impl Sweep {
    /// Returns the faults: internal errors, failed requests that changed something, wrong values that are accepted,
    /// valid values that are rejected, and unused exceptions.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut n_used: BTreeMap<*const Exception, usize> = BTreeMap::new();
        let mut is_excepted = |exceptions: &'static [Exception], outcome: &Outcome| {
            let found = exceptions::find(exceptions, self.service, outcome);
            found
                .inspect(|exception| *n_used.entry(std::ptr::from_ref(*exception)).or_default() += 1)
                .is_some()
        };
        for outcome in &self.outcomes {
            let is_refused = outcome.status >= 400;
            let what = if outcome.status >= 500 && outcome.status != 501 {
                if is_excepted(REJECTED, outcome) { continue } else { "an internal error" }
            } else if is_refused && outcome.is_changed {
                "refused, and something changed"
            } else if outcome.verdict == Verdict::Invalid && !is_refused {
                if is_excepted(ACCEPTED, outcome) { continue } else { "wrong, and accepted" }
            } else if outcome.verdict == Verdict::Valid && is_refused && outcome.is_base_accepted {
                if is_excepted(REJECTED, outcome) { continue } else { "right, and refused" }
            } else {
                continue;
            };
            faults.push(format!("{what}: {outcome}"));
        }
        for exception in ACCEPTED.iter().chain(REJECTED) {
            let is_here = exception.service == self.service.vendor();
            if is_here && !n_used.contains_key(&std::ptr::from_ref(exception)) {
                let Exception { operation, parameter, values, reason: why, .. } = exception;
                let service = self.service.name();
                faults.push(format!(
                    "{service} needs no exception for {operation} {parameter} {values}: {why}"
                ));
            }
        }
        faults
    }

    /// Returns a summary with the numbers of operations, parameters and requests.
    pub fn summary(&self) -> String {
        let count = |filter: &dyn Fn(&&Outcome) -> bool| self.outcomes.iter().filter(filter).count();
        let of = |verdict: Verdict| count(&|outcome| outcome.verdict == verdict);
        let lenient = count(&|outcome| outcome.verdict == Verdict::Invalid && outcome.status < 400);
        format!(
            "{}: {} operations, {} parameters, {} requests: {} right, {} wrong of which {lenient} are accepted, {} open",
            self.service.name(),
            self.n_operations,
            self.n_parameters,
            self.outcomes.len(),
            of(Verdict::Valid),
            of(Verdict::Invalid),
            of(Verdict::Unspecified),
        )
    }

    /// Returns all outcomes, one per line.
    pub fn report(&self) -> String {
        let mut report = String::new();
        for outcome in &self.outcomes {
            let _ = writeln!(report, "{}\t{outcome}", self.service.name());
        }
        report
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Outcome { operation, parameter, value, verdict, status, code, sent, .. } = self;
        let changed = if self.is_changed { "changed" } else { "-" };
        write!(f, "{operation}\t{parameter}\t{value}\t{verdict:?}\t{status}\t{code}\t{changed}\t{sent}")
    }
}
