/**
 * A list of access control lists with 500,000 entries, read as it arrives and as one text: time and peak memory, each in
 * a process of its own. `npm run bench:lists`.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { openList } from "../src/azure-devops/list-answers.ts";
import { listOf } from "../src/azure-devops/schemas.ts";
import { accessControlList } from "../src/azure-devops/security-schemas.ts";
import { createRedactor } from "../src/redaction.ts";

const [lists, entriesEach, listsPerChunk] = [62_500, 8, 25];

/** The answer's body in chunks of about 64 KiB, as a network would bring it. */
function* chunks(): Generator<Buffer> {
  for (let at = 0; at < lists; at += listsPerChunk) {
    const texts = Array.from({ length: listsPerChunk }, (_, n) => JSON.stringify(listAt(at + n)));
    yield Buffer.from(`${at === 0 ? '{"value":[' : ","}${texts.join()}`);
  }
  yield Buffer.from(`],"count":${lists}}`);
}

function listAt(at: number) {
  const number = (seed: number) => (Math.imul(seed, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0");
  const guid = (seed: number) => `${number(seed)}-0000-4000-8000-${number(seed + 1)}0000`;
  const entries = Array.from({ length: entriesEach }, (_, n) => {
    const seed = (at * 7 + n * 13) % 5000;
    const descriptor = `Microsoft.IdentityModel.Claims.ClaimsIdentity;${guid(seed)}\\person${seed}@fabrikam.example.com`;
    const extendedInfo = { effectiveAllow: 16_502, inheritedAllow: 2 };
    return [descriptor, { descriptor, allow: 16_502, deny: 0, extendedInfo }] as const;
  });
  const token = `repoV2/${guid(at % 3000)}/${guid(at)}`;
  return { inheritPermissions: true, token, acesDictionary: Object.fromEntries(entries) };
}

const context = {
  route: "GET accesscontrollists/{namespace}",
  scope: "any",
  namesObject: false,
  credentialWorked: true,
  redactor: createRedactor(["a-token-of-somebody-that-no-answer-may-repeat"]),
};

const ways: Readonly<Record<string, () => number>> = {
  nothing() {
    let bytes = 0;
    for (const chunk of chunks()) bytes += chunk.length;
    return bytes;
  },
  streamed() {
    let entries = 0;
    const createCollector = () => ({
      add(list: { readonly entries: readonly unknown[] }) {
        entries += list.entries.length;
      },
      result: () => entries,
    });
    const head = { status: 200, headers: { "content-type": "application/json" } };
    const reader = openList(head, accessControlList, createCollector, context);
    for (const chunk of chunks()) reader?.push(chunk);
    return reader?.end() ?? 0;
  },
  whole() {
    const text = Buffer.concat([...chunks()]).toString("utf8");
    const { value } = listOf(accessControlList).parse(JSON.parse(text));
    return context.redactor.holds(text) ? 0 : value.reduce((sum, list) => sum + list.entries.length, 0);
  },
};

interface Measured {
  readonly result: number;
  readonly ms: number;
  readonly peakMiB: number;
}

function measure(way: string): Measured {
  const output = execFileSync(process.execPath, [fileURLToPath(import.meta.url), way], { encoding: "utf8" });
  return JSON.parse(output);
}

const way = ways[process.argv[2] ?? ""];
if (way) {
  const startedAt = performance.now();
  const result = way();
  const ms = performance.now() - startedAt;
  process.stdout.write(JSON.stringify({ result, ms, peakMiB: process.resourceUsage().maxRSS / 1024 }));
} else {
  const [making, streamed, whole] = [measure("nothing"), measure("streamed"), measure("whole")];
  // Making the body is in all of them.
  const [streamedMs, wholeMs] = [streamed.ms - making.ms, whole.ms - making.ms];
  console.log(`${streamed.result} entries in ${Math.round(making.result / 1e6)} MB`);
  console.log(`row by row    ${Math.round(streamedMs)} ms, peak ${Math.round(streamed.peakMiB)} MiB`);
  console.log(`as one text   ${Math.round(wholeMs)} ms, peak ${Math.round(whole.peakMiB)} MiB`);
  const [time, memory] = [wholeMs / streamedMs, whole.peakMiB / streamed.peakMiB];
  console.log(`ratio         ${time.toFixed(2)} times the time, ${memory.toFixed(1)} times the memory`);
}
