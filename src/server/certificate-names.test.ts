import { describe, expect, test } from "vitest";
import { namesOf } from "./certificate-names.ts";

const subject = { C: "", ST: "", L: "", O: "", OU: "", CN: "common" };

describe("the names of a certificate", () => {
  test.each([
    { what: "none", alternatives: undefined, names: ["common"] },
    {
      what: "DNS and URI",
      alternatives: "DNS:a.example, URI:spiffe://x/y",
      names: ["a.example", "spiffe://x/y", "common"],
    },
    {
      what: "other kinds",
      alternatives: "email:a@b.example, IP Address:127.0.0.1, DirName:CN = a.example, DNS:b.example",
      names: ["b.example", "common"],
    },
    {
      what: "one in quotes, which pretends to be two",
      alternatives: 'DNS:"a.example, DNS:evil.example", URI:b',
      names: ["a.example, DNS:evil.example", "b", "common"],
    },
    { what: "an escaped quote", alternatives: 'DNS:"a\\", URI:evil", DNS:c', names: ['a", URI:evil', "c", "common"] },
    { what: "one twice", alternatives: "DNS:common, DNS:common", names: ["common"] },
  ])("with $what among the alternatives", ({ alternatives, names }) => {
    const subjectaltname = alternatives === undefined ? {} : { subjectaltname: alternatives };
    expect(namesOf({ subject, ...subjectaltname })).toEqual(names);
  });

  test("have every common name, and can be none", () => {
    const several = { subject: { ...subject, CN: ["one", "two"] } };
    expect(Reflect.apply(namesOf, undefined, [several])).toEqual(["one", "two"]);
    expect(Reflect.apply(namesOf, undefined, [{}])).toEqual([]);
  });
});
