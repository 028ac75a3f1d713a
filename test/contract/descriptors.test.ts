import { describe, expect, test } from "vitest";
import { identityTypeOf, payloadText, subjectOfIdentity } from "../../src/azure-devops/descriptors.ts";
import { exampleBody, exampleFiles, haveDocuments, needsDocuments } from "./openapi-requests.ts";

/** One identity in both its forms. */
type Pair = readonly [identity: string, subject: string];

const isText = (value: unknown): value is string => typeof value === "string";

/** Pairs anywhere in an answer: identities tell their subject descriptor, Graph subjects their legacy one. */
function pairsIn(value: unknown): Pair[] {
  if (typeof value !== "object" || value === null) return [];
  const { descriptor, subjectDescriptor, legacyDescriptor }: Record<string, unknown> = { ...value };
  const own: Pair[] = [];
  if (isText(descriptor) && isText(subjectDescriptor)) own.push([descriptor, subjectDescriptor]);
  if (isText(descriptor) && isText(legacyDescriptor)) own.push([legacyDescriptor, descriptor]);
  return [...own, ...Object.values(value).flatMap(pairsIn)];
}

const typeOfPrefix: Readonly<Record<string, string>> = {
  vssgp: "Microsoft.TeamFoundation.Identity",
  aadgp: "Microsoft.TeamFoundation.Identity",
  svc: "Microsoft.TeamFoundation.ServiceIdentity",
  bnd: "Microsoft.TeamFoundation.BindPendingIdentity",
};

const prefixOf = (subject: string) => subject.slice(0, subject.indexOf("."));

/** All subject descriptors anywhere in an answer, with the origin id beside each. */
function subjectsIn(value: unknown): [descriptor: string, originId: unknown][] {
  if (typeof value !== "object" || value === null) return [];
  const { descriptor, originId }: Record<string, unknown> = { ...value };
  const own: [string, unknown][] = isText(descriptor) && !descriptor.includes(";") ? [[descriptor, originId]] : [];
  return [...own, ...Object.values(value).flatMap(subjectsIn)];
}

/** A GUID as the four numbers of a SID: the bytes in .NET's order, read as big-endian numbers (facts 2.3). */
function sidNumbers(guid: string): string {
  const [a = "", b = "", c = "", ...rest] = guid.split("-");
  const swap = (hex: string) => Buffer.from(hex, "hex").reverse();
  const bytes = Buffer.concat([swap(a), swap(b), swap(c), Buffer.from(rest.join(""), "hex")]);
  return [0, 4, 8, 12].map((at) => bytes.readUInt32BE(at)).join("-");
}

describe.skipIf(!haveDocuments)(`descriptors of Microsoft's examples ${needsDocuments}`, () => {
  const bodies = haveDocuments ? [...exampleFiles("graph"), ...exampleFiles("ims")].map(exampleBody) : [];
  const pairs = [...new Map(bodies.flatMap(pairsIn).map((pair) => [pair.join(), pair])).values()];
  const computed = pairs.filter(([, subject]) => prefixOf(subject) in typeOfPrefix);
  const subjects = [...new Map(bodies.flatMap(subjectsIn)).entries()].filter(
    ([each]) => prefixOf(each) in typeOfPrefix,
  );

  test("hold a group in both forms, and both kinds of groups in one of them", () => {
    expect(computed.length).toBeGreaterThan(0);
    expect(new Set(subjects.map(([subject]) => prefixOf(subject)))).toEqual(new Set(["vssgp", "aadgp", "svc"]));
  });

  test("in both forms convert, from the identity's to the subject's", () => {
    expect(computed.map(([identity]) => subjectOfIdentity(identity))).toEqual(computed.map(([, subject]) => subject));
  });

  test("of groups and service identities convert to an identity's and back", () => {
    const all = [...subjects.map(([subject]) => subject), ...computed.map(([, subject]) => subject)];
    const identities = all.map((subject) => `${typeOfPrefix[prefixOf(subject)]};${payloadText(subject)}`);
    expect(identities.map(subjectOfIdentity)).toEqual(all);
    expect(identities.slice(-computed.length)).toEqual(computed.map(([identity]) => identity));
  });

  test("of Entra groups are their object id in the words of a SID", () => {
    const entra = subjects.filter(([subject, originId]) => prefixOf(subject) === "aadgp" && isText(originId));
    expect(entra.length).toBeGreaterThan(0);
    const sids = entra.map(([, originId]) => {
      const sid = `S-1-9-1551374245-1204400969-2402986413-2179408616-3-${sidNumbers(String(originId))}`;
      return subjectOfIdentity(`Microsoft.TeamFoundation.Identity;${sid}`);
    });
    expect(sids).toEqual(entra.map(([subject]) => subject));
  });

  test("of people and applications are not guessed", () => {
    const others = pairs.filter((pair) => !computed.includes(pair));
    expect(others.length).toBeGreaterThan(0);
    expect(others.map(([identity]) => [identityTypeOf(identity), subjectOfIdentity(identity)])).toEqual(
      others.map(([identity]) => [identityTypeOf(identity), undefined]),
    );
  });
});
