// The code of a create that failed: `network` if nothing can have been sent, else `outcome_unknown`.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { load } from "../../support/project.mjs";
import { request } from "../../support/service.mjs";

const { generateAll, Sd2Client } = await load();
const outcome = options =>
  new Sd2Client({ apiKey: "key", maxRetries: 0, ...options }).createTask(request()).then(
    () => assert.fail("it was made"),
    ({ code }) => code,
  );

/** An error of `fetch` in Node. */
const failed = cause => ({ fetch: () => Promise.reject(new TypeError("fetch failed", { cause })) });
const system = (syscall, code) => Object.assign(new Error(`${syscall} ${code}`), { syscall, code });
/** An error of Node about a host with several addresses. Its code is that of the first one. */
const aggregate = (...errors) => Object.assign(new AggregateError(errors), { code: errors[0]?.code });

test("a failure before the connection means that nothing was sent", async () => {
  for (const cause of [
    system("connect", "ENETUNREACH"),
    system("connect", "EHOSTUNREACH"),
    system("connect", "ETIMEDOUT"),
    system("getaddrinfo", "EAI_FAIL"),
    aggregate(system("connect", "ETIMEDOUT"), system("connect", "ENETUNREACH")),
    aggregate(system("connect", "EHOSTUNREACH")),
  ]) {
    assert.equal(await outcome(failed(cause)), "network", cause.code);
  }
});

test("a failure of the TLS handshake means that nothing was sent", async () => {
  for (const code of [
    "ERR_SSL_WRONG_VERSION_NUMBER",
    "ERR_SSL_PACKET_LENGTH_TOO_LONG",
    "ERR_SSL_UNSUPPORTED_PROTOCOL",
    "ERR_SSL_HTTP_REQUEST",
    "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
    "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
    "ERR_SSL_TLSV1_UNRECOGNIZED_NAME",
    "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL",
  ]) {
    assert.equal(await outcome(failed(system(undefined, code))), "network", code);
  }
});

/** Errors of other platforms, without a code. */
const SENTENCES = [
  "bad port",
  "Client network socket disconnected before secure TLS connection was established",
  "error sending request for url (https://127.0.0.1:1/): client error (Connect): tls handshake eof",
  "Fetch failed: Requests to port 6000 are blocked",
  "EPROTO: The TLS handshake failed. Does the server speak TLS on this port?",
];

test("messages of platforms about a failed connection mean that nothing was sent", async () => {
  for (const message of SENTENCES) {
    assert.equal(await outcome(failed(Object.assign(new Error(message), { code: "ECONNRESET" }))), "network", message);
    assert.equal(await outcome({ fetch: () => Promise.reject(new TypeError(message)) }), "network", message);
  }
  for (const message of ["a bad port", "client error (SendRequest): connection closed", "socket disconnected"]) {
    assert.equal(await outcome(failed(new Error(message))), "outcome_unknown", message);
  }
});

test("an invalid URL means that nothing was sent", async () => {
  assert.equal(await outcome(failed(system(undefined, "ERR_INVALID_URL"))), "network");
});

/** Codes of OpenSSL about a certificate, and of Node about a name that is not in it. */
const CERTIFICATES = [
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
];

test("nothing is sent to a host whose certificate is refused", async () => {
  for (const code of CERTIFICATES) assert.equal(await outcome(failed(system(undefined, code))), "network", code);
});

test("a host that refuses the client certificate or breaks TLS may have the request", async () => {
  for (const code of [
    "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
    "ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE",
    "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
    "EPROTO",
    "ECONNRESET",
    "MY_CERT_HAS_EXPIRED",
  ]) {
    assert.equal(await outcome(failed(system(undefined, code))), "outcome_unknown", code);
  }
});

test("after a later or unknown failure, the request may have been sent", async () => {
  for (const cause of [
    system("read", "ECONNRESET"),
    system("read", "ETIMEDOUT"),
    system("write", "EPIPE"),
    aggregate(system("connect", "ETIMEDOUT"), system("read", "ECONNRESET")),
    aggregate(system("read", "ECONNRESET"), system("connect", "ETIMEDOUT")),
    aggregate(),
    aggregate(system("read", "ECONNRESET"), system("connect", "ETIMEDOUT"), system("connect", "ETIMEDOUT")),
    aggregate(system("connected", "ETIMEDOUT")),
    Object.assign(new Error("a"), { errors: "connect" }),
    Object.assign(new Error("a"), { errors: [] }),
    Object.assign(new Error("a"), { errors: [null] }),
    Object.assign(new Error("a"), {
      errors: {
        0: system("connect", "ETIMEDOUT"),
        map: () => {
          throw 1;
        },
      },
    }),
  ]) {
    assert.equal(await outcome(failed(cause)), "outcome_unknown", cause.code);
  }
});

/** A server that calls `end` with each connection on which something arrives. */
const serving = async (end, work) => {
  const server = createServer(socket => socket.on("error", () => {}).once("data", () => end(socket)));
  await new Promise(done => server.listen(0, "127.0.0.1", done));
  try {
    return await work(`127.0.0.1:${server.address().port}`);
  } finally {
    server.close();
  }
};

/** A TLS alert before any certificate: 40 is handshake_failure, 70 protocol_version, 112 unrecognized_name. */
const alert = number => socket => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, number]));

test("nothing is sent to a host that has no TLS, or closes or refuses the handshake", async () => {
  const plain = socket => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
  for (const end of [plain, socket => socket.end(), alert(40), alert(70), alert(112)]) {
    assert.equal(await serving(end, host => outcome({ baseUrl: `https://${host}` })), "network");
  }
});

test("generateAll ends if nothing can be sent, and spends no credits", async () => {
  const codes = await serving(
    socket => socket.end(),
    async host => {
      const client = new Sd2Client({ apiKey: "key", maxRetries: 0, baseUrl: `https://${host}` });
      const codes = [];
      for await (const { error } of generateAll(client, [1, 2, 3, 4].map(request), { maxCredits: 200, concurrency: 1 }))
        codes.push(error.code);
      return codes;
    },
  );
  assert.deepEqual(codes, Array(4).fill("network"));
});

test("a connection that breaks is outcome_unknown", async () => {
  for (const end of [
    socket => socket.resetAndDestroy(),
    socket => socket.end(),
    socket => socket.end("HTTP/1.1 200 OK\r\n"),
  ]) {
    assert.equal(await serving(end, host => outcome({ baseUrl: `http://${host}` })), "outcome_unknown");
  }
});
