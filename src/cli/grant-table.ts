import { stringify } from "csv-stringify/sync";
import type { StreamSyncResponse } from "../../gen/azuredevops/connector/v1/sync_pb.js";
import { GrantExpandableSchema } from "../../gen/c1/connector/v2/annotation_grant_pb.js";
import type { RowWriter } from "./formats.ts";
import type { Output } from "./output.ts";

/** What a review of access needs of each grant, in one row. */
export const grantColumns = [
  "resource_type",
  "resource_id",
  "resource_name",
  "entitlement",
  "principal_type",
  "principal_id",
  "principal_name",
  "principal_account",
  "held_by_members",
] as const;

/** Readers take a lone line break of either kind for the end of a row unless it is in quotes. */
const format = { escape_formulas: true, record_delimiter: "windows", quoted_match: /[\r\n]/ } as const;

/**
 * Grants as CSV (RFC 4180, UTF-8). Names come from a directory that others write to, so a cell that a spreadsheet
 * would take for a formula gets an apostrophe in front.
 */
export function csvWriter(output: Output): RowWriter {
  const known = new Map<string, { readonly name: string; readonly account: string }>();
  const write = (rows: readonly (readonly string[])[]) => output.write(stringify([...rows], format));
  let begun = false;
  return {
    async add(batch) {
      for (const { id, displayName, profile } of batch.resources) {
        const account = profile?.principal_name;
        known.set(keyOf(id), { name: displayName, account: typeof account === "string" ? account : "" });
      }
      const rows = batch.grants.map((grant) => rowOf(grant, known));
      const header = begun ? [] : [grantColumns];
      begun = true;
      if (header.length + rows.length > 0) await write([...header, ...rows]);
    },
    async end() {
      if (!begun) await write([grantColumns]);
    },
  };
}

type Grant = StreamSyncResponse["grants"][number];
type Known = ReadonlyMap<string, { readonly name: string; readonly account: string }>;

function rowOf({ entitlement, principal, annotations }: Grant, known: Known): string[] {
  const resource = entitlement?.resource?.id;
  const holder = known.get(keyOf(principal?.id));
  // Who is in the group that holds it holds it too.
  const expandable = annotations.some(({ typeUrl }) => typeUrl.endsWith(`/${GrantExpandableSchema.typeName}`));
  return [
    resource?.resourceType ?? "",
    resource?.resource ?? "",
    known.get(keyOf(resource))?.name ?? "",
    entitlement?.slug ?? "",
    principal?.id?.resourceType ?? "",
    principal?.id?.resource ?? "",
    holder?.name ?? "",
    holder?.account ?? "",
    String(expandable),
  ];
}

function keyOf(id: { readonly resourceType: string; readonly resource: string } | undefined): string {
  return `${id?.resourceType}:${id?.resource}`;
}
