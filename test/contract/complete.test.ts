import { describe, expect, test } from "vitest";
import { contract, needsContract } from "./contract.ts";
import { enums, files, messages, services } from "./generated.ts";

const byName = <T>(entries: [string, T][]) => Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));

describe.skipIf(contract === undefined)(`generated code ${needsContract}`, () => {
  test("has the contract's files", () => {
    const paths = files.map((file) => `${file.name}.proto`);
    expect(paths.sort()).toEqual(contract?.files.sort());
  });

  test("has the contract's services and methods", () => {
    const ours = services.map((service): [string, object] => [
      service.typeName,
      service.methods.map((method) => ({
        name: method.name,
        request: method.input.typeName,
        response: method.output.typeName,
        client_streaming: method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming",
        server_streaming: method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming",
      })),
    ]);
    expect(byName(ours)).toEqual(byName((contract?.services ?? []).map(({ name, methods }) => [name, methods])));
  });

  test("has the contract's messages and fields, in its order", () => {
    const ours = messages.map((message): [string, object] => [
      message.typeName,
      message.fields.map(({ number, name }) => ({ n: number, name })),
    ]);
    const theirs = (contract?.messages ?? []).map(({ name, fields }): [string, object] => [
      name,
      fields.map((field) => ({ n: field.n, name: field.name })),
    ]);
    expect(byName(ours)).toEqual(byName(theirs));
  });

  test("has the contract's enums and values", () => {
    const ours = enums.map((enumeration): [string, object] => [
      enumeration.typeName,
      enumeration.values.map(({ number, name }) => ({ n: number, name })),
    ]);
    expect(byName(ours)).toEqual(byName((contract?.enums ?? []).map(({ name, values }) => [name, values])));
  });
});
