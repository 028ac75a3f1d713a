import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { accountOptions } from "../../src/config/account-options.ts";
import { changeOptions } from "../../src/config/change-options.ts";
import { credentialOptions } from "../../src/config/credential-options.ts";
import { connectorOptions, listenOption, operationsListenOption, typeOptions } from "../../src/config/options.ts";
import { selfSignedCertificate } from "../support/certificates.ts";
import { runCommand, type Variables } from "../support/command.ts";
import { useEmulatedFolder } from "../support/emulated-folder.ts";
import { startServer } from "../support/http-server.ts";
import { startTunnelProxy } from "../support/proxy.ts";
import { startRelay } from "../support/relay.ts";

/** That every option does what it says, seen from outside; that it is read at all is tested beside the table. */

const { emulator, folder, organization, serve } = useEmulatedFolder("options", {
  users: 30,
  groups: 8,
  projects: 2,
  teamsPerProject: 1,
});

const patFile = ["--pat-file", join(folder, "pat")];

const listedTypes = async (args: readonly string[]) =>
  (await (await serve(args)).post("ResourceTypesService/ListResourceTypes", {})).text;

let listedByDefault: Promise<string> | undefined;

function byDefault(): Promise<string> {
  listedByDefault ??= listedTypes([]);
  return listedByDefault;
}

/** What a sync of nothing optional prints, but for what the arguments ask for. */
async function synced(args: readonly string[]): Promise<string> {
  const command = ["sync", ...organization(), "--format", "ndjson", ...noTypes, ...args];
  const { code, out, err } = await runCommand(command);
  expect(code, err).toBe(0);
  return out;
}

/** How many rows of each type there are, of a sync of nothing optional but what the arguments ask for. */
async function counted(args: readonly string[]): Promise<string> {
  const { code, out, err } = await runCommand(["sync", ...organization(), ...noTypes, ...args]);
  expect(code, err).toBe(0);
  return out;
}

const noTypes = Object.values(typeOptions).map(({ name }) => `--no-${name}`);

const basic = (token: string) => `Basic ${Buffer.from(`:${token}`).toString("base64")}`;

const acts: Readonly<Record<string, () => Promise<void>>> = {
  async config() {
    const path = join(folder, "connector.yaml");
    writeFileSync(path, `organization-url: ${emulator().url}\npat-file: ${join(folder, "pat")}\nsync-teams: true\n`);
    const { code, out, err } = await runCommand(["sync", "--config", path]);
    expect(code, err).toBe(0);
    expect(out).toMatch(/^team\s+2\s/m);
  },
  async "organization-url"() {
    const { code, out, err } = await runCommand(["sync", "--organization-url", emulator().url, ...patFile]);
    expect(code, err).toBe(0);
    expect(out).toMatch(/^user\s+30\s/m);
    const elsewhere = await runCommand(["sync", "--organization-url", "http://127.0.0.1:1/x", ...patFile]);
    expect(elsewhere.err).toContain("127.0.0.1:1 cannot be reached");
  },
  async "sync-teams"() {
    expect(await listedTypes(["--sync-teams"])).toContain('"id":"team"');
    expect(await listedTypes(["--no-sync-teams"])).not.toContain('"id":"team"');
  },
  async "sync-organizations"() {
    expect(await listedTypes(["--sync-organizations"])).toContain('"id":"organization"');
    expect(await listedTypes([])).not.toContain('"id":"organization"');
  },
  async "permission-detail"() {
    const namespaces = async (detail: string) => {
      const out = await synced(["--permission-detail", detail]);
      return new Set([...out.matchAll(/"slug":"([a-z-]+)\./g)].map(([, namespace]) => namespace));
    };
    expect(await namespaces("roles")).toEqual(new Set());
    expect(await namespaces("standard")).toEqual(expect.toSatisfy((found) => found.has("access") && found.has("git")));
    expect(await namespaces("all")).toEqual(expect.toSatisfy((found) => !found.has("access") && found.has("git")));
  },
  async "inherited-rows"() {
    const inherited = /"id":"repository:[^"]*:access\.contribute:[^\n]*"kind":"inherited"/;
    expect(await synced([])).not.toMatch(/"reason":"inherited/);
    const out = await synced(["--inherited-rows"]);
    expect(out).toMatch(inherited);
    expect(out).toMatch(/"reason":"inherited/);
  },
  async effective() {
    const onRepositories = (out: string) =>
      [...out.matchAll(/"id":"repository:[^"]*:(user|group|team):[^"]*"/g)].map(([, type]) => type);
    expect(onRepositories(await synced([]))).toContain("group");
    const people = onRepositories(await synced(["--effective"]));
    expect(new Set(people)).toEqual(new Set(["user"]));
  },
  async "skip-unused-roles"() {
    const agentPools = ["--permission-detail", "roles", "--sync-agent-pools"];
    expect(await synced(agentPools)).toContain(":agent-queues.creator");
    const used = await synced([...agentPools, "--skip-unused-roles"]);
    expect(used).not.toContain(":agent-queues.creator");
    expect(used).toContain(":agent-queues.administrator");
  },
  ...Object.fromEntries(
    Object.entries(typeOptions).map(([type, { name }]) => [
      name,
      async () => {
        expect(await byDefault()).toContain(`"id":"${type}"`);
        expect(await listedTypes([`--no-${name}`])).not.toContain(`"id":"${type}"`);
      },
    ]),
  ),
  async "personal-access-tokens"() {
    const counts = async (...args: string[]) =>
      Number(/^personal-access-token\s+(\d+)/m.exec(await counted(args))?.[1]);
    const [all, some] = [
      await counts("--personal-access-tokens", "all"),
      await counts("--personal-access-tokens", "privileged"),
    ];
    expect(all).toBe(emulator().state.tokens.length);
    expect(some).toBeLessThan(all);
    expect(await counted([])).not.toContain("personal-access-token");
  },
  async provisioning() {
    const outcome = async (env: Variables) => {
      const serving = await serve([], env);
      const metadata = await serving.post("ConnectorService/GetMetadata", {});
      const resource = { id: { resourceType: "group", resource: "x" } };
      const principal = { id: { resourceType: "user", resource: "y" } };
      const entitlement = { id: "group:x:member", resource };
      const grant = await serving.post("GrantManagerService/Grant", { entitlement, principal });
      return [JSON.parse(metadata.text).metadata.profile.provisioning, JSON.parse(grant.text)];
    };
    expect(await outcome({})).toEqual([
      "off",
      { code: "failed_precondition", message: expect.stringContaining("--provisioning standard") },
    ]);
    expect(await outcome({ BATON_PROVISIONING: "true" })).toEqual([
      "standard",
      { code: "invalid_argument", message: expect.stringContaining("x is no group") },
    ]);
    expect(await outcome({ AZURE_DEVOPS_CONNECTOR_PROVISIONING: "privileged" })).toMatchObject(["privileged", {}]);
  },
  async listing() {
    expect(await listedTypes([])).toContain("TypeScopedGrants");
    expect(await listedTypes(["--listing", "per-resource"])).not.toContain("TypeScopedGrants");
  },
  async "upstream-timeout"() {
    await using upstream = await startServer(() => undefined);
    const args = ["--organization-url", `${upstream.url}x`, ...patFile, "--upstream-timeout", "40ms"];
    const { code, err } = await runCommand(["sync", ...args]);
    expect(code).toBe(1);
    expect(err).toContain("did not answer within 0.04 s");
    expect(upstream.requests.length).toBeGreaterThan(1);
  },
  async "max-concurrent-requests"() {
    const mostAtOnce = async (args: readonly string[]) => {
      await using relay = await startRelay(emulator().url, { holdMs: 30 });
      const { code, err } = await runCommand(["sync", "--organization-url", relay.url, ...patFile, ...args]);
      expect(code, err).toBe(0);
      expect(relay.authorizations).toEqual(new Set([basic(emulator().token)]));
      return relay.mostAtOnce;
    };
    expect(await mostAtOnce(["--max-concurrent-requests", "1"])).toBe(1);
    expect(await mostAtOnce([])).toBeGreaterThan(1);
  },
  async "ca-file"() {
    const tls = await selfSignedCertificate();
    writeFileSync(join(folder, "cert.pem"), tls.cert);
    await using relay = await startRelay(emulator().url, { tls });
    const args = ["sync", "--organization-url", relay.url, ...patFile];
    const trusting = await runCommand([...args, "--ca-file", join(folder, "cert.pem")]);
    expect(trusting.code, trusting.err).toBe(0);
    expect(trusting.out).toMatch(/^user\s+30\s/m);
    const { code, err } = await runCommand([...args, "--upstream-timeout", "10s"]);
    expect(code).toBe(1);
    expect(err).toMatch(/--ca-file.*SELF_SIGNED_CERT/);
  },
  async proxy() {
    await using proxy = await startTunnelProxy();
    const url = `http://me:canary@127.0.0.1:${proxy.port}`;
    const args = ["sync", ...organization(), "--proxy-bypass", "none.example", "--log-level", "trace"];
    const { code, out, err } = await runCommand(args, { HTTPS_PROXY: url });
    expect(code, err).toBe(0);
    const authorization = `Basic ${Buffer.from("me:canary").toString("base64")}`;
    expect(proxy.tunnels.length).toBeGreaterThan(0);
    expect(proxy.tunnels).toEqual(proxy.tunnels.map(() => ({ target: new URL(emulator().url).host, authorization })));
    expect(out + err).not.toContain("canary");
    await using refusing = await startTunnelProxy(407);
    const refused = await runCommand(args, { HTTPS_PROXY: `http://me:canary@127.0.0.1:${refusing.port}` });
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("the proxy refused with status 407; give --proxy the name and password");
    expect(refused.err).not.toContain("canary");
  },
  async "proxy-bypass"() {
    const proxied = ["--proxy", "http://127.0.0.1:1"];
    const { code, err } = await runCommand(["sync", ...organization(), ...proxied, "--proxy-bypass", "127.0.0.1"]);
    expect(code, err).toBe(0);
    const none = await runCommand(["sync", ...organization(), ...proxied, "--proxy-bypass", "none.example"]);
    expect(none.code).toBe(1);
  },
  async "session-idle"() {
    const [short, long] = await Promise.all([serve(["--session-idle", "4s"]), serve([])]);
    const sessions = async ({ operations }: { operations: string }) =>
      /^connector_sync_sessions (\d+)$/m.exec(await (await fetch(`http://${operations}/metrics`)).text())?.[1];
    for (const serving of [short, long]) {
      const request = { resourceTypeId: "project", activeSyncId: "one" };
      expect((await serving.post("ResourcesService/ListResources", request)).status).toBe(200);
      // At once: the short one does not last while the other starts.
      expect(await sessions(serving)).toBe("1");
    }
    await expect.poll(() => sessions(short), { timeout: 20_000, interval: 200 }).toBe("0");
    expect(await sessions(long)).toBe("1");
  },
  async "log-level"() {
    const logged = async (...levels: string[]) => {
      const serving = await serve(levels.flatMap((level) => ["--log-level", level]));
      await serving.post("ResourceTypesService/ListResourceTypes", {});
      serving.child.kill("SIGTERM");
      expect(await serving.ended).toBe(0);
      return serving.log();
    };
    expect(await logged()).toContain("ListResourceTypes");
    const { err } = await runCommand(["sync", ...organization(), "--log-level", "info"]);
    expect(err).toContain('"level":30');
    const silent = await runCommand(["sync", ...organization(), "--log-level", "silent"], {
      AZURE_DEVOPS_CONNECTOR_LOG_LEVEL: "trace",
    });
    expect(silent.err).not.toContain('"level"');
  },
  async listen() {
    const { grpc } = await serve(["--listen", "[::1]:0"]);
    expect(grpc).toMatch(/^\[::1\]:\d+$/);
  },
  async "operations-listen"() {
    const { operations } = await serve(["--operations-listen", "[::1]:0"]);
    expect(operations).toMatch(/^\[::1\]:\d+$/);
    expect((await fetch(`http://${operations}/healthz`)).status).toBe(200);
  },
};

describe("every option acts:", () => {
  test.each(Object.keys(acts))("--%s", async (name) => {
    await acts[name]?.();
  });

  test("but those that say that they do not", () => {
    // Those of credentials, of changes and of accounts are tried in files of their own.
    const elsewhere = [...credentialOptions, ...changeOptions, ...accountOptions];
    const others = connectorOptions.filter((option) => !elsewhere.includes(option));
    const options = [...others, listenOption, operationsListenOption];
    const acting = options.filter(({ noEffect }) => noEffect === undefined).map(({ name }) => name);
    expect(Object.keys(acts).sort()).toEqual(acting.sort());
  });
});
