import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { changeOptions } from "../../src/config/change-options.ts";
import { namespaceIds, type Subject, subjectAt } from "../../src/emulator/index.ts";
import { administrators, found, groupWithOutsider, people, plainGroup, refOf } from "../provisioning/parts.ts";
import { runCommand, type Variables } from "../support/command.ts";
import { useEmulatedFolder } from "../support/emulated-folder.ts";
import { startWithEntra } from "../support/entra.ts";
import { entitlementMessageOf, grantOf, type Order } from "../support/orders.ts";

/** That every option of changes does what it says, seen from outside: by the answers, and by what reaches upstream. */

const {
  emulator,
  folder,
  organization,
  serve: start,
} = useEmulatedFolder("changes", { users: 40, groups: 10, projects: 2, teamsPerProject: 1 });

beforeEach(() => emulator().writes.reset());

async function serve(args: readonly string[], env: Variables = {}) {
  const all = ["--provisioning", "standard", ...args];
  const serving = await start(all, { BATON_SYNC_ORGANIZATIONS: "true", ...env });
  const ask = async (method: string, request: object): Promise<Record<string, unknown>> =>
    JSON.parse((await serving.post(`GrantManagerService/${method}`, request)).text);
  return {
    ...serving,
    grant: (order: Order) => {
      const { type: resourceType, id: resource } = order.principal;
      return ask("Grant", { entitlement: entitlementMessageOf(order), principal: { id: { resourceType, resource } } });
    },
    revoke: (order: Order) => ask("Revoke", { grant: grantOf(order) }),
  };
}

const refused = (told: string) => ({ code: "failed_precondition", message: expect.stringContaining(told) });
const performed = { annotations: expect.arrayContaining([expect.objectContaining({ outcome: "OUTCOME_PERFORMED" })]) };

const member = (group: Subject, person: Subject): Order => ({
  resource: refOf(group),
  slug: "member",
  principal: refOf(person),
});
function newcomer(): Order {
  const { group, outside } = groupWithOutsider(emulator().state);
  return member(group, outside);
}
function settled(): { readonly order: Order; readonly group: Subject } {
  const { group, outside } = groupWithOutsider(emulator().state);
  emulator().changes.join(group.index, outside.index);
  return { order: member(group, outside), group };
}

/** Runs with the options by which an application reaches an organization of its own, Entra and Microsoft Graph. */
async function withEntra(run: (args: readonly string[]) => Promise<void>): Promise<void> {
  await using backed = await startWithEntra();
  const { applications, authorityHost, caPem, graphUrl, tenantId } = backed.entra;
  writeFileSync(join(folder, "entra.pem"), caPem);
  writeFileSync(join(folder, "secret"), applications.connector.secret);
  const application = ["--azure-tenant-id", tenantId, "--azure-client-id", applications.connector.clientId];
  const proof = ["--azure-client-secret-file", join(folder, "secret"), "--authority-host", authorityHost];
  const trust = ["--ca-file", join(folder, "entra.pem"), "--microsoft-graph-url", graphUrl];
  await run(["--organization-url", backed.url, ...application, ...proof, ...trust]);
}

const acts: Readonly<Record<string, () => Promise<void>>> = {
  async "dry-run"() {
    const { grant } = await serve(["--dry-run"]);
    expect(await grant(newcomer())).toMatchObject({
      annotations: expect.arrayContaining([expect.objectContaining({ dryRun: true })]),
    });
    expect(emulator().writes.all).toEqual([]);
  },
  async "change-log"() {
    const path = join(folder, "changes.ndjson");
    const first = await serve(["--change-log", path]);
    const order = newcomer();
    expect(await first.grant(order)).toMatchObject(performed);
    first.child.kill("SIGTERM");
    await first.ended;
    const second = await serve(["--change-log", path]);
    expect(await second.revoke(order)).toMatchObject(performed);
    const third = await runCommand(["serve", ...organization(), "--change-log", path]);
    expect([third.code, third.err]).toEqual([1, expect.stringContaining("in use by another process")]);
    second.child.kill("SIGTERM");
    await second.ended;
    const records = readFileSync(path, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(records.map(({ sequence, action, outcome }) => [sequence, action, outcome])).toEqual([
      [1, "grant", "begun"],
      [2, "grant", "performed"],
      [3, "revoke", "begun"],
      [4, "revoke", "performed"],
    ]);
    expect((await runCommand(["change-log", path])).out).toContain("4 records");
    writeFileSync(path, readFileSync(path, "utf8").replace('"action":"grant"', '"action":"revoke"'));
    const checked = await runCommand(["change-log", path]);
    expect([checked.code, checked.out]).toEqual([1, expect.stringContaining("line 1 was changed")]);
    const started = await runCommand(["serve", ...organization(), "--change-log", path]);
    expect([started.code, started.err]).toEqual([1, expect.stringContaining("line 1 was changed")]);
  },
  async "min-admins"() {
    const container = administrators(emulator().state);
    for (const each of [...(container.group?.members ?? [])]) emulator().changes.leave(container.index, each);
    const three = people(emulator().state).slice(0, 3);
    for (const each of three) emulator().changes.join(container.index, each.index);
    const order = member(container, found(three[0], "an administrator"));
    expect(await (await serve(["--min-admins", "3"])).revoke(order)).toEqual(refused("--min-admins is 3"));
    expect(await (await serve([])).revoke(order)).toMatchObject(performed);
  },
  async "tier-zero-to"() {
    const group = plainGroup(emulator().state);
    for (const each of [...(group.group?.members ?? [])]) emulator().changes.leave(group.index, each);
    const order = member(administrators(emulator().state), group);
    const privileged = ["--provisioning", "privileged"];
    expect(await (await serve(privileged)).grant(order)).toEqual(refused("--tier-zero-to groups"));
    expect(await (await serve([...privileged, "--tier-zero-to", "groups"])).grant(order)).toMatchObject(performed);
    emulator().changes.leave(emulator().state.administrators, group.index);
  },
  async "remove-denies"() {
    const repository = found(emulator().state.repositories[0], "a repository");
    const project = found(emulator().state.projects[repository.project], "its project");
    const person = found(people(emulator().state)[0], "a person");
    const token = `repoV2/${project.id}/${repository.id}`;
    emulator().changes.setEntry(namespaceIds.git, token, person.index, { allow: 0, deny: 8 });
    const resource = { type: "repository", id: repository.id };
    const order = { resource, slug: "git.force_push", principal: refOf(person) };
    expect(await (await serve([])).grant(order)).toEqual(refused("--remove-denies"));
    expect(await (await serve(["--remove-denies"])).grant(order)).toMatchObject(performed);
    const entries = emulator().state.accessLists.get(namespaceIds.git)?.get(token.toLowerCase())?.entries ?? [];
    expect(entries.find(({ who }) => who === person.index)).toMatchObject({ allow: 8, deny: 0 });
  },
  async "access-level-floor"() {
    const person = found(people(emulator().state)[0], "a person");
    const level = { level: "advanced", status: "active", lastAccess: 0, created: 0, assignment: "unknown" } as const;
    emulator().changes.setEntitlement(person.index, level);
    const resource = { type: "access-level", id: "basic-test-plans" };
    const { revoke } = await serve(["--access-level-floor", "basic"]);
    expect(await revoke({ resource, slug: "assigned", principal: refOf(person) })).toMatchObject(performed);
    expect(subjectAt(emulator().state, person.index).entitlement?.level).toBe("express");
    const { code, err } = await runCommand(["serve", ...organization(), "--access-level-floor", "nonsense"]);
    expect([code, err]).toEqual([2, expect.stringMatching(/--access-level-floor.*stakeholder.*basic-test-plans/)]);
  },
  async "max-revokes-per-hour"() {
    const serving = await serve(["--max-revokes-per-hour", "1"]);
    const { revoke } = serving;
    expect(await revoke(settled().order)).toMatchObject(performed);
    const { order } = settled();
    expect(await revoke(order)).toEqual(refused("--max-revokes-per-hour"));
    const { code, out, err } = await runCommand(["acknowledge", "--server", serving.grpc]);
    expect([code, err, out]).toEqual([0, "", expect.stringContaining("revokes are made again")]);
    expect(await revoke(order)).toMatchObject(performed);
  },
  async "max-group-shrink"() {
    const { order, group } = settled();
    const others = people(emulator().state).filter(({ index }) => !group.group?.members.includes(index));
    for (const each of others.slice(0, 10)) emulator().changes.join(group.index, each.index);
    expect(await (await serve(["--max-group-shrink", "1%"])).revoke(order)).toEqual(refused("--max-group-shrink"));
    expect(await (await serve([])).revoke(order)).toMatchObject(performed);
  },
  async "caller-rights"() {
    expect(await (await serve(["--caller-rights", "local=read-only"])).grant(newcomer())).toEqual(
      refused("--caller-rights local=standard"),
    );
    expect(await (await serve(["--caller-rights", "local=standard"])).grant(newcomer())).toMatchObject(performed);
  },
  async "entra-groups"() {
    const group = found(
      emulator().state.subjects.find(({ kind }) => kind === "entra-group"),
      "a group of Entra",
    );
    const order = member(group, found(people(emulator().state)[0], "a person"));
    expect(await (await serve(["--entra-groups", "refuse"])).grant(order)).toEqual(refused("--entra-groups manage"));
    const type = "type.googleapis.com/azuredevops.connector.v1.NotPerformed";
    expect(await (await serve([])).grant(order)).toMatchObject({
      annotations: expect.arrayContaining([expect.objectContaining({ "@type": type })]),
    });
    expect(emulator().writes.all).toEqual([]);
  },
  async "entra-group-ids"() {
    const { code, err } = await runCommand(["serve", ...organization(), "--entra-groups", "manage"]);
    expect([code, err]).toEqual([2, expect.stringContaining("needs --entra-group-ids")]);
    const wrong = await runCommand(["serve", ...organization(), "--entra-group-ids", "developers"]);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("must be object ids")]);
  },
  async "entra-members"() {
    await withEntra(async (args) => {
      const sync = async (...more: string[]) => {
        const { code, out, err } = await runCommand(["sync", ...args, "--permission-detail", "roles", ...more]);
        expect(code, err).toBe(0);
        return Number(/^unknown-identity\s+(\d+)/m.exec(out)?.[1]);
      };
      const newcomers = (await sync("--entra-members")) - (await sync());
      expect(newcomers).toBeGreaterThan(100);
    });
  },
  async "microsoft-graph-url"() {
    const { code, err } = await runCommand([
      "serve",
      ...organization(),
      "--microsoft-graph-url",
      "http://graph.example",
    ]);
    expect([code, err]).toEqual([2, expect.stringContaining("https://")]);
    await withEntra(async (args) => {
      const elsewhere = ["--entra-members", "--microsoft-graph-url", "https://127.0.0.1:1/v1.0"];
      const unreachable = await runCommand(["sync", ...args, ...elsewhere]);
      expect([unreachable.code, unreachable.err]).toEqual([
        1,
        expect.stringContaining("127.0.0.1:1 cannot be reached"),
      ]);
    });
  },
};

describe("every option of changes acts:", () => {
  test.each(Object.keys(acts))("--%s", async (name) => {
    await acts[name]?.();
  });

  test("all of them are tried", () => {
    expect(Object.keys(acts).sort()).toEqual(changeOptions.map(({ name }) => name).sort());
  });
});
