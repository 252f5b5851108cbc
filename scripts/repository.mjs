// Where the repository is, for npm, crates.io and the links of the README:
//
//   node scripts/repository.mjs https://github.com/OWNER/sd2-client           fills it in everywhere
//   node scripts/repository.mjs --check https://github.com/OWNER/sd2-client v0.1.0   fails unless it is so, and the tag is the version
import { readFileSync, writeFileSync } from "node:fs";

const usage = "Usage: node scripts/repository.mjs [--check] https://HOST/OWNER/NAME [TAG]";
const words = process.argv.slice(2);
const isCheck = words[0] === "--check";
const [url, tag] = isCheck ? words.slice(1) : words;
if (!/^https:\/\/[\w.-]+(\/[\w.-]+)+[^/]$/.test(url ?? "") || url.endsWith(".git")) throw new Error(usage);

const read = name => readFileSync(name, "utf8");
const text = { manifest: read("package.json"), crate: read("Cargo.toml"), readme: read("README.md") };

/** The manifest with the three fields before `license`, in npm's order. */
const manifest = () => {
  const { homepage, bugs, repository, ...rest } = JSON.parse(text.manifest);
  const fields = {};
  for (const [name, value] of Object.entries(rest)) {
    if (name === "license") {
      fields.homepage = `${url}#readme`;
      fields.bugs = `${url}/issues`;
      fields.repository = { type: "git", url: `git+${url}.git` };
    }
    fields[name] = value;
  }
  return `${JSON.stringify(fields, undefined, 2)}\n`;
};

const crate = () =>
  text.crate.replace(/^repository = .*\n/m, "").replace(/^(documentation = .*\n)/m, `$1repository = "${url}"\n`);

/** Absolute links: npm shows the README without the files beside it. */
const readme = () => {
  const old = /git\+(.*)\.git/.exec(JSON.parse(text.manifest).repository?.url)?.[1];
  const relative = old
    ? text.readme.replaceAll(`${old}/blob/HEAD/`, "").replaceAll(`${old}/raw/HEAD/`, "")
    : text.readme;
  return relative.replaceAll(
    /(!?)(\[[^\]]*\])\((?!https:|#)([^)]+)\)/g,
    (_, image, label, path) => `${image}${label}(${url}/${image ? "raw" : "blob"}/HEAD/${path})`,
  );
};

if (isCheck) {
  const { version } = JSON.parse(text.manifest);
  if (manifest() !== text.manifest || crate() !== text.crate || readme() !== text.readme)
    throw new Error(`The repository is not filled in: node scripts/repository.mjs ${url}`);
  if (tag !== `v${version}`) throw new Error(`The tag is ${tag}, and the version is ${version}.`);
} else {
  writeFileSync("package.json", manifest());
  writeFileSync("Cargo.toml", crate());
  writeFileSync("README.md", readme());
}
