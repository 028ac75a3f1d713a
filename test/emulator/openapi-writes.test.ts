import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { startEmulator } from "../../src/emulator/index.ts";
import { send } from "./exchanges.ts";
import type { Json } from "./openapi.ts";
import { exampleOf, haveDocuments, operationOf } from "./openapi.ts";
import { missingKeys } from "./shapes.ts";
import { writeExchanges } from "./write-exchanges.ts";

const otherBeliefs = {
  aclZeros: "written",
  aclKeyCase: "upper",
  entitlementIdCase: "upper",
  dates: "fraction",
} as const;

describe.skipIf(!haveDocuments)("writes against Microsoft's documents", () => {
  let emulators: readonly Emulator[] = [];
  beforeAll(async () => {
    emulators = [await startEmulator(), await startEmulator({ beliefs: otherBeliefs })];
  });
  afterAll(async () => {
    for (const emulator of emulators) await emulator.close();
  });

  test("every answer is as documented, and as recorded", async () => {
    const broken: string[] = [];
    const bodies = new Map<string, Json[]>();
    for (const emulator of emulators) {
      for (const exchange of writeExchanges(emulator)) {
        const { area, body, example, method, path, query, status } = exchange;
        const { check, queryParameters } = operationOf(area, method, path);
        const response = await send(emulator, exchange);
        const text = await response.text();
        const name = `${method} ${path} ${JSON.stringify({ query, body })}`;
        if (response.status !== status) broken.push(`${name}: ${response.status} ${text.slice(0, 300)}`);
        const problems = text === "" ? "" : check(JSON.parse(text));
        if (problems) broken.push(`${name}: ${problems}`);
        const unknown = Object.keys(query ?? {}).filter((each) => !queryParameters.includes(each));
        if (unknown.length > 0) broken.push(`${name}: no parameter ${unknown}`);
        if (!example) continue;
        const file = `${area}/7.1/httpExamples/${example}`;
        bodies.set(file, [...(bodies.get(file) ?? []), text === "" ? null : JSON.parse(text)]);
      }
    }
    expect(broken).toEqual([]);
    const missing = [...bodies].flatMap(([file, answers]) =>
      missingKeys(exampleOf(file).body, answers).map((key) => `${file}: ${key}`),
    );
    expect(missing).toEqual([]);
  });

  test("whatever is sent is recorded, and every one of them was granted", () => {
    for (const emulator of emulators) {
      const sent = writeExchanges(emulator);
      expect(emulator.writes.all.map(({ status }) => status)).toEqual(sent.map(({ status }) => status));
    }
  });

  test("the recorded answers pass the same check", () => {
    const [emulator] = emulators;
    const exchanges = emulator ? writeExchanges(emulator) : [];
    const broken = exchanges.flatMap(({ area, example, method, path }) => {
      const body = example === undefined ? null : exampleOf(`${area}/7.1/httpExamples/${example}`).body;
      const problems = body === null ? "" : operationOf(area, method, path).check(body);
      return problems ? [`${example}: ${problems}`] : [];
    });
    expect(broken).toEqual([]);
  });
});
