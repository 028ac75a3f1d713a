import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { GrantsService } from "../../gen/c1/connector/v2/grant_pb.js";
import { ResourcesService } from "../../gen/c1/connector/v2/resource_pb.js";
import { typesOf } from "./walk.ts";
import type { Replica } from "./world.ts";

/** What stands in the text fields of random messages. */
export interface Words {
  readonly types: readonly string[];
  readonly ids: readonly string[];
  readonly pageTokens: readonly string[];
  readonly syncIds: readonly string[];
}

/** Random messages as bytes, by their type: each field absent or present, with words that often make sense. */
export function messagesOf(words: Words): (desc: DescMessage) => fc.Arbitrary<Uint8Array> {
  const made = new Map<string, fc.Arbitrary<Uint8Array>>();

  function message(desc: DescMessage, depth: number): fc.Arbitrary<Uint8Array> {
    if (desc.typeName === "google.protobuf.Any") return any;
    if (depth === 0 || desc.fields.length === 0) return absent;
    const name = `${depth} ${desc.typeName}`;
    const known = made.get(name);
    if (known) return known;
    const fields = desc.fields.map((field) =>
      fc.oneof({ weight: 1, arbitrary: absent }, { weight: 2, arbitrary: present(field, depth) }),
    );
    const arbitrary = fc.tuple(...fields).map((parts) => Buffer.concat(parts));
    made.set(name, arbitrary);
    return arbitrary;
  }

  function present(field: DescField, depth: number): fc.Arbitrary<Uint8Array> {
    const { number, fieldKind } = field;
    if (fieldKind === "map") {
      const entry = fc.tuple(shortText, value(field, 2, depth)).map(([key, bytes]) => {
        const named = tagged(1, WireType.LengthDelimited).string(key).raw(bytes).finish();
        return lengthDelimited(number, named);
      });
      return several(entry);
    }
    const one = value(field, number, depth);
    return fieldKind === "list" ? several(one) : one;
  }

  function value(field: DescField, number: number, depth: number): fc.Arbitrary<Uint8Array> {
    if (field.message) return message(field.message, depth - 1).map((bytes) => lengthDelimited(number, bytes));
    if (field.enum) {
      const numbers = [...field.enum.values.map((known) => known.number), 9999, -1];
      return fc.constantFrom(...numbers).map((each) => tagged(number, WireType.Varint).int32(each).finish());
    }
    return scalar(field.scalar ?? ScalarType.BYTES, number, textOf(field.name, words));
  }

  return (desc) => message(desc, 4);
}

const several = (one: fc.Arbitrary<Uint8Array>) => fc.array(one, { maxLength: 3 }).map((all) => Buffer.concat(all));

function textOf(name: string, { types, ids, pageTokens, syncIds }: Words): fc.Arbitrary<string> {
  if (/token/.test(name)) return fc.constantFrom("", ...pageTokens, "garbage");
  if (name === "active_sync_id") return fc.constantFrom("", ...syncIds);
  if (/type/.test(name))
    return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...types) }, { weight: 1, arbitrary: shortText });
  if (/resource|id$/.test(name))
    return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ids, ...types) }, { weight: 1, arbitrary: shortText });
  return shortText;
}

const absent = fc.constant(new Uint8Array());
const shortText = fc.oneof(
  fc.constantFrom("", "x", "..", "a:b", "user", "\u001b[2J", "a\nb"),
  fc.string({ unit: "grapheme", maxLength: 12 }),
);

const typeUrl = fc.oneof(
  fc
    .constantFrom("TypeScopedGrants", "TypeScopedEntitlements", "UserTrait", "GrantExpandable", "Nothing")
    .map((name) => `type.googleapis.com/c1.connector.v2.${name}`),
  shortText,
);
const any = fc.tuple(typeUrl, fc.uint8Array({ maxLength: 12 })).map(([url, value]) => {
  const bytes = new BinaryWriter().tag(1, WireType.LengthDelimited).string(url);
  return bytes.tag(2, WireType.LengthDelimited).bytes(value).finish();
});

const tagged = (number: number, wireType: WireType) => new BinaryWriter().tag(number, wireType);
const lengthDelimited = (number: number, bytes: Uint8Array) =>
  tagged(number, WireType.LengthDelimited).bytes(bytes).finish();

const small = fc.constantFrom(0, 1, 2, 250, 251, 2 ** 31 - 1);

function scalar(type: ScalarType, number: number, text: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array> {
  switch (type) {
    case ScalarType.STRING:
      return text.map((value) => tagged(number, WireType.LengthDelimited).string(value).finish());
    case ScalarType.BYTES:
      return fc.uint8Array({ maxLength: 20 }).map((value) => lengthDelimited(number, value));
    case ScalarType.DOUBLE:
      return fc.double().map((value) => tagged(number, WireType.Bit64).double(value).finish());
    case ScalarType.FLOAT:
      return fc.float().map((value) => tagged(number, WireType.Bit32).float(value).finish());
    case ScalarType.BOOL:
      return fc.boolean().map((value) => tagged(number, WireType.Varint).bool(value).finish());
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
      return fc
        .bigInt({ min: 0n, max: 2n ** 63n - 1n })
        .map((value) => tagged(number, WireType.Varint).uint64(value).finish());
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return small.map((value) => tagged(number, WireType.Bit32).fixed32(value).finish());
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return small.map((value) => tagged(number, WireType.Bit64).fixed64(value).finish());
    default:
      return small.map((value) => tagged(number, WireType.Varint).uint32(value).finish());
  }
}

/** Words that make sense to a connector: ids of what it lists, and page tokens that it has handed out. */
export async function wordsOf(replica: Replica): Promise<Words> {
  const types = await typesOf(replica);
  const ids: string[] = [];
  const pageTokens: string[] = [];
  for (const resourceTypeId of types) {
    const request = { resourceTypeId, pageSize: 2, activeSyncId: "a" };
    const { list, nextPageToken } = await replica.call(ResourcesService.method.listResources, request);
    ids.push(...list.flatMap(({ id }) => id?.resource ?? []));
    if (nextPageToken !== "") pageTokens.push(nextPageToken);
    const resource = { id: { resourceType: resourceTypeId, resource: resourceTypeId } };
    const grants = await replica.call(GrantsService.method.listGrants, { resource, pageSize: 1, activeSyncId: "a" });
    if (grants.nextPageToken !== "") pageTokens.push(grants.nextPageToken);
  }
  return { types, ids, pageTokens, syncIds: ["a", "b"] };
}
