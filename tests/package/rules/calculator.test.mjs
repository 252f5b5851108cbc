// The calculator functions and the schema for forms, through the installed package.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, PRICE_ENTRIES } from "../../support/project.mjs";

for (const entry of PRICE_ENTRIES) {
  const { affordable, estimateCredits, estimateMany, longestDuration, priceTable, Sd2Error } = await load(entry);
  const fails = (code, call) => assert.throws(call, error => Sd2Error.is(error) && error.code === code);

  test(`${entry}: the price table has every configuration once, with its estimated price`, () => {
    const rows = priceTable();
    assert.equal(rows.length, 144);
    const names = rows.map(({ total, ...configuration }) => JSON.stringify(configuration));
    assert.equal(new Set(names).size, 144);
    for (const row of [...rows, ...affordable(1000)]) assert.equal(estimateCredits(row).total, row.total);
    assert.deepEqual(Object.keys(rows[0]), ["model", "duration", "upscaleResolution", "videoReference", "total"]);
  });

  test(`${entry}: a change of a price does not change later ones`, () => {
    const configuration = { model: "sd2", duration: "9s", upscaleResolution: "4k" };
    const { total } = estimateCredits(configuration);
    for (let i = 0; i < 3; i++) {
      const [price] = estimateMany([configuration]);
      assert.equal(price.total, total);
      price.total = 1;
    }
  });

  test(`${entry}: estimateMany keeps the order of a list and reports all its errors together`, () => {
    assert.deepEqual(estimateMany([]), []);
    assert.deepEqual(
      estimateMany([{ model: "sd2" }, { model: "sd2-fast", duration: "15s" }]).map(({ total }) => total),
      [200, 480],
    );
    assert.throws(
      () => estimateMany([{ model: "x" }, { model: "sd2" }, { model: "sd2", duration: "3s" }]),
      ({ code, issues }) => {
        assert.equal(code, "invalid_request");
        assert.deepEqual(
          issues.map(({ path }) => path),
          [
            [0, "model"],
            [2, "duration"],
          ],
        );
        return true;
      },
    );
    fails("invalid_argument", () => estimateMany("sd2"));
  });

  test(`${entry}: estimateMany takes ten thousand requests`, () => {
    const prices = estimateMany(
      Array.from({ length: 10_000 }, (_, i) => ({ model: "sd2", duration: `${4 + (i % 12)}s` })),
    );
    assert.deepEqual([prices.length, prices[0].total, prices[9_999].total], [10_000, 160, 280]);
  });

  test(`${entry}: affordable counts whole videos and includes zeros`, () => {
    const rows = affordable(399, { model: "sd2", duration: "5s", videoReference: false });
    assert.deepEqual(
      rows.map(({ total, count }) => [total, count]),
      [
        [200, 1],
        [300, 1],
        [400, 0],
      ],
    );
    assert.equal(affordable(0).length, 144);
    assert.equal(affordable(1000, { upscaleResolution: null }).length, 48);
    assert.equal(affordable(1000, { model: undefined, prompt: "it changes no price" }).length, 144);
    for (const credits of [-1, NaN, Infinity, "5", undefined]) fails("invalid_argument", () => affordable(credits));
    for (const filter of [{ model: "x" }, { duration: "3s" }, { upscale: "4k" }])
      fails("invalid_request", () => affordable(1000, filter));
  });

  test(`${entry}: longestDuration is the longest that the credits pay for`, () => {
    const configuration = { model: "sd2", upscaleResolution: "4k" };
    assert.equal(longestDuration(319, configuration), null);
    assert.equal(longestDuration(320, configuration), "4s");
    assert.equal(longestDuration(1199, configuration), "14s");
    assert.equal(longestDuration(1e9, configuration), "15s");
    fails("invalid_request", () => longestDuration(1000, {}));
    fails("invalid_argument", () => longestDuration(NaN, configuration));
  });
}

test("requestSchema returns the value, or the errors without the warnings", async () => {
  const { requestSchema } = await load();
  const { version, vendor, validate } = requestSchema["~standard"];
  assert.deepEqual([version, vendor], [1, "sd2-client"]);
  const request = { model: "sd2", inputs: { prompt: "a", colour: "red" } };
  assert.equal(validate(request).value, request);
  const { issues } = validate({ ...request, model: "x" });
  assert.deepEqual(
    issues.map(({ path, code }) => [path, code]),
    [[["model"], "unknown_model"]],
  );
  assert.ok(issues[0].message);
});
