//! The messages of js/gateway/core.js. Each has an answer; both are JSON.

use crate::admission::{self, Limits, Standing};
use crate::budget::{Budget, window};
use crate::circuit::Circuit;
use crate::engine::Engine;
use crate::fairness::{self, Head};
use crate::files::{self, Facts, FileLimits, Holding, Problem};
use crate::job::Job;
use crate::plan::{Moment, Setup};
use crate::refusal::Refusal;
use crate::shown::show;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;

/// A message.
#[derive(Deserialize)]
#[serde(tag = "order", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Order {
    Check {
        request: Value,
        assets: bool,
    },
    Admit {
        price: u32,
        budget: Option<Budget>,
        limits: Limits,
        standing: Standing,
    },
    Balance {
        budget: Budget,
        standing: Standing,
    },
    AdmitFile {
        size: f64,
        limits: FileLimits,
        holding: Holding,
    },
    JudgeFile {
        facts: Option<Facts>,
        problem: Option<Problem>,
    },
    Window {
        budget: Option<Budget>,
    },
    Setup {
        setup: Setup,
    },
    Learn {
        request: String,
        result: String,
    },
    Dispatch {
        circuit: Circuit,
        heads: Vec<Head>,
        busy: u32,
        slots: u32,
    },
    Positions {
        queue: Vec<String>,
        running: HashMap<String, u32>,
    },
    Begin {
        job: Job,
        circuit: Circuit,
    },
    Wake {
        job: Job,
        circuit: Circuit,
    },
    Came {
        job: Job,
        circuit: Circuit,
        is_create: bool,
        answer: Value,
    },
    Confirms {
        task_id: String,
        answer: Value,
    },
    CalledBack {
        job: Job,
        circuit: Circuit,
        task_id: String,
        answer: Value,
    },
    Doubt {
        job: Job,
        circuit: Circuit,
    },
    Cancel {
        job: Job,
    },
    Told {
        job: Job,
    },
    Probed {
        circuit: Circuit,
        answer: Value,
    },
    Show {
        job: Job,
        position: Option<usize>,
    },
}

#[derive(Deserialize)]
struct Message {
    #[serde(flatten)]
    moment: Moment,
    #[serde(flatten)]
    order: Order,
}

/// Carries out a message, and returns its answer.
pub fn obey(engine: &mut Engine, message: &[u8]) -> Value {
    match serde_json::from_slice(message) {
        Ok(Message { moment, order }) => answer(engine, order, moment),
        Err(error) => json!({ "mistake": error.to_string() }),
    }
}

fn answer(engine: &mut Engine, order: Order, moment: Moment) -> Value {
    let now = moment.now;
    match order {
        Order::Check { request, assets } => judged(admission::check(request, assets)),
        Order::Admit {
            price,
            budget,
            limits,
            standing,
        } => {
            json!({ "refusal": admission::admit(price, budget, limits, standing, now) })
        }
        Order::Balance { budget, standing } => admission::balance(budget, standing, now),
        Order::AdmitFile { size, limits, holding } => {
            json!({ "refusal": files::admit_file(size, limits, holding) })
        }
        Order::JudgeFile { facts, problem } => match facts.ok_or(problem) {
            Ok(facts) => judged(files::judge_file(Ok(facts))),
            Err(Some(problem)) => judged(files::judge_file(Err(problem))),
            Err(None) => json!({ "mistake": "neither facts nor a problem" }),
        },
        Order::Window { budget } => json!({ "since": budget.map_or(now, |budget| window(budget.per, now).0) }),
        Order::Setup { setup } => {
            *engine = Engine::new(setup);
            Value::Null
        }
        Order::Learn { request, result } => {
            engine.learn(&request, &result);
            Value::Null
        }
        Order::Dispatch {
            circuit,
            heads,
            busy,
            slots,
        } => to_json(fairness::dispatch(&circuit, &heads, busy, slots, now)),
        Order::Positions { queue, running } => json!(fairness::positions(&queue, &running)),
        Order::Begin { job, circuit } => to_json(engine.begin(job, circuit, moment)),
        Order::Wake { job, circuit } => to_json(engine.wake(job, circuit, moment)),
        Order::Came {
            job,
            circuit,
            is_create,
            answer,
        } => to_json(engine.came(job, circuit, is_create, &answer, moment)),
        Order::Confirms { task_id, answer } => json!(engine.confirms(&task_id, &answer, moment)),
        Order::CalledBack {
            job,
            circuit,
            task_id,
            answer,
        } => to_json(engine.called_back(job, circuit, &task_id, &answer, moment)),
        Order::Doubt { job, circuit } => to_json(engine.doubt(job, circuit, moment)),
        Order::Cancel { job } => to_json(engine.cancel(job, moment)),
        Order::Told { job } => to_json(engine.told(job)),
        Order::Probed { circuit, answer } => json!({ "circuit": engine.probed(circuit, &answer, moment) }),
        Order::Show { job, position } => show(&job, position),
    }
}

fn judged(judgement: Result<impl Serialize, Refusal>) -> Value {
    match judgement {
        Ok(accepted) => to_json(accepted),
        Err(refusal) => json!({ "refusal": refusal }),
    }
}

fn to_json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
