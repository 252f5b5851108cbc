// A self-signed certificate, created without the openssl program, which may be missing.
import { generateKeyPairSync, sign } from "node:crypto";

const der = (tag, ...parts) => {
  const body = Buffer.concat(parts.map(part => Buffer.from(part)));
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts) => der(0x30, ...parts);
const oid = (...bytes) => der(6, bytes);
const utc = text => der(0x17, Buffer.from(text));

/** `{ key, cert }` for localhost and 127.0.0.1, as options of `tls.createServer`. */
export const selfSigned = () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2));
  const commonName = sequence(der(0x31, sequence(oid(0x55, 4, 3), der(0x0c, Buffer.from("localhost")))));
  const names = sequence(der(0x82, Buffer.from("localhost")), der(0x87, [127, 0, 0, 1]));
  const content = sequence(
    der(0xa0, der(2, [2])),
    der(2, [1]),
    ecdsaWithSha256,
    commonName,
    sequence(utc("240101000000Z"), utc("490101000000Z")),
    commonName,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(sequence(oid(0x55, 0x1d, 0x11), der(4, names)))),
  );
  const signature = sign("sha256", content, privateKey);
  const certificate = sequence(content, ecdsaWithSha256, der(3, [0], signature));
  const pem = certificate
    .toString("base64")
    .match(/.{1,64}/g)
    .join("\n");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }),
    cert: `-----BEGIN CERTIFICATE-----\n${pem}\n-----END CERTIFICATE-----\n`,
  };
};
