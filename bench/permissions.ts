/**
 * What permissions cost: whole syncs of an emulated organization at each detail, the organization and the connector in
 * processes of their own. Rows by kind, upstream requests by route, the connector's peak memory.
 * `npm run bench:permissions -- small medium large`, or fewer; `roles`, `standard` or `all` for one detail.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Preset } from "../src/emulator/index.ts";
import type { Detail } from "../src/permissions/fold.ts";
import { governedNamespaces } from "../src/permissions/namespaces.ts";
import { streamBatches } from "../test/support/stream.ts";
import type { Started, Used } from "./permissions/child.ts";
import { countRows, type RowCounts, type RowKind } from "./permissions/rows.ts";

const everyDetail: readonly Detail[] = ["roles", "standard", "all"];
const named = everyDetail.filter((detail) => process.argv.includes(detail));
const details = named.length > 0 ? named : everyDetail;
const kinds: readonly RowKind[] = ["memberships", "access levels", "roles and feeds", "permissions"];
const presets: readonly Preset[] = ["small", "medium", "large"];
const asked = presets.filter((preset) => process.argv.includes(preset));
/** Besides, which grants there are: `--families`. */
const showFamilies = process.argv.includes("--families");

const childPath = fileURLToPath(new URL("permissions/child.ts", import.meta.url));

async function start(words: readonly string[]): Promise<{ child: ChildProcess; started: Started }> {
  const child = fork(childPath, words);
  const [started]: Started[] = await once(child, "message");
  if (!started) throw new Error("the process did not tell where it listens");
  return { child, started };
}

interface Measured extends RowCounts, Used {
  readonly seconds: number;
}

async function measure(url: string, token: string, detail: Detail): Promise<Measured> {
  const { child, started } = await start(["connector", url, token, detail]);
  if (!("address" in started)) throw new Error("the connector did not tell its address");
  const startedAt = performance.now();
  const counts = await countRows(streamBatches(started));
  const seconds = (performance.now() - startedAt) / 1000;
  child.send("finish");
  const [used]: Used[] = await once(child, "message");
  if (!used) throw new Error("the connector did not tell what it used");
  return { ...counts, ...used, seconds };
}

const total = (requests: Readonly<Record<string, number>>) => Object.values(requests).reduce((a, b) => a + b, 0);
const number = (value: number) => value.toLocaleString("en");

function line(name: string, cells: readonly (number | string)[]): void {
  const texts = cells.map((cell) => (typeof cell === "number" ? number(cell) : cell).padStart(12));
  console.log(`  ${name.padEnd(48)}${texts.join("")}`);
}

async function bench(preset: Preset): Promise<void> {
  const { child, started } = await start(["organization", preset]);
  if (!("url" in started)) throw new Error("the organization did not tell its address");
  const { totals } = started;
  console.log(
    `${preset}: ${Object.entries(totals)
      .map(([name, count]) => `${number(count)} ${name}`)
      .join(", ")}`,
  );
  const found: Measured[] = [];
  for (const detail of details) {
    const measured = await measure(started.url, started.token, detail);
    found.push(measured);
    // The largest takes minutes a detail.
    console.error(
      `  ${detail}: ${measured.seconds.toFixed(0)} s, ${measured.peakMiB} MiB, ${total(measured.requests)} requests`,
    );
  }
  child.send("finish");

  line("", details);
  for (const kind of kinds) {
    line(
      `${kind}: entitlements`,
      found.map(({ byKind }) => byKind[kind].entitlements),
    );
    line(
      `${kind}: grants`,
      found.map(({ byKind }) => byKind[kind].grants),
    );
  }
  line(
    "resources",
    found.map(({ resources }) => resources),
  );
  line(
    "seconds",
    found.map(({ seconds }) => seconds.toFixed(1)),
  );
  line(
    "seconds of the connector's processor",
    found.map(({ cpuSeconds }) => cpuSeconds.toFixed(1)),
  );
  line(
    "peak memory of the connector, MiB",
    found.map(({ peakMiB }) => peakMiB),
  );
  line(
    "upstream requests",
    found.map(({ requests }) => total(requests)),
  );
  for (const route of new Set(found.flatMap(({ requests }) => Object.keys(requests)).sort())) {
    line(
      `  ${route}`,
      found.map(({ requests }) => requests[route] ?? 0),
    );
  }
  const permissionsAt = (detail: Detail) => found[details.indexOf(detail)]?.byKind.permissions;
  const [standard, all] = [permissionsAt("standard"), permissionsAt("all")];
  if (standard && all) {
    const rows = (standard.grants + standard.entitlements) / (all.grants + all.entitlements);
    console.log(
      `  standard / all: grants ${(standard.grants / all.grants).toFixed(3)}, with entitlements ${rows.toFixed(3)}`,
    );
  }
  const perProject = governedNamespaces.length * (totals.projects ?? 0);
  const bulk = found.at(-1)?.requests["GET accesscontrollists/{namespace}"] ?? 0;
  console.log(`  lists: ${bulk} requests; one a project and namespace would be ${number(perProject)}`);
  if (showFamilies) printFamilies(found);
}

function printFamilies(found: readonly Measured[]): void {
  const families = new Set(found.flatMap(({ bySlug }) => [...bySlug.keys()]));
  for (const family of [...families].sort())
    line(
      family,
      found.map(({ bySlug }) => bySlug.get(family) ?? 0),
    );
}

for (const preset of asked.length > 0 ? asked : presets) await bench(preset);
