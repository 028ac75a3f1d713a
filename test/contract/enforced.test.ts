import { create, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import { createValidator } from "@bufbuild/protovalidate";
import { expect, test } from "vitest";
import { StreamSyncRequestSchema } from "../../gen/azuredevops/connector/v1/sync_pb.js";
import { InvokeActionRequestSchema } from "../../gen/c1/connector/v2/action_pb.js";
import { AssetServiceGetAssetResponseSchema } from "../../gen/c1/connector/v2/asset_pb.js";
import { GrantManagerServiceGrantRequestSchema } from "../../gen/c1/connector/v2/grant_pb.js";
import {
  IssueCredentialRequestSchema,
  ResourcesServiceListResourcesRequestSchema,
} from "../../gen/c1/connector/v2/resource_pb.js";

const validator = createValidator();

function violations<T extends DescMessage>(schema: T, init: MessageInitShape<T>): string[] {
  const result = validator.validate(schema, create(schema, init));
  if (result.kind === "error") throw result.error;
  return (result.violations ?? []).map((violation) => violation.toString());
}

test("a listing request takes an empty page token and at most 250 rows a page", () => {
  const request = { resourceTypeId: "project" };
  expect(violations(ResourcesServiceListResourcesRequestSchema, { ...request, pageSize: 250 })).toEqual([]);
  expect(violations(ResourcesServiceListResourcesRequestSchema, { ...request, pageSize: 251 })).toHaveLength(1);
  expect(violations(ResourcesServiceListResourcesRequestSchema, {})).toHaveLength(1);
});

test("a bound in bytes counts bytes, not characters", () => {
  const request = (length: number) => ({ resourceTypeId: "é".repeat(length) });
  expect(violations(ResourcesServiceListResourcesRequestSchema, request(512))).toEqual([]);
  expect(violations(ResourcesServiceListResourcesRequestSchema, request(513))).toHaveLength(1);
});

test("a grant needs its entitlement and its principal", () => {
  expect(violations(GrantManagerServiceGrantRequestSchema, {})).toHaveLength(2);
});

test("a message whose oneof must be set is refused without a member", () => {
  expect(violations(AssetServiceGetAssetResponseSchema, {})).toHaveLength(1);
});

test("a pattern is matched in full", () => {
  expect(violations(IssueCredentialRequestSchema, { requestId: "run_1-a" })).toEqual([]);
  expect(violations(IssueCredentialRequestSchema, { requestId: "run 1" })).toHaveLength(1);
});

test("an action may be waited for up to a day, and need not be", () => {
  const request = (seconds: bigint) => ({ inlineWait: { seconds } });
  expect(violations(InvokeActionRequestSchema, {})).toEqual([]);
  expect(violations(InvokeActionRequestSchema, request(86_400n))).toEqual([]);
  expect(violations(InvokeActionRequestSchema, request(86_401n))).toHaveLength(1);
  expect(violations(InvokeActionRequestSchema, request(-1n))).toHaveLength(1);
});

test.each([
  ["everything", {}, 0],
  ["the largest batch", { batchSize: 10_000 }, 0],
  ["too large a batch", { batchSize: 10_001 }, 1],
  ["a type twice", { resourceTypeIds: ["project", "project"] }, 1],
  ["a type without a name", { resourceTypeIds: [""] }, 1],
  ["the longest resume token", { resumeToken: "a".repeat(1_048_576) }, 0],
  ["too long a resume token", { resumeToken: "a".repeat(1_048_577) }, 1],
  ["too long a sync id", { activeSyncId: "a".repeat(1025) }, 1],
])("a sync stream asked for %s", (_, init, count) => {
  expect(violations(StreamSyncRequestSchema, init)).toHaveLength(count);
});
