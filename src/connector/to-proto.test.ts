import {
  createRegistry as createTypeRegistry,
  type DescMessage,
  fromBinary,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { createValidator } from "@bufbuild/protovalidate";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { file_c1_connector_v2_annotation_grant } from "../../gen/c1/connector/v2/annotation_grant_pb.js";
import {
  AliasesSchema,
  file_c1_connector_v2_annotation_id_alias,
} from "../../gen/c1/connector/v2/annotation_id_alias_pb.js";
import { file_c1_connector_v2_annotation_resource_tree } from "../../gen/c1/connector/v2/annotation_resource_tree_pb.js";
import {
  file_c1_connector_v2_annotation_trait,
  SecretTrait_CredentialType,
  SecretTraitSchema,
  UserTraitSchema,
} from "../../gen/c1/connector/v2/annotation_trait_pb.js";
import { EntitlementSchema } from "../../gen/c1/connector/v2/entitlement_pb.js";
import { GrantSchema } from "../../gen/c1/connector/v2/grant_pb.js";
import { ResourceSchema, ResourceTypeSchema } from "../../gen/c1/connector/v2/resource_pb.js";
import { anyText, definition, grantRow, resource, resourceRef, typeId } from "../../test/support/arbitraries.ts";
import type { Resource } from "./model.ts";
import { entitlementMessage, grantMessage } from "./rights-to-proto.ts";
import { resourceMessage, resourceTypeMessage } from "./to-proto.ts";

const validator = createValidator();
const annotationTypes = createTypeRegistry(
  file_c1_connector_v2_annotation_grant,
  file_c1_connector_v2_annotation_id_alias,
  file_c1_connector_v2_annotation_resource_tree,
  file_c1_connector_v2_annotation_trait,
);

/** Which rules of the contract a message and its annotations break, after a way over the wire. */
function broken(schema: DescMessage, message: Message): string[] {
  const result = validator.validate(schema, fromBinary(schema, toBinary(schema, message)));
  if (result.kind === "valid") return [];
  return result.kind === "error" ? [String(result.error)] : result.violations.map(String);
}

function brokenAnnotations({ annotations }: ReturnType<typeof resourceMessage>): string[] {
  return annotations.flatMap((annotation) => {
    const schema = annotationTypes.getMessage(annotation.typeUrl.slice(annotation.typeUrl.lastIndexOf("/") + 1));
    const message = schema && anyUnpack(annotation, schema);
    return schema && message ? broken(schema, message) : [`unknown annotation ${annotation.typeUrl}`];
  });
}

const short: Resource = { type: "user", id: "aad.x", displayName: "Someone" };

describe("within the contract's bounds is", () => {
  test("every resource, however long its texts are", () => {
    fc.assert(
      fc.property(resource, (row) => {
        const message = resourceMessage(row);
        expect([...broken(ResourceSchema, message), ...brokenAnnotations(message)]).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  test("every resource type", () => {
    const types = fc.record({
      id: typeId,
      displayName: anyText,
      description: anyText,
      traits: fc.uniqueArray(fc.constantFrom("user", "group", "app")),
    });
    fc.assert(
      fc.property(types, (type) => {
        expect(broken(ResourceTypeSchema, resourceTypeMessage(type))).toEqual([]);
      }),
    );
  });

  test("every entitlement and grant of resources whose ids are as long as upstream's", () => {
    const isUsual = ({ id, type }: { id: string; type: string }) => id.length <= 256 && type.length <= 32;
    const usual = resourceRef.filter(isUsual);
    fc.assert(
      fc.property(usual, definition, grantRow, usual, (of, entitlement, row, principal) => {
        const message = entitlementMessage({ resource: of, definition: entitlement });
        expect(broken(EntitlementSchema, message)).toEqual([]);
        expect(broken(GrantSchema, grantMessage({ ...row, resource: of, principal }))).toEqual([]);
      }),
    );
  });
});

describe("a name that is too long", () => {
  test("is cut, between characters", () => {
    const message = resourceMessage({ ...short, displayName: "€".repeat(1000), description: "𝒳".repeat(1000) });
    expect(message.displayName).toBe("€".repeat(341));
    expect(message.description).toBe("𝒳".repeat(512));
  });

  test("is cut in a profile and in a status, too", () => {
    const message = resourceMessage({
      ...short,
      profile: { note: "x".repeat(10_000), count: 7, flag: false },
      status: { value: "disabled", details: "x".repeat(5000) },
    });
    expect(message.profile).toEqual({ note: "x".repeat(4096), count: 7, flag: false });
    expect(message.status?.details).toHaveLength(1024);
  });
});

describe("a resource", () => {
  test("leaves out of its profile what is empty, and keeps zero and false", () => {
    const profile = { none: null, absent: undefined, empty: "", zero: 0, no: false, text: "t" };
    expect(resourceMessage({ ...short, profile }).profile).toEqual({ zero: 0, no: false, text: "t" });
  });

  test("of a user says so in a trait: sign-in name, the first address as primary, last use", () => {
    const lastLogin = new Date("2026-11-22T10:00:00Z");
    const { annotations } = resourceMessage({
      ...short,
      user: { login: "someone", emails: ["a@example.com", "b@example.com"], accountType: "human", lastLogin },
    });
    const [trait] = annotations.map((annotation) => anyUnpack(annotation, UserTraitSchema));
    expect(trait?.login).toBe("someone");
    expect(trait?.emails.map(({ address, isPrimary }) => [address, isPrimary])).toEqual([
      ["a@example.com", true],
      ["b@example.com", false],
    ]);
    expect(trait?.lastLogin?.seconds).toBe(BigInt(lastLogin.getTime() / 1000));
  });

  test("that is a secret says whose it is, what sort, and when it lapses, if ever", () => {
    const owner = { type: "user", id: "aad.x" };
    const expiresAt = new Date("2026-12-01T00:00:00Z");
    const secret = { owner, kind: "static-secret", detail: "personal-access-token", expiresAt } as const;
    const traitOf = (row: Parameters<typeof resourceMessage>[0]) => {
      const [trait] = resourceMessage(row).annotations;
      return trait && anyUnpack(trait, SecretTraitSchema);
    };
    expect(traitOf({ ...short, secret })).toMatchObject({
      identityId: { resourceType: "user", resource: "aad.x" },
      credentialType: SecretTrait_CredentialType.STATIC_SECRET,
      credentialDetail: "personal-access-token",
      expiresAt: { seconds: BigInt(expiresAt.getTime() / 1000) },
    });
    const key = traitOf({ ...short, secret: { owner, kind: "asymmetric-key", detail: "ssh-key" } });
    expect([key?.credentialType, key?.expiresAt]).toEqual([SecretTrait_CredentialType.ASYMMETRIC_KEY, undefined]);
  });

  test("has its other ids as aliases, and none without", () => {
    const [aliases] = resourceMessage({ ...short, aliases: ["7f1d", "old"] }).annotations;
    expect(aliases && anyUnpack(aliases, AliasesSchema)?.ids).toEqual(["7f1d", "old"]);
    expect(resourceMessage({ ...short, aliases: [] }).annotations).toEqual([]);
  });

  test("has no alias that is not its own: one that is too long is left out, not cut", () => {
    const aliases = ["x".repeat(300), "7f1d"];
    const [annotation] = resourceMessage({ ...short, aliases }).annotations;
    expect(annotation && anyUnpack(annotation, AliasesSchema)?.ids).toEqual(["7f1d"]);
  });

  test("survives lone surrogates in every text", () => {
    const odd = "a\ud800b";
    const message = resourceMessage({
      ...short,
      displayName: odd,
      description: odd,
      profile: { odd },
      user: { login: odd, emails: [], accountType: "human" },
    });
    const decoded = fromBinary(ResourceSchema, toBinary(ResourceSchema, message));
    expect([decoded.displayName, decoded.description, decoded.profile?.odd]).toEqual(Array(3).fill("a\ufffdb"));
  });
});
