import fc from "fast-check";
import { expect, test } from "vitest";
import { customSid, encodePayload, entraSid, guid, sidNumbers, wellKnownSid, withVersion } from "./ids.ts";

test("a GUID becomes the four numbers of a SID as in published examples (facts 2.3)", () => {
  expect(sidNumbers("10feb381-82c3-4902-8e1f-840299a48ae4")).toBe("2176056848-3280077385-2384430082-2577697508");
  expect(sidNumbers("f0d20172-7b96-42f6-9436-941433654b48")).toBe("1912722160-2524706370-2486604820-862276424");
});

test("descriptors of published groups come out of their ids alone (SPEC examples)", () => {
  expect(`aadgp.${encodePayload(entraSid("f0d20172-7b96-42f6-9436-941433654b48"))}`).toBe(
    "aadgp.Uy0xLTktMTU1MTM3NDI0NS0xMjA0NDAwOTY5LTI0MDI5ODY0MTMtMjE3OTQwODYxNi0zLTE5MTI3MjIxNjAtMjUyNDcwNjM3MC0yNDg2NjA0ODIwLTg2MjI3NjQyNA",
  );
  expect(`vssgp.${encodePayload(wellKnownSid("10feb381-82c3-4902-8e1f-840299a48ae4", "0-0-0-1-1"))}`).toBe(
    "vssgp.Uy0xLTktMTU1MTM3NDI0NS0yMTc2MDU2ODQ4LTMyODAwNzczODUtMjM4NDQzMDA4Mi0yNTc3Njk3NTA4LTAtMC0wLTEtMQ",
  );
});

test("a custom SID has the scope, a one and four numbers of its own", () => {
  const sid = customSid("10feb381-82c3-4902-8e1f-840299a48ae4", "f0d20172-7b96-42f6-9436-941433654b48");
  expect(sid).toBe(
    "S-1-9-1551374245-2176056848-3280077385-2384430082-2577697508-1-1912722160-2524706370-2486604820-862276424",
  );
});

test("GUIDs are well formed, and differ by seed, salt and index", () => {
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-[467][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  const numbers = fc.nat({ max: 5_000_000 });
  const made = fc.property(numbers, numbers, fc.constantFrom(4, 6, 7), (seed, index, version) => {
    const id = guid(seed, "user", index, version);
    expect(id).toMatch(form);
    expect(id).toBe(guid(seed, "user", index, version));
    expect(
      new Set([id, guid(seed + 1, "user", index), guid(seed, "team", index), guid(seed, "user", index + 1)]).size,
    ).toBe(4);
  });
  fc.assert(made);
});

test("no two of many GUIDs are equal", () => {
  const ids = new Set<string>();
  for (let index = 0; index < 50_000; index++) {
    ids.add(guid(1, "user", index));
    ids.add(guid(1, "group", index));
  }
  expect(ids.size).toBe(100_000);
});

test("another version changes the version digit alone", () => {
  expect(withVersion("9b71f216-4c4f-6b74-a911-efb0fa9c777f", 7)).toBe("9b71f216-4c4f-7b74-a911-efb0fa9c777f");
});
