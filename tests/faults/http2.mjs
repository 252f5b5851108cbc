// The sandbox over HTTP/2, which browsers use only with TLS. Broken connections are passed on.
import { request } from "node:http";
import { createSecureServer } from "node:http2";
import { after } from "node:test";
import { selfSigned } from "./certificate.mjs";

/** Connection-specific headers, which HTTP/2 does not allow. */
const HOP = new Set(["connection", "host", "keep-alive", "transfer-encoding"]);
const passedOn = headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(":") && !HOP.has(name)));

/** Starts a server in front of the sandbox. `refuse(path, headers)` may return a status to send instead. */
export const startHttp2 = async (sandbox, refuse = () => undefined) => {
  /** The path of each POST that was read completely. */
  const posts = [];
  const server = createSecureServer(selfSigned());
  server.on("sessionError", () => {});
  server.on("stream", (stream, headers) => {
    const { ":method": method, ":path": path } = headers;
    stream.on("error", () => {});
    const breakConnection = () => stream.session?.destroy();
    const chunks = [];
    stream.on("data", chunk => chunks.push(chunk));
    stream.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      if (method === "POST") posts.push(path);
      const status = refuse(path, headers);
      if (status) {
        stream.respond({ ":status": status });
        stream.end();
        return;
      }
      const onward = request(
        `${sandbox.url}${path}`,
        { method, headers: passedOn(headers), agent: false },
        response => {
          if (stream.destroyed) return;
          stream.respond({ ":status": response.statusCode, ...passedOn(response.headers) });
          response.on("error", () => stream.close(2));
          response.pipe(stream);
        },
      );
      onward.on("error", breakConnection);
      stream.on("close", () => onward.destroy());
      onward.end(text);
    });
  });
  await new Promise(done => server.listen(0, "127.0.0.1", done));
  after(() => server.close());
  server.unref();
  const url = `https://127.0.0.1:${server.address().port}`;
  return { ...sandbox, url, baseUrl: `${url}/api/v1`, posts };
};
