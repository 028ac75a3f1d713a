import { createRegistry, type DescMessage, type JsonValue, type MessageShape, toJson } from "@bufbuild/protobuf";
import type { StreamSyncResponse } from "../../gen/azuredevops/connector/v1/sync_pb.js";
import { EntitlementSchema } from "../../gen/c1/connector/v2/entitlement_pb.js";
import { GrantSchema } from "../../gen/c1/connector/v2/grant_pb.js";
import { ResourceSchema, ResourceTypeSchema } from "../../gen/c1/connector/v2/resource_pb.js";
import { protoFiles } from "../server/descriptors.ts";
import type { Output } from "./output.ts";

/** Writes the rows of a sync as they come. */
export interface RowWriter {
  add(batch: StreamSyncResponse): Promise<void>;
  end(): Promise<void>;
}

const kinds = ["resourceTypes", "resources", "entitlements", "grants"] as const;
type Kind = (typeof kinds)[number];

const registry = createRegistry(...protoFiles);

const json = <D extends DescMessage>(schema: D, message: MessageShape<D>): JsonValue =>
  toJson(schema, message, { registry });

function rowsOf(batch: StreamSyncResponse, kind: Kind): JsonValue[] {
  switch (kind) {
    case "resourceTypes":
      return batch.resourceTypes.map((row) => json(ResourceTypeSchema, row));
    case "resources":
      return batch.resources.map((row) => json(ResourceSchema, row));
    case "entitlements":
      return batch.entitlements.map((row) => json(EntitlementSchema, row));
    case "grants":
      return batch.grants.map((row) => json(GrantSchema, row));
  }
}

/** One JSON object a line, each with the kind of row that it is. */
export function ndjsonWriter(output: Output): RowWriter {
  return {
    async add(batch) {
      const lines = kinds.flatMap((kind) =>
        rowsOf(batch, kind).map((row) => JSON.stringify({ kind: singular[kind], row })),
      );
      if (lines.length > 0) await output.write(`${lines.join("\n")}\n`);
    },
    end: async () => undefined,
  };
}

const singular: Record<Kind, string> = {
  resourceTypes: "resource_type",
  resources: "resource",
  entitlements: "entitlement",
  grants: "grant",
};

/** One JSON document with a list for each kind, written as the rows come: kinds come one after the other. */
export function jsonWriter(output: Output): RowWriter {
  let open: Kind | undefined;
  let rows = 0;
  async function moveTo(kind: Kind | undefined): Promise<void> {
    const from = open === undefined ? 0 : kinds.indexOf(open) + 1;
    const to = kind === undefined ? kinds.length : kinds.indexOf(kind) + 1;
    for (const next of kinds.slice(from, to)) {
      await output.write(open === undefined ? `{"${next}":[` : `],"${next}":[`);
      open = next;
      rows = 0;
    }
  }
  return {
    async add(batch) {
      for (const kind of kinds) {
        const found = rowsOf(batch, kind);
        if (found.length === 0) continue;
        if (open !== kind) await moveTo(kind);
        await output.write(`${rows > 0 ? "," : ""}\n${found.map((row) => JSON.stringify(row)).join(",\n")}`);
        rows += found.length;
      }
    },
    async end() {
      await moveTo(undefined);
      await output.write("]}\n");
    },
  };
}
