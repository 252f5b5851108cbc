/** The request in Rust, with ureq, a small blocking HTTP client. It is sent once: a repeated create may be paid twice. */
export const rust = (request, { kind, baseUrl }) => {
  const body = JSON.stringify(request, null, 2);
  const hasKey = kind !== "gateway";
  const key = hasKey ? '\n        .header("Authorization", &key)' : "";
  return `use std::{error::Error, thread, time::Duration};

const BASE: &str = ${raw(baseUrl)};
const REQUEST: &str = ${raw(body)};

fn main() -> Result<(), Box<dyn Error>> {
${hasKey ? '    let key = format!("Bearer {}", std::env::var("SD2_API_KEY")?);\n' : ""}    let created: serde_json::Value = ureq::post(format!("{BASE}/jobs/createTask"))${key}
        .header("Content-Type", "application/json")
        .send(REQUEST)?
        .body_mut()
        .read_json()?;
    let id = created["taskId"].as_str().ok_or("no taskId")?;
    loop {
        let task: serde_json::Value = ureq::get(format!("{BASE}/jobs/queryTask"))
            .query("taskId", id)${key.replaceAll("\n", "\n    ")}
            .call()?
            .body_mut()
            .read_json()?;
        match task["status"].as_str() {
            Some("COMPLETED") => {
                println!("{}", task["output"][0]["url"].as_str().unwrap_or_default());
                return Ok(());
            }
            Some("FAILED") => return Err(task["error"].as_str().unwrap_or("failed").into()),
            _ => thread::sleep(Duration::from_secs(5)),
        }
    }
}
`;
};

/** A raw string, with as many hashes as its content needs. */
const raw = text => {
  const longest = Math.max(0, ...(text.match(/"#*/g) ?? [""]).map(found => found.length));
  const hashes = "#".repeat(longest);
  return `r${hashes}"${text}"${hashes}`;
};
