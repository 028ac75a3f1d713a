import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  canonicalDescriptor,
  identityTypeOf,
  isEntraGroup,
  kindOf,
  parseDate,
  payloadText,
  prefixOf,
  projectOfDomain,
  subjectOfIdentity,
} from "./descriptors.ts";

const sidRoot = "S-1-9-1551374245";
const group = "Microsoft.TeamFoundation.Identity";

describe("subjectOfIdentity", () => {
  test.each([
    // Check values of facts 2.3: the Entra object id f0d20172-7b96-42f6-9436-941433654b48, and a collection's group.
    [
      `${group};${sidRoot}-1204400969-2402986413-2179408616-3-1912722160-2524706370-2486604820-862276424`,
      "aadgp.Uy0xLTktMTU1MTM3NDI0NS0xMjA0NDAwOTY5LTI0MDI5ODY0MTMtMjE3OTQwODYxNi0zLTE5MTI3MjIxNjAtMjUyNDcwNjM3MC0yNDg2NjA0ODIwLTg2MjI3NjQyNA",
    ],
    [
      `${group};${sidRoot}-2176056848-3280077385-2384430082-2577697508-0-0-0-1-1`,
      "vssgp.Uy0xLTktMTU1MTM3NDI0NS0yMTc2MDU2ODQ4LTMyODAwNzczODUtMjM4NDQzMDA4Mi0yNTc3Njk3NTA4LTAtMC0wLTEtMQ",
    ],
  ])("computes a published group's descriptor from its SID", (identity, subject) => {
    expect(subjectOfIdentity(identity)).toBe(subject);
    expect(`${group};${payloadText(subject)}`).toBe(identity);
  });

  test("tells Entra groups by the whole of their SID prefix", () => {
    const near = `${group};${sidRoot}-1204400969-2402986413-2179408616-0-0-0-0-3`;
    expect(subjectOfIdentity(near)).toMatch(/^vssgp\./);
    expect(isEntraGroup(subjectOfIdentity(near) ?? "")).toBe(false);
    const entra = `${group};s-1-9-1551374245-1204400969-2402986413-2179408616-3-1-2-3-4`;
    expect(isEntraGroup(subjectOfIdentity(entra) ?? "")).toBe(true);
  });

  test("computes groups and service identities, whatever the case of type, SID and GUIDs", () => {
    const build = "0A1B2C3D-0000-4000-8000-00000000000F:Build:x";
    const administrators = "s-1-9-1551374245-1-2-3-4-0-0-0-0-1";
    const service = subjectOfIdentity(`MICROSOFT.TeamFoundation.ServiceIdentity;${build}`) ?? "";
    const group = subjectOfIdentity(`Microsoft.TeamFoundation.Identity;${administrators}`) ?? "";
    expect([prefixOf(service), payloadText(service)]).toEqual(["svc", "0a1b2c3d-0000-4000-8000-00000000000f:Build:x"]);
    expect([prefixOf(group), payloadText(group)]).toEqual(["vssgp", administrators.toUpperCase()]);
  });

  test.each([
    "Microsoft.IdentityModel.Claims.ClaimsIdentity;tenant\\user@example.com",
    "Microsoft.VisualStudio.Services.Claims.AadServicePrincipal;tenant\\object",
    "System:ServicePrincipal;x",
    "Microsoft.TeamFoundation.BindPendingIdentity;upn:tenant\\someone@example.com",
    "Microsoft.TeamFoundation.Identity",
    "",
  ])("does not guess for %j", (identity) => {
    expect(subjectOfIdentity(identity)).toBeUndefined();
  });

  test("keeps the identifier of every group and service identity", () => {
    const types = fc.constantFrom(group, "Microsoft.TeamFoundation.ServiceIdentity");
    fc.assert(
      fc.property(types, fc.string({ unit: "grapheme" }), (type, identifier) => {
        const subject = subjectOfIdentity(`${type};${identifier}`) ?? "";
        expect(payloadText(subject)).toBe(identifier);
        expect(subject).toMatch(/^(vssgp|aadgp|svc)\.[A-Za-z0-9_-]*$/);
      }),
    );
  });
});

describe("descriptors", () => {
  test.each([
    ["aad.MDA", "aad", "user"],
    ["MSA.MDA", "msa", "user"],
    ["bnd.x", "bnd", "user"],
    ["vssgp.Uy0x", "vssgp", "group"],
    ["AadGp.Uy0x", "aadgp", "group"],
    ["aadsp.x", "aadsp", "service-principal"],
    ["svc.x.y", "svc", "service-account"],
    ["s2s.x", "s2s", "service-account"],
    ["scp.x", "scp", "other"],
    ["ukn.x", "ukn", "other"],
    ["constructor.x", "constructor", "other"],
    ["none", "", "other"],
    ["", "", "other"],
  ])("%j has the prefix %j and is of kind %s", (descriptor, prefix, kind) => {
    expect(prefixOf(descriptor)).toBe(prefix);
    expect(kindOf(descriptor)).toBe(kind);
  });

  test("have one spelling: the prefix in lower case, the payload as it is", () => {
    expect(canonicalDescriptor("VSSGP.Uy0x.Y")).toBe("vssgp.Uy0x.Y");
    expect(canonicalDescriptor("aad.MDA")).toBe("aad.MDA");
    expect(canonicalDescriptor("NoDot")).toBe("NoDot");
  });

  test("an identity's type is told without who it is", () => {
    const identity = "Microsoft.IdentityModel.Claims.ClaimsIdentity;tenant\\user@example.com";
    expect(identityTypeOf(identity)).toBe("Microsoft.IdentityModel.Claims.ClaimsIdentity");
    expect(identityTypeOf("user@example.com")).toBe("unknown");
  });

  test("a group's domain names its project, when it is a project's group", () => {
    const id = "EB6E4656-77FC-42A1-9181-4C6D8E9DA5D1";
    expect(projectOfDomain(`vstfs:///Classification/TeamProject/${id}`)).toBe(id.toLowerCase());
    for (const domain of [null, undefined, "", `vstfs:///Framework/IdentityDomain/${id}`, id, `${id}/x`]) {
      expect(projectOfDomain(domain)).toBeUndefined();
    }
  });
});

describe("parseDate", () => {
  test.each([
    ["2026-11-22T10:20:30Z", "2026-11-22T10:20:30.000Z"],
    ["2026-11-22T10:20:30", "2026-11-22T10:20:30.000Z"],
    ["2026-11-22T10:20:30.1234567Z", "2026-11-22T10:20:30.123Z"],
    ["2026-11-22T10:20:30.1234567", "2026-11-22T10:20:30.123Z"],
    ["2026-11-22T10:20:30.5Z", "2026-11-22T10:20:30.500Z"],
    ["2026-11-22T10:20:30+02:00", "2026-11-22T08:20:30.000Z"],
    ["2026-11-22T10:20:30.1234567-0530", "2026-11-22T15:50:30.123Z"],
    ["2026-11-22", "2026-11-22T00:00:00.000Z"],
  ])("reads %s in UTC where no zone is told", (text, iso) => {
    expect(parseDate(text)?.toISOString()).toBe(iso);
  });

  test.each([
    "0001-01-01T00:00:00",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00.0000000Z",
    null,
    undefined,
    "",
    "soon",
  ])("takes %j for never", (text) => {
    expect(parseDate(text)).toBeUndefined();
  });

  test("gives back any date that was written with up to seven digits of a second", () => {
    const dates = fc.date({ min: new Date("1900-01-01"), max: new Date("2200-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(dates, fc.constantFrom("", "0", "0000", "9999"), fc.boolean(), (date, digits, zoned) => {
        const text = `${date.toISOString().slice(0, -1)}${digits}${zoned ? "Z" : ""}`;
        expect(parseDate(text)?.getTime()).toBe(date.getTime());
      }),
    );
  });
});
