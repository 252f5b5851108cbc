//! Decides a job's next state from a response of the service.

use crate::call::{Call, Event, Made, Mark, Step, Work};
use crate::circuit::{Circuit, Reason};
use crate::engine::{Engine, failure};
use crate::error::{Code, Problem};
use crate::host::Millis;
use crate::job::{Job, State};
use crate::json::put;
use crate::plan::{Moment, Plan};
use crate::record;
use crate::service::answer::{Asked, Facts, Reply};
use crate::service::endpoint::Endpoint;
use crate::service::reason;
use serde_json::Value;

/// How far a task's creation time may be before its create was sent, because two clocks differ.
const SKEW: Millis = 300_000.0;
/// The pause after a poll that the service refused because of the key.
const KEY: Millis = 60_000.0;

impl Engine {
    /// Handles the end of an attempt for a job: its create, or a poll. `answer` is the report of js/gateway/service.js. The job may have
    /// changed since the attempt began, so that the answer no longer matters.
    pub fn came(&self, job: Job, circuit: Circuit, is_create: bool, answer: &Value, moment: Moment) -> Plan {
        match job.state {
            State::Sending if is_create => self.created(job, circuit, answer, moment),
            State::Running if !is_create => self.polled(job, circuit, answer, false, moment),
            // Another process gave up the job before the answer arrived.
            State::Unknown if is_create && job.run.as_ref() == Some(&self.setup.run) => {
                let facts = facts(Endpoint::CreateTask, "", answer, moment.now);
                if facts.reply != Reply::Created {
                    return Plan::default();
                }
                let mut call = self.wait(&job, moment);
                call.step(Event::Begin, &self.account, &moment);
                self.bind(job, call, text(answer, "taskId"), moment)
            }
            _ => Plan::default(),
        }
    }

    fn created(&self, mut job: Job, mut circuit: Circuit, answer: &Value, moment: Moment) -> Plan {
        let Some(mut call) = record::read(job.call.as_deref()) else {
            return self.lose(job, circuit, moment);
        };
        let facts = facts(Endpoint::CreateTask, "", answer, moment.now);
        let step = call.step(Event::Answer(facts), &self.account, &moment);
        if step.mark == Mark::Created {
            let before = circuit;
            circuit.succeed();
            let mut plan = self.bind(job, call, text(answer, "taskId"), moment);
            plan.circuit = Some(circuit).filter(|circuit| *circuit != before);
            if let Some(job) = &mut plan.job {
                job.due = Some(moment.now + step.limit);
            }
            return plan;
        }
        let problem = step.failure.or(step.why);
        let code = problem.map_or(Code::OutcomeUnknown, |problem| problem.code);
        if step.made == Made::Unknown {
            return self.lose(job, circuit, moment);
        }
        let wait = match code {
            Code::ConcurrencyLimit => Some(Reason::Full),
            Code::Network => Some(Reason::Down),
            Code::Unauthorized => Some(Reason::Unauthorized),
            _ => None,
        };
        if let Some(reason) = wait {
            circuit.fail(reason, facts.retry_after, moment.now, moment.random);
            // No task was created, so the job keeps its place in the queue.
            job.state = State::Queued;
            (job.run, job.call, job.due, job.sent) = (None, None, None, None);
            return Plan {
                circuit: Some(circuit),
                job: Some(job),
                effect: None,
            };
        }
        job.result = Some(refused(code, answer));
        self.end(job, State::Failed, Some(0.0), moment).into()
    }

    fn bind(&self, mut job: Job, call: Call, task_id: &str, moment: Moment) -> Plan {
        job.state = State::Running;
        job.task_id = Some(task_id.into());
        job.due = Some(moment.now);
        job.call = Some(record::write(&call));
        Plan::from(job)
    }

    fn polled(&self, mut job: Job, circuit: Circuit, answer: &Value, is_called_back: bool, moment: Moment) -> Plan {
        let mut call = self.call(&job, moment);
        if call.work != Work::Send {
            // The saved call knows nothing of this poll: only a shared ledger records polls, and a callback causes one, too.
            self.attempt(&mut call, &job, moment);
        }
        let task_id = job.task_id.clone().unwrap_or_default();
        let facts = facts(Endpoint::QueryTask, &task_id, answer, moment.now);
        let step = call.step(Event::Answer(facts), &self.account, &moment);
        let mut heard = circuit;
        heard.hear(Problem::of(Endpoint::QueryTask, &facts).as_ref(), facts.status);
        if is_task(facts.reply) {
            job.result = Some(shown(answer, &step, facts.is_safe));
        }
        let changed = |heard: Circuit| Some(heard).filter(|heard| *heard != circuit);
        // A day without answers says nothing about the task.
        if matches!(facts.reply, Reply::Running | Reply::Queued) && Engine::is_overdue(&job, moment) {
            job.result = Some(failure("The service never ended the task.", "wait_timeout"));
            let price = f64::from(job.price);
            return Plan {
                circuit: changed(heard),
                job: Some(self.end(job, State::Failed, Some(price), moment)),
                effect: None,
            };
        }
        if step.work != Work::Done {
            job.due = Some(moment.now + step.limit);
            job.call = Some(record::write(&call));
            return Plan {
                circuit: changed(heard),
                job: Some(job),
                effect: None,
            };
        }
        let problem = step.failure;
        if problem.is_some_and(|problem| problem.code == Code::Unauthorized) {
            // The key was changed or revoked, which says nothing about the task.
            job.due = Some(moment.now + KEY);
            job.call = None;
            heard.fail(Reason::Unauthorized, 0.0, moment.now, moment.random);
            return Plan {
                circuit: Some(heard),
                job: Some(job),
                effect: None,
            };
        }
        heard.leave_room();
        // If a task ended without a callback, later tasks are polled as if there were no callbacks.
        heard.callbacks &= is_called_back;
        let used = answer.pointer("/value/creditsUsed").and_then(Value::as_f64);
        let price = f64::from(job.price);
        let (state, cost) = match problem.map(|problem| problem.code) {
            None => (State::Done, used.unwrap_or(price)),
            Some(Code::TaskFailed) => (State::Failed, used.unwrap_or_default()),
            Some(_) => (State::Failed, used.unwrap_or(price)),
        };
        if !is_task(facts.reply) {
            job.result = Some(refused(
                problem.map_or(Code::UnexpectedResponse, |problem| problem.code),
                answer,
            ));
        }
        Plan {
            circuit: changed(heard),
            job: Some(self.end(job, state, Some(cost.max(0.0)), moment)),
            effect: None,
        }
    }

    /// Whether an answer to the query of a callback's task is that task. After any other answer, the service must call again, because
    /// there may be no other way to find the task.
    pub fn confirms(&self, task_id: &str, answer: &Value, moment: Moment) -> bool {
        is_task(facts(Endpoint::QueryTask, task_id, answer, moment.now).reply)
    }

    /// Handles a callback for a job. `answer` is the service's response to a query of the task that the callback names. If the job's
    /// create was not answered, and the task was made after it was sent, this is the job's task.
    pub fn called_back(
        &self,
        mut job: Job,
        mut circuit: Circuit,
        task_id: &str,
        answer: &Value,
        moment: Moment,
    ) -> Plan {
        let facts = facts(Endpoint::QueryTask, task_id, answer, moment.now);
        if !is_task(facts.reply) {
            return Plan::default();
        }
        let before = circuit;
        circuit.callbacks = true;
        if matches!(job.state, State::Unknown | State::Sending) && job.task_id.is_none() {
            let sent = job.sent.unwrap_or(job.accepted);
            // A missing time is NaN, so this is false.
            if facts.created >= sent - SKEW {
                job.state = State::Running;
                job.task_id = Some(task_id.into());
                job.call = None;
            }
        }
        if job.state != State::Running || job.task_id.as_deref() != Some(task_id) {
            return Plan::default();
        }
        let mut plan = self.polled(job, circuit, answer, true, moment);
        plan.circuit = plan.circuit.or(Some(circuit).filter(|circuit| *circuit != before));
        plan
    }

    /// Handles a response to the query of the balance that decides whether creates may start again.
    pub fn probed(&self, mut circuit: Circuit, answer: &Value, moment: Moment) -> Circuit {
        let facts = facts(Endpoint::Credits, "", answer, moment.now);
        let problem = Problem::of(Endpoint::Credits, &facts);
        circuit.hear(problem.as_ref(), facts.status);
        if circuit.probes() {
            let reason = circuit.reason.unwrap_or(Reason::Silent);
            circuit.fail(reason, facts.retry_after, moment.now, moment.random);
        }
        circuit
    }
}

fn facts(endpoint: Endpoint, task_id: &str, answer: &Value, now: Millis) -> Facts {
    let asked = Asked {
        endpoint,
        task_id,
        is_local: false,
    };
    if answer.get("timedOut").is_some() {
        return Facts::without_answer(Reply::TimedOut);
    }
    Facts::read(asked, answer, now)
}

fn text<'a>(answer: &'a Value, field: &str) -> &'a str {
    let value = answer.get("value").and_then(|value| value.get(field));
    value.and_then(Value::as_str).unwrap_or_default()
}

/// Whether an answer is the requested task.
fn is_task(reply: Reply) -> bool {
    matches!(
        reply,
        Reply::Running | Reply::Completed | Reply::WithoutVideo | Reply::Failed
    )
}

/// The task of an answer, as JSON.
fn shown(answer: &Value, step: &Step, is_safe: bool) -> String {
    let mut task = answer.get("value").cloned().unwrap_or_default();
    if !step.keeps_output || !is_safe {
        put(&mut task, "output", Value::Null);
    }
    task.to_string()
}

/// The service's refusal of a create, or of a poll.
fn refused(code: Code, answer: &Value) -> String {
    if code == Code::InsufficientCredits {
        // Visitors must not learn about the app's account.
        return failure("The app cannot pay for this video now.", "unavailable");
    }
    let status = answer.get("status").and_then(Value::as_u64).unwrap_or_default();
    let body = answer.get("text").and_then(Value::as_str).unwrap_or_default();
    let said = reason::of_answer(answer.get("value"), body, status as u16);
    let words = match said {
        Some(said) => format!("The service refused the request: {said}."),
        None => "The service refused the request.".into(),
    };
    failure(&words, code.name())
}
