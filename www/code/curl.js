/** The request in a shell, with curl and jq. It is sent once: a repeated create may be paid twice. */
export const curl = (request, { kind, baseUrl }) => {
  const key = kind === "gateway" ? "" : ' -H "Authorization: Bearer $SD2_API_KEY"';
  const body = JSON.stringify(request, null, 2).replaceAll("'", "'\\''");
  return `BASE=${quote(baseUrl)}

TASK=$(curl -sS --fail-with-body${key} -H "Content-Type: application/json" \\
  "$BASE/jobs/createTask" -d '${body}' | jq -er .taskId) || exit

while true; do
  ANSWER=$(curl -sS --retry 4${key} "$BASE/jobs/queryTask?taskId=$TASK")
  case $(jq -r .status <<<"$ANSWER") in
    COMPLETED) jq -r '.output[0].url' <<<"$ANSWER"; break ;;
    FAILED) jq -r .error <<<"$ANSWER" >&2; exit 1 ;;
  esac
  sleep 5
done
`;
};

const quote = text => `'${text.replaceAll("'", "'\\''")}'`;
