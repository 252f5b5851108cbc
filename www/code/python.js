/** The request in Python, with its standard library. It is sent once: a repeated create may be paid twice. */
export const python = (request, { kind, baseUrl }) => {
  const hasKey = kind !== "gateway";
  const key = hasKey ? `HEADERS = {"Authorization": "Bearer " + os.environ["SD2_API_KEY"]}` : "HEADERS = {}";
  return `import json
${hasKey ? "import os\n" : ""}import sys
import time
import urllib.request

BASE = ${JSON.stringify(baseUrl)}
${key}
REQUEST = ${literal(request)}


def call(path, body=None):
    headers = {**HEADERS, "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(BASE + path, data, headers), timeout=60) as answer:
        return json.load(answer)


task_id = call("/jobs/createTask", REQUEST)["taskId"]
while True:
    task = call("/jobs/queryTask?taskId=" + task_id)
    if task["status"] == "COMPLETED":
        print(task["output"][0]["url"])
        break
    if task["status"] == "FAILED":
        sys.exit(task["error"])
    time.sleep(5)
`;
};

/** The request's JSON is valid Python, because it has only strings, lists and objects. */
const literal = value => JSON.stringify(value, null, 4);
