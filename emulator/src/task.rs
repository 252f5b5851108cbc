//! A task: its times, its end, and its JSON.

use serde_json::{Map, Value, json};

use crate::clock::Moment;
use crate::dice::spread;
use crate::order::{Order, RESOLUTIONS};
use crate::price::{Model, Upscale};

pub struct Task {
    pub id: String,
    pub account: usize,
    pub order: Order,
    /// The reserved credits.
    pub price: u64,
    pub end: Option<End>,
    /// Fields that a test replaces in responses.
    pub patch: Map<String, Value>,
    origin: String,
    created: u64,
    processing_at: u64,
    ends_at: u64,
}

pub struct End {
    /// `None` for a completed task.
    pub error: Option<String>,
    /// Unix milliseconds.
    pub at: u64,
}

impl Task {
    /// Creates a task. `typical_ms` is the duration of a 5 s video of sd2, and `number` varies it. Output URLs begin with
    /// `origin`.
    pub fn new(
        id: String,
        account: usize,
        order: Order,
        origin: String,
        now: Moment,
        typical_ms: u64,
        number: u64,
    ) -> Self {
        let pending = typical_ms / 10;
        Self {
            id,
            account,
            price: order.price(),
            end: None,
            patch: Map::new(),
            origin,
            created: now.unix,
            processing_at: now.emulated + pending,
            ends_at: now.emulated + pending + processing_ms(&order, typical_ms - pending, number),
            order,
        }
    }

    /// Whether the task occupies a slot of its account.
    pub fn is_running(&self) -> bool {
        self.end.is_none()
    }

    /// The emulated time at which a running task ends.
    pub fn deadline(&self) -> Option<u64> {
        self.is_running().then_some(self.ends_at)
    }

    /// The end of the task if no test intervenes.
    pub fn natural_end(&self, now: Moment) -> End {
        End {
            error: self.order.failure(),
            at: now.unix,
        }
    }

    /// The real status, whatever the patch says.
    pub fn status(&self, emulated: u64) -> &'static str {
        match &self.end {
            Some(End { error: None, .. }) => "COMPLETED",
            Some(End { error: Some(_), .. }) => "FAILED",
            None if emulated < self.processing_at => "PENDING",
            None => "PROCESSING",
        }
    }

    /// The documented response of queryTask, with the patch over it. `creditsUsed` is the reserved amount while a task runs,
    /// and 0 once it failed.
    pub fn to_json(&self, emulated: u64) -> Value {
        let status = self.status(emulated);
        let failed = status == "FAILED";
        let output = (status == "COMPLETED").then(|| {
            let size = RESOLUTIONS.iter().find(|(name, _)| *name == self.order.resolution);
            let (width, height) = size.map_or((0, 0), |(_, size)| *size);
            let name = format!("{}-{}.mp4", self.id, self.order.resolution);
            json!([{ "url": format!("{}/videos/{name}", self.origin), "width": width, "height": height }])
        });
        let mut answer = json!({
            "taskId": self.id,
            "model": self.order.model.name(),
            "status": status,
            "creditsUsed": if failed { 0 } else { self.price },
            "output": output,
            "error": self.end.as_ref().and_then(|end| end.error.as_deref()),
            "createTime": self.created,
            "completeTime": self.end.as_ref().map(|end| end.at),
        });
        if let Some(fields) = answer.as_object_mut() {
            fields.extend(self.patch.clone());
        }
        answer
    }
}

/// Longer videos, upscaling and sd2 take longer. `number` varies the time by up to a tenth.
fn processing_ms(order: &Order, typical_ms: u64, number: u64) -> u64 {
    let length = 50 + 10 * order.seconds;
    let model = match order.model {
        Model::Sd2 => 100,
        Model::Sd2Fast => 60,
    };
    let upscale = match order.upscale {
        None => 100,
        Some(Upscale::TwoK) => 125,
        Some(Upscale::FourK) => 150,
    };
    let spread = 90 + spread(number) / 5;
    typical_ms * length * model / 10_000 * upscale * spread / 10_000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(inputs: Value) -> Order {
        Order::read(json!({ "model": "sd2", "inputs": inputs }).to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_task_takes_about_the_typical_time_and_a_longer_video_takes_longer() {
        let short = processing_ms(&order(json!({"prompt": "x"})), 18_000, 0);
        let long = order(json!({"prompt": "x", "duration": "15s", "upscaleResolution": "4k"}));
        assert!((16_200..=19_800).contains(&short), "{short}");
        assert!(processing_ms(&long, 18_000, 0) > 2 * short);
    }

    #[test]
    fn a_running_task_has_the_documented_fields_and_no_output() {
        let now = Moment {
            emulated: 0,
            unix: 1_711_234_567_890,
        };
        let task = Task::new(
            "task_a".into(),
            0,
            order(json!({"prompt": "x"})),
            "http://h".into(),
            now,
            20_000,
            0,
        );
        let expected = json!({
            "taskId": task.id, "model": "sd2", "status": "PENDING", "creditsUsed": 200, "output": null,
            "error": null, "createTime": 1_711_234_567_890_u64, "completeTime": null,
        });
        assert_eq!(task.to_json(1_999), expected);
        assert_eq!(task.status(2_000), "PROCESSING");
    }
}
