/**
 * Ratios against the alternative, in the same run: what a page of grants costs to encode, and what a sync costs by
 * stream against the calls that a platform makes. `npm run bench [preset]`.
 */
import { toBinary } from "@bufbuild/protobuf";
import { GrantsServiceListGrantsResponseSchema } from "../gen/c1/connector/v2/grant_pb.js";
import type { GrantRow } from "../src/connector/model.ts";
import { grantsPage } from "../src/connector/page-encoder.ts";
import type { Preset } from "../src/emulator/index.ts";
import { streamBatches } from "../test/support/stream.ts";
import { entitlementListing, grantListing, resourceListing, typesOf, walk } from "../test/support/walk.ts";
import { startWorld } from "../test/support/world.ts";

const presets: readonly Preset[] = ["small", "medium", "large"];
const preset = presets.find((name) => name === process.argv[2]) ?? "medium";

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function millisecondsOf(run: () => unknown): number {
  const startedAt = performance.now();
  run();
  return performance.now() - startedAt;
}

function encoding(): void {
  const id = (n: number) =>
    `aad.${Buffer.from(`00000000-0000-7000-8000-${String(n).padStart(12, "0")}`).toString("base64url")}`;
  const rows = Array.from({ length: 250 }, (_, n): GrantRow => {
    const resource = { type: "group", id: id(Math.floor(n / 50)) };
    return { resource, slug: "member", principal: { type: "user", id: id(1000 + (n % 90)) } };
  });
  const page = grantsPage(rows, "next");
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < 600; round += 1) {
    ours.push(millisecondsOf(() => page.bytes()));
    theirs.push(millisecondsOf(() => toBinary(GrantsServiceListGrantsResponseSchema, page.message())));
  }
  const [own, generic] = [median(ours.slice(100)), median(theirs.slice(100))];
  console.log(
    `a page of 250 grants   assembled ${own.toFixed(3)} ms, protobuf-es ${generic.toFixed(3)} ms: ${(generic / own).toFixed(1)} times`,
  );
}

async function syncs(): Promise<void> {
  const world = await startWorld({ preset });
  const streaming = await world.replica();
  const streamStarted = performance.now();
  let rows = 0;
  for await (const batch of streamBatches(streaming))
    rows += batch.resources.length + batch.entitlements.length + batch.grants.length;
  const streamMs = performance.now() - streamStarted;

  const calling = await world.replica({ listing: "type-scoped" });
  const options = { pageSize: 0, syncId: "bench" };
  const callsStarted = performance.now();
  for (const type of await typesOf(calling)) await walk(resourceListing(type, options), calling);
  for (const type of ["group", "team"]) {
    await walk(entitlementListing(type, undefined, options), calling);
    await walk(grantListing(type, undefined, options), calling);
  }
  const callsMs = performance.now() - callsStarted;
  const requests = [...streaming.app.client.connection.requests.values()].reduce((sum, count) => sum + count, 0);
  const { totals } = world.emulator;
  const oneByOne = totals.groups + totals.teams + Math.ceil(totals.users / 500) + Math.ceil(totals.groups / 500);
  console.log(
    `a sync of ${preset}        ${rows} rows by stream ${Math.round(streamMs)} ms, by calls ${Math.round(callsMs)} ms: ${(callsMs / streamMs).toFixed(2)} times`,
  );
  console.log(
    `upstream requests      ${requests}, one group at a time ${oneByOne}: ${(oneByOne / requests).toFixed(1)} times`,
  );
  console.log(
    `peak memory            ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB, organization and both connectors included`,
  );
  await world.close();
}

encoding();
await syncs();
