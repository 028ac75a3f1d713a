import type { DescEnum, DescExtension, DescField, DescMessage } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { file_buf_validate_validate as published } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { expect, test } from "vitest";
import { file_buf_validate_validate as ours } from "../../gen/buf/validate/validate_pb.js";

/** What makes two definitions read and write the same bytes, and the same option text. */
function shapeOf(field: DescField | DescExtension) {
  const { name, number, label, type, typeName } = field.proto;
  return { name, number, label, type, typeName: typeName.replace(/^\./, ""), oneof: field.oneof?.name };
}

function facts(type: DescMessage | DescEnum | DescExtension): [string, object][] {
  switch (type.kind) {
    case "message":
      return type.fields.map((field) => [`${type.typeName}.${field.name}`, shapeOf(field)]);
    case "enum":
      return type.values.map((value) => [`${type.typeName}.${value.name}`, { number: value.number }]);
    case "extension":
      return [[type.typeName, { ...shapeOf(type), extendee: type.extendee.typeName }]];
  }
}

function factsOf(file: typeof ours): Map<string, object> {
  const types = [...nestedTypes(file)].filter((type) => type.kind !== "service");
  return new Map(types.flatMap(facts));
}

const known = factsOf(published);

test.each([...factsOf(ours)])("%s is as in the published buf.validate", (name, shape) => {
  expect(shape).toEqual(known.get(name));
});

test("the syntax is that of the published file, on which presence depends", () => {
  expect(ours.edition).toBe(published.edition);
});
