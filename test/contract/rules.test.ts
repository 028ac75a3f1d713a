import { fromJson, getOption, hasOption, type JsonObject, type JsonValue, toJson } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { FieldRulesSchema, field as fieldOption, oneof as oneofOption } from "../../gen/buf/validate/validate_pb.js";
import { type ContractRules, contract, needsContract } from "./contract.ts";
import { messages } from "./generated.ts";

/** A rule of the contract in buf.validate's terms, and undefined for one that demands nothing. */
function translate(rules: ContractRules): JsonValue | undefined {
  const translated: JsonObject = {};
  for (const [kind, bounds] of Object.entries(rules)) {
    const { ignore_empty, ...rest } = bounds;
    if (ignore_empty === true) translated.ignore = "IGNORE_IF_ZERO_VALUE";
    if (kind === "duration") translated[kind] = durations(rest);
    else if (kind !== "message") translated[kind] = rest;
    else if (rest.required === true) translated.required = true;
  }
  if (Object.keys(translated).length === 0) return undefined;
  // The round trip refuses rules that our definition lacks, and spells numbers as descriptors do.
  return toJson(FieldRulesSchema, fromJson(FieldRulesSchema, translated));
}

/** Durations are written {seconds} in the contract, {} being zero, and as text in protobuf's JSON. */
function durations(bounds: JsonObject): JsonObject {
  const text = (bound: JsonValue) => {
    if (typeof bound !== "object" || bound === null || Array.isArray(bound)) throw new Error("not a duration");
    return `${bound.seconds ?? 0}s`;
  };
  return Object.fromEntries(Object.entries(bounds).map(([name, bound]) => [name, text(bound)]));
}

function ourRules(): Map<string, JsonValue> {
  const fields = messages.flatMap((message) => message.fields);
  return new Map(
    fields
      .filter((field) => hasOption(field, fieldOption))
      .map((field) => [
        `${field.parent.typeName}.${field.name}`,
        toJson(FieldRulesSchema, getOption(field, fieldOption)),
      ]),
  );
}

function ourRequiredOneofs(): string[] {
  const oneofs = messages.flatMap((message) => message.oneofs);
  return oneofs
    .filter((oneof) => hasOption(oneof, oneofOption) && getOption(oneof, oneofOption).required)
    .map((oneof) => `${oneof.parent.typeName}.${oneof.name}`);
}

function contractRules(): Map<string, JsonValue> {
  const rules = new Map<string, JsonValue>();
  for (const message of contract?.messages ?? []) {
    for (const field of message.fields) {
      const translated = field.rules && translate(field.rules);
      if (translated !== undefined) rules.set(`${message.name}.${field.name}`, translated);
    }
  }
  return rules;
}

describe.skipIf(contract === undefined)(`validation rules ${needsContract}`, () => {
  const wanted = contractRules();
  const present = ourRules();

  test.each([...wanted])("%s has the contract's rules", (name, rules) => {
    expect(present.get(name)).toEqual(rules);
  });

  test("no field has rules that the contract lacks", () => {
    expect([...present.keys()].filter((name) => !wanted.has(name))).toEqual([]);
  });

  test("the oneofs that must be set are those of the contract", () => {
    const required = (contract?.messages ?? []).flatMap((message) =>
      message.oneofs.filter((oneof) => oneof.required).map((oneof) => `${message.name}.${oneof.name}`),
    );
    expect(ourRequiredOneofs().sort()).toEqual(required.sort());
  });
});
