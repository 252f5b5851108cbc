// The URL rules compared with the platform's parser: a URL is bad_url exactly if the parser refuses it.
import assert from "node:assert/strict";
import fc from "fast-check";
import { eachValidator } from "../../support/project.mjs";

const codes = ({ validateRequest }, url) =>
  validateRequest({ model: "sd2", inputs: { urls: [url] } }).issues.map(({ code }) => code);

/** White space and invisible characters around a URL, which the validator reports but the URL standard drops or encodes. */
const EDGE = /^[\s\p{Cc}\p{DI}\u2800\ufff0-\ufffb\u180f]|[\s\p{Cc}\p{DI}\u2800\ufff0-\ufffb]$/u;

const PRIVATE_V4 = /^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;
const isUnreachable = host => {
  const name = host.replace(/\.+$/, "");
  if (/^\[::1?\]$/.test(host)) return true;
  // An IPv4-mapped IPv6 address.
  const v4 = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(host);
  if (v4) {
    const [high, low] = [parseInt(v4[1], 16), parseInt(v4[2], 16)];
    return PRIVATE_V4.test(`${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`);
  }
  if (host.startsWith("[")) return /^\[(f[cd]..|fe[89ab].):/.test(host);
  if (/^(\d+\.){3}\d+$/.test(host)) return PRIVATE_V4.test(host);
  return /(^|\.)localhost$|\.(local|internal)$/.test(name);
};

/** The issue codes according to the platform's parser; undefined if the URL is not http(s). */
const expected = url => {
  // Not URL.canParse: once optimized, that of Node 20 takes Latin-1 for UTF-8.
  let parsed;
  try {
    parsed = new URL(url);
  } catch {
    return ["bad_url"];
  }
  const { protocol, hostname } = parsed;
  if (!/^https?:$/.test(protocol)) return undefined;
  return isUnreachable(hostname) ? ["unreachable_url"] : [];
};

const agreeing = sd2 => url => {
  if (EDGE.test(url)) return;
  const wanted = expected(url);
  // URLs other than http(s) have rules of their own.
  if (wanted) assert.deepEqual(codes(sd2, url), wanted, JSON.stringify(url));
};

const HOSTS =
  `example.com EXAMPLE.com. a..b . .. a. -a- a_b ~ ! $ & ' ( ) * + , ; = { } \` " exa<mple a>b a^b a|b a%41 a%00 a%zz %6c%6fcalhost
  bücher.example 例え.jp １２７.0.0.1 ⓛⓞⓒⓐⓛⓗⓞⓢⓣ lo­calhost a​b xn--bcher-kva.example xn-- xn--a xn--a-yoc XN--BCHER-KVA.example a.xn--.b ß.example
  127.0.0.1 127.1 127.0.1 0x7f.1 0X7f.1 0x7f000001 2130706433 0177.0.0.1 0127.0.0.1 017700000001 4294967295 4294967296 256 0 00 0x 0x. 0xg 08 09.1 1.2.3 1.2.3.4
  1.2.3.4. 1.2.3.4.. 1.2.3.4.5 1.2.3.256 1.2.3.08 1..2 .1 1. 0x1.0x2.0x3.0x4 0xffffffff 0x100000000 99999999999999999999 1e3 1.2.3.4e 1.2.3.+4 foo.0x4 foo.09 foo.1 1.foo 10.0.0.1
  172.15.1.1 172.16.1.1 172.31.1.1 172.32.1.1 192.168.257 169.254.169.254 100.63.1.1 100.64.1.1 100.127.255.255 100.128.0.1 0xa9fea9fe
  localhost LOCALHOST. localhost.. a.localhost localhost.a notlocalhost printer.local local .local host.docker.internal internal a.internal.b
  [::1] [::] [::1 ::1] [] [:] [:::] [1::] [::1::] [1:2:3:4:5:6:7:8] [1:2:3:4:5:6:7] [1:2:3:4:5:6:7:8:9] [::2:3:4:5:6:7:8] [1:2:3:4:5:6:7::] [1:2:3:4:5:6:7:8::] [12345::] [g::]
  [::1.2.3.4] [::127.0.0.1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:1] [::ffff:0:1] [::1.2.3] [::1.2.3.4.5] [::1.2.3.256] [::01.2.3.4] [::1.2.3.4:5] [1:2:3:4:5:6:1.2.3.4] [1:2:3:4:5:6:7:1.2.3.4]
  [fc00::1] [fdff::] [fe80::1] [febf::1] [fec0::1] [FE80::1] [fe80::1%25eth0] [2606:4700::1111] [64:ff9b::1.2.3.4] [1:] [:1] [1:2:3:4:5:6:7:] a[::1] [::1]a [[::1]] a]b a[b`.split(
    /\s+/,
  );
const BEFORE = ["", "user@", "user:pass@", "@", "a@b@", ":@", "[@", "%00@", "ü:ß@", "a b@", "<@"];
const PORTS = [
  "",
  ":",
  ":0",
  ":80",
  ":443",
  ":65535",
  ":65536",
  ":00000080",
  ":99999",
  ":8o",
  ":-1",
  ": 80",
  ":１",
  ":80:80",
];
const AFTER = ["", "/", "\\", "?", "#", "/a b", "/é?ü#ß", "/%zz", "/a\tb", "/a\nb", "@", "/@b", "?@b"];
const SCHEMES = [
  "https://",
  "http://",
  "HTTPS://",
  "https:",
  "https:/",
  "https:///",
  "https:\\\\",
  "http:/\\/",
  "ht\ntps://",
  "https\t://",
  "https:/\n/",
  "http:?",
  "http:#",
  "https//",
  "https ://",
  "http",
];

eachValidator("hosts, users, ports and schemes are accepted or refused as by the platform's parser", sd2 => {
  const agree = agreeing(sd2);
  for (const host of HOSTS) {
    for (const scheme of SCHEMES) agree(`${scheme}${host}/a`);
    for (const before of BEFORE) for (const port of PORTS) agree(`https://${before}${host}${port}/`);
    for (const port of PORTS) for (const after of AFTER) agree(`http://${host}${port}${after}`);
    for (const dropped of ["\t", "\n", "\r"]) agree(`https://${host.slice(0, 2)}${dropped}${host.slice(2)}/`);
  }
});

eachValidator("arbitrary text in any part of a URL is accepted or refused as by the platform's parser", sd2 => {
  const agree = agreeing(sd2);
  const letters = fc.constantFrom(
    ..."abcxnffe019.:-[]@/\\?#%<>^| _~'`{}\"&+,;=!$()*\t\n\r\u0000\u007f\u00a0\u00ad\u200bßé。．ａ１例🐞",
  );
  const part = fc.oneof(
    fc.constantFrom(...HOSTS),
    fc.string({ unit: letters, maxLength: 8 }),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  const parts = fc.array(part, { maxLength: 4 }).map(parts => parts.join(""));
  const url = fc
    .tuple(fc.constantFrom(...SCHEMES), parts, fc.constantFrom(...PORTS), fc.constantFrom(...AFTER))
    .map(all => all.join(""));
  fc.assert(fc.property(url, agree), { seed: 7, numRuns: 20_000 });
  const dotted = fc.array(
    fc.oneof(
      fc.nat(300).map(String),
      fc.nat(70_000).map(n => `0x${n.toString(16)}`),
      fc.nat(600).map(n => `0${n.toString(8)}`),
    ),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(dotted, numbers => agree(`http://${numbers.join(".")}/`)),
    { seed: 8, numRuns: 5_000 },
  );
  const pieces = fc.array(fc.constantFrom("", "", "0", "1", "ffff", "fe80", "7f00", "10000", "127.0.0.1", "1.2.3.4"), {
    minLength: 1,
    maxLength: 9,
  });
  fc.assert(
    fc.property(pieces, pieces => agree(`http://[${pieces.join(":")}]/`)),
    { seed: 9, numRuns: 5_000 },
  );
});

eachValidator(
  "a URL with invisible characters around it is refused, with the clean URL as the suggestion",
  ({ validateRequest }, entry) => {
    for (const edge of [" ", "\t", "\n", "\u00a0", "\u200b", "\u2060", "\ufeff", "\u3000", "\u200e", "\u00ad"]) {
      for (const url of [`https://example.com/a${edge}`, `${edge}https://example.com/a`]) {
        const [issue] = validateRequest({ model: "sd2", inputs: { urls: [url] } }).issues;
        assert.deepEqual([issue.code, issue.suggestion], ["bad_url", "https://example.com/a"], JSON.stringify(url));
      }
    }
  },
);

eachValidator("a data: URL of 60 MB is refused", ({ validateRequest }) => {
  const url = `data:image/png;base64,${"A".repeat(60e6)}`;
  for (const [list, mode] of [
    ["urls", undefined],
    ["videoUrls", "reference"],
  ]) {
    const { issues } = validateRequest({
      model: "sd2",
      inputs: { prompt: "a", videoInputMode: mode, resolution: "720x720", [list]: [url] },
    });
    assert.match(issues.find(({ code }) => code === "bad_url").message, /cannot read data:/);
  }
  // The documentation does not limit prompts.
  const { issues } = validateRequest({ model: "sd2", inputs: { prompt: "A".repeat(60e6) } });
  assert.deepEqual(issues, []);
});
