import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { Beliefs, Emulator, EmulatorOptions } from "../../src/emulator/index.ts";
import { defaultBeliefs, descriptorOf, projectAt, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { ask, walkEntitlements, walkGraph } from "./requests.ts";

let emulator: Emulator;
afterEach(() => emulator?.close());

async function believing(beliefs: Partial<Beliefs>, options: EmulatorOptions = {}): Promise<Emulator> {
  await emulator?.close();
  emulator = await startEmulator({ ...options, beliefs });
  return emulator;
}

const preview = "api-version=7.1-preview.1";
const suppress = { "X-TFS-FedAuthRedirect": "Suppress" };
const batch = (body: object, version = "7.1-preview.1") =>
  ask(emulator, `_apis/identitybatch?api-version=${version}`, {
    host: "vssps",
    method: "POST",
    body: JSON.stringify(body),
  });

test("identityBatch and identityBatchVersion", async () => {
  await believing({});
  const body = { identityIds: [subjectAt(emulator.state, 0).storageKey] };
  expect((await batch(body)).status).toBe(200);
  expect((await batch(body, "7.1")).json.typeKey).toBe("VssInvalidPreviewVersionException");
  await believing({ identityBatchVersion: "released" });
  expect((await batch(body, "7.1")).status).toBe(200);
  await believing({ identityBatch: "missing" });
  expect((await batch(body)).text).toContain("was not found");
});

test("missingScope", async () => {
  const status = async () => {
    const options = { authorization: `Bearer ${emulator.syncOnlyToken}`, host: "vsaex", with: suppress } as const;
    const { json, status: code } = await ask(emulator, "_apis/userentitlements", options);
    return [code, json.typeKey];
  };
  await believing({ missingScope: "403" });
  expect(await status()).toEqual([403, "UnauthorizedRequestException"]);
  await believing({ missingScope: "sign-in", signIn: "html" });
  expect(await status()).toEqual([203, undefined]);
});

test("signIn", async () => {
  await believing({ signIn: "html" });
  const { headers, status } = await ask(emulator, "_apis/projects", { authorization: null });
  expect([status, headers.get("content-type")]).toEqual([203, "text/html; charset=utf-8"]);
});

test("entitlementRows and entitlementEnd", async () => {
  const last = async () => {
    const { json } = await ask(emulator, "_apis/userentitlements?$filter=userType eq 'none'", { host: "vsaex" });
    return json;
  };
  await believing({ entitlementRows: "members", entitlementEnd: "empty" });
  expect(await last()).toEqual({ members: [], continuationToken: "", totalCount: 0 });
  await believing({ entitlementRows: "both", entitlementEnd: "null" });
  expect(await last()).toEqual({ members: [], items: [], continuationToken: null, totalCount: 0 });
  await believing({});
  expect(await last()).toEqual({ items: [], totalCount: 0 });
});

test("serviceAccountsInUsers", async () => {
  const counts: number[] = [];
  for (const serviceAccountsInUsers of ["none", "some", "all"] as const) {
    await believing({ serviceAccountsInUsers });
    const users = await walkGraph(emulator, "users");
    counts.push(users.rows.filter((row) => row.descriptor.startsWith("svc.")).length);
    expect(users.rows).toHaveLength(emulator.totals.users);
  }
  expect(counts).toEqual([0, expect.any(Number), emulator.totals.serviceAccounts - 1]);
  expect(counts[1]).toBeGreaterThan(0);
  expect(counts[1]).toBeLessThan(counts[2] ?? 0);
});

test("deletedGroups", async () => {
  const flagged = async () => (await walkGraph(emulator, "groups")).rows.filter((row) => row.isDeleted).length;
  await believing({});
  expect(await flagged()).toBe(0);
  await believing({ deletedGroups: "flagged" });
  expect(await flagged()).toBe(1);
});

test("servicePrincipalsInUserEntitlements", async () => {
  const principals = async () =>
    (await walkEntitlements(emulator)).rows
      .filter((row) => row.user?.descriptor.startsWith("aadsp."))
      .map((row) => row.user?.subjectKind);
  await believing({});
  expect(await principals()).toEqual([]);
  await believing({ servicePrincipalsInUserEntitlements: true });
  expect(await principals()).toEqual(Array(emulator.totals.servicePrincipalEntitlements).fill("user"));
});

test("entraMembersInIdentities and entraMembersInGraph", async () => {
  const seen = async () => {
    const entra = emulator.state.subjects.find((subject) => subject.group?.kind === "entra");
    const descriptor = entra ? descriptorOf(entra) : "";
    const held = entra?.group?.members.length;
    const identities = await batch({ subjectDescriptors: [descriptor], queryMembership: "direct" });
    const down = await ask(emulator, `_apis/graph/memberships/${descriptor}?direction=down&${preview}`, {
      host: "vssps",
    });
    return { held, identities: identities.json.value[0]?.memberIds?.length, graph: down.json.count };
  };
  await believing({});
  expect(await seen()).toEqual({ held: 150, identities: 99, graph: 0 });
  await believing({ entraMembersInIdentities: "none", entraMembersInGraph: "partial" });
  expect(await seen()).toEqual({ held: 150, identities: 0, graph: 150 });
});

test("projectContinuation", async () => {
  const token = async () => (await ask(emulator, "_apis/projects?$top=3")).headers.get("x-ms-continuationtoken");
  await believing({});
  expect(await token()).toBe("3");
  await believing({ projectContinuation: "absent" });
  expect(await token()).toBeNull();
});

test("memberOrder", async () => {
  const aligned = async () => {
    const group = emulator.state.subjects.find(
      (subject) => subject.group?.kind === "made" && subject.group.members.length > 20,
    );
    const { json } = await batch({ subjectDescriptors: [group ? descriptorOf(group) : ""], queryMembership: "Direct" });
    const members = json.value[0]?.members ?? [];
    const ids = json.value[0]?.memberIds ?? [];
    const keys = new Map(emulator.state.subjects.map((subject) => [subject.identity, subject.storageKey]));
    const expected = members.map((member) => keys.get(member));
    expect([...ids].sort()).toEqual([...expected].sort());
    return expected.every((key, at) => key === ids[at]);
  };
  await believing({ memberOrder: "aligned" });
  expect(await aligned()).toBe(true);
  await believing({});
  expect(await aligned()).toBe(false);
});

test("teamAdministrator and isTeamAdminFalse", async () => {
  const admins = async () => {
    const entry = emulator.state.teamAdministrators.find((each) => each.allow === 8 && each.isMember);
    const team = emulator.state.teams[entry?.team ?? -1];
    const project = projectAt(emulator.state, team?.project ?? -1);
    const { json } = await ask(emulator, `_apis/projects/${project.id}/teams/${team?.id}/members`);
    const who = subjectAt(emulator.state, entry?.subject ?? -1).storageKey;
    const row = json.value.find((member) => member.identity?.id === who);
    return { row: row?.isTeamAdmin, written: json.value.every((member) => "isTeamAdmin" in member) };
  };
  await believing({});
  expect(await admins()).toEqual({ row: undefined, written: false });
  await believing({ teamAdministrator: "manage-membership" });
  expect(await admins()).toMatchObject({ row: true });
  await believing({ isTeamAdminFalse: "written" });
  expect(await admins()).toEqual({ row: false, written: true });
});

test("entitlementIdCase", async () => {
  const first = async () => (await walkEntitlements(emulator)).rows[0]?.id;
  await believing({});
  const key = subjectAt(emulator.state, 0).storageKey;
  expect(await first()).toBe(key);
  await believing({ entitlementIdCase: "upper" });
  expect(await first()).toBe(key.toUpperCase());
});

test("lookupMissing", async () => {
  const lookup = async () => {
    const body = JSON.stringify({ lookupKeys: [{ descriptor: "aad.AAAA" }] });
    return (await ask(emulator, `_apis/graph/subjectlookup?${preview}`, { host: "vssps", method: "POST", body })).json
      .value;
  };
  await believing({});
  expect(await lookup()).toEqual({});
  await believing({ lookupMissing: "null" });
  expect(await lookup()).toEqual({ "aad.AAAA": null });
});

test("byteOrderMark", async () => {
  await believing({ byteOrderMark: true });
  const response = await fetch(`${emulator.url}/_apis/projects`, {
    headers: { Authorization: `Bearer ${emulator.token}` },
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect([...bytes.slice(0, 4)]).toEqual([0xef, 0xbb, 0xbf, 0x7b]);
});

test("dates", async () => {
  const never = async () => {
    const { rows } = await walkEntitlements(emulator);
    return new Set(rows.map((row) => row.lastAccessedDate).filter((date) => date?.startsWith("0001")));
  };
  const forms = {
    zulu: "0001-01-01T00:00:00Z",
    bare: "0001-01-01T00:00:00",
    fraction: "0001-01-01T00:00:00.0000000Z",
    shifted: "0001-01-01T08:00:00Z",
  };
  for (const [dates, form] of Object.entries(forms)) {
    const belief = Object.keys(forms).find((name): name is keyof typeof forms => name === dates) ?? "zulu";
    await believing({ dates: belief });
    expect(await never()).toEqual(new Set([form]));
  }
  await believing({});
  expect(await never()).toEqual(new Set(Object.values(forms)));
});

test("every belief has a test here, but for the form of pages, which the walks show", async () => {
  const files = ["beliefs.test.ts", "acl-beliefs.test.ts", "object-beliefs.test.ts", "write-beliefs.test.ts"].map(
    (name) => join(import.meta.dirname, name),
  );
  const text = (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("\n");
  const tested = Object.keys(defaultBeliefs).filter((belief) =>
    new RegExp(`^test\\(".*\\b${belief}\\b.*"`, "m").test(text),
  );
  expect(Object.keys(defaultBeliefs).filter((belief) => !tested.includes(belief))).toEqual(["graphPages"]);
});
