import { create } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { expect, test } from "vitest";
import { StreamSyncResponseSchema } from "../../gen/azuredevops/connector/v1/sync_pb.js";
import { GrantExpandableSchema } from "../../gen/c1/connector/v2/annotation_grant_pb.js";
import { csvWriter, grantColumns } from "./grant-table.ts";
import type { Output } from "./output.ts";

const id = (resourceType: string, resource: string) => ({ id: { resourceType, resource } });

async function csvOf(...batches: Parameters<typeof create<typeof StreamSyncResponseSchema>>[1][]): Promise<string> {
  let text = "";
  const output: Output = {
    open: async () => undefined,
    async write(part) {
      text += part;
    },
    commit: async () => undefined,
    discard: async () => undefined,
  };
  const writer = csvWriter(output);
  for (const batch of batches) await writer.add(create(StreamSyncResponseSchema, batch));
  await writer.end();
  return text;
}

/** A reader of RFC 4180, written from its grammar. */
function parse(text: string): string[][] {
  const records: string[][] = [[]];
  for (let rest = text; rest !== ""; ) {
    const [cell = ""] = /^"(?:[^"]|"")*"|^[^",\r\n]*/.exec(rest) ?? [];
    records.at(-1)?.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    rest = rest.slice(cell.length);
    if (rest.startsWith(",")) rest = rest.slice(1);
    else if (rest.startsWith("\r\n")) {
      rest = rest.slice(2);
      if (rest !== "") records.push([]);
    } else if (rest !== "") throw new Error(`not CSV: ${JSON.stringify(rest.slice(0, 40))}`);
  }
  return records;
}

const named = (name: string) => ({
  resources: [
    { ...id("group", "g"), displayName: name },
    { ...id("user", "u"), displayName: name, profile: { principal_name: name } },
  ],
});
const grant = { entitlement: { resource: id("group", "g"), slug: "member" }, principal: id("user", "u") };

test("has a header, and a row a grant with names", async () => {
  const expandable = anyPack(GrantExpandableSchema, create(GrantExpandableSchema));
  const inGroup = { ...grant, principal: id("group", "other"), annotations: [expandable] };
  const text = await csvOf(named("Wei Çelik"), { grants: [grant] }, { grants: [inGroup] });
  expect(text).toBe(
    [
      grantColumns.join(","),
      "group,g,Wei Çelik,member,user,u,Wei Çelik,Wei Çelik,false",
      "group,g,Wei Çelik,member,group,other,,,true",
      "",
    ].join("\r\n"),
  );
  expect(await csvOf()).toBe(`${grantColumns.join(",")}\r\n`);
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])("a name %j is no formula", async (name) => {
  const [, row] = parse(await csvOf(named(name), { grants: [grant] }));
  expect([row?.[2], row?.[6], row?.[7]]).toEqual([`'${name}`, `'${name}`, `'${name}`]);
});

test("every name is read back as it was, but for the apostrophe of a formula", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({
        unit: fc.oneof(
          fc.constantFrom("\r", "\n", '"', ",", "=", "-", " "),
          fc.string({ unit: "grapheme", maxLength: 1 }),
        ),
      }),
      async (name) => {
        const [, row] = parse(await csvOf(named(name), { grants: [grant] }));
        expect([name, `'${name}`]).toContain(row?.[2]);
        expect(row).toHaveLength(grantColumns.length);
        expect(row?.[2] ?? "").not.toMatch(/^[=+\-@\t\r]/);
      },
    ),
  );
});
