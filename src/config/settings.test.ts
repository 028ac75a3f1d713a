import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { patFileOption, patOption } from "./credential-options.ts";
import { misused } from "./misuse.ts";
import {
  configFileOption,
  listenOption,
  listingOption,
  maxConcurrentRequestsOption,
  organizationUrlOption,
  provisioningOption,
  proxyBypassOption,
  proxyOption,
  serveOptions,
  syncTeamsOption,
  upstreamTimeoutOption,
} from "./options.ts";
import { type Environment, type Flags, loadSettings } from "./settings.ts";
import { shownValue } from "./show.ts";

let folder = "";
let path = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "connector-settings-"));
  path = join(folder, "connector.yaml");
});
afterAll(() => rmSync(folder, { recursive: true }));

function load(text: string, flags: Flags = {}, env: Environment = {}, mode = 0o600) {
  rmSync(path, { force: true });
  writeFileSync(path, text, { mode });
  return loadSettings({ config: path, ...flags }, env);
}

describe("where a value comes from", () => {
  const own = (name: string) => `AZURE_DEVOPS_CONNECTOR_${name.toUpperCase().replaceAll("-", "_")}`;

  test.each([
    { option: listingOption, file: "per-resource", fallback: "type-scoped" },
    { option: upstreamTimeoutOption, file: "30s", fallback: "2m" },
    { option: maxConcurrentRequestsOption, file: "5", fallback: "16" },
    { option: listenOption, file: "127.0.0.1:5", fallback: "127.0.0.1:50051" },
    { option: proxyBypassOption, file: "[one, two]", fallback: "localhost,127.0.0.1,::1" },
    { option: provisioningOption, file: "true", fallback: "off" },
    { option: organizationUrlOption, file: "https://dev.azure.com/file", fallback: undefined },
    { option: patFileOption, file: "/file", fallback: undefined },
  ])(
    "is told for $option.name: the flag before the environment, the file, the default",
    ({ option, file, fallback }) => {
      const { name, default: value } = option;
      expect(value).toBe(fallback);
      const text = `# first\n${name}: ${file}\n`;
      const given = String(fallback ?? "https://elsewhere.example");
      const sources = [
        load(text, { [name]: given }, { [own(name)]: given }),
        load(text, {}, { [own(name)]: given }),
        load(text),
        load("# nothing\n"),
      ].map((settings) => [settings.of(option).source.kind, settings.of(option).source.name, settings.problems]);
      expect(sources).toEqual([
        ["flag", `--${name}`, []],
        ["environment", own(name), []],
        ["file", `${path}:2`, []],
        fallback === undefined ? ["unset", "not set", []] : ["default", "default", []],
      ]);
      expect(load(text).of(option).value).not.toEqual(load("").of(option).value);
    },
  );

  test("is the first environment name that is set to something", () => {
    const env = { AZURE_DEVOPS_CONNECTOR_PROXY: " ", HTTPS_PROXY: "http://a:1", https_proxy: "http://b:1" };
    expect(loadSettings({}, env).of(proxyOption)).toMatchObject({
      text: "http://a:1",
      source: { name: "HTTPS_PROXY" },
    });
  });

  test("is a flag also when it says no", () => {
    const settings = load("sync-teams: true\n", { "sync-teams": false });
    expect(settings.of(syncTeamsOption)).toMatchObject({ value: false, source: { kind: "flag" } });
  });

  test("can be a key of another tool's file", () => {
    expect(load("personal-access-token: abc\n").of(patOption)).toMatchObject({
      text: "abc",
      source: { name: `${path}:1` },
    });
  });

  test("is never a flag for what has none", () => {
    expect(loadSettings({ pat: "abc" }, {}).of(patOption).value).toBeUndefined();
  });

  test("is the file that the environment names", () => {
    load("listing: per-resource\n");
    const settings = loadSettings({}, { AZURE_DEVOPS_CONNECTOR_CONFIG: path });
    expect(settings.of(listingOption).value).toBe("per-resource");
    expect(settings.of(configFileOption).source.name).toBe("AZURE_DEVOPS_CONNECTOR_CONFIG");
  });
});

describe("what is wrong", () => {
  test.each([
    ["listng: per-resource", 'FILE:1: "listng" is not an option; did you mean listing?'],
    ["sync_teams: true", 'FILE:1: "sync_teams" is not an option; did you mean sync-teams?'],
    ["something-else-entirely: true", 'FILE:1: "something-else-entirely" is not an option'],
    ["config: x", "FILE:1: config cannot be in the file that it names"],
    [
      "listing: per-resorce",
      'FILE:1: listing must be one of type-scoped, per-resource, not "per-resorce"; did you mean per-resource?',
    ],
    ["listing: 5", 'FILE:1: listing must be one of type-scoped, per-resource, not "5"'],
    ["listing: [per-resource]", "FILE:1: listing must be one of its choices, not list"],
    ["listing:", "FILE:1: listing has no value; give it one or take the line out"],
    ["sync-teams: 2", 'FILE:1: sync-teams must be true or false, not "2"'],
    ["sync-teams: {}", "FILE:1: sync-teams must be true or false, not map"],
    [
      "upstream-timeout: 30",
      'FILE:1: upstream-timeout must be a duration such as 500ms, 30s, 5m or 1h, not "30"; did you mean 30s?',
    ],
    ["pat: *token", "FILE:1: pat must be text, not something else; put it in quotes"],
    ["sync-teams: perhaps", 'FILE:1: sync-teams must be true or false, not "perhaps"'],
    ["pat: 12345", "FILE:1: pat must be text, not number; put it in quotes"],
    ["pat-file: [a]", "FILE:1: pat-file must be the path of a file, not list; put it in quotes"],
    ["listen: {host: x}", "FILE:1: listen must be HOST:PORT, not map"],
    ["max-concurrent-requests: [1]", "FILE:1: max-concurrent-requests must be a number, not list"],
    ["proxy-bypass: {}", "FILE:1: proxy-bypass must be a list of texts, not map"],
    [
      "pat: a\npersonal-access-token: b",
      "FILE:2: personal-access-token says the same as pat in line 1; keep one of the two",
    ],
  ])("in a file is told with its line: %j", (text, problem) => {
    expect(load(text).problems.map((each) => each.replace(path, "FILE"))).toContain(problem);
  });

  test.each([
    [{ AZURE_DEVOPS_CONNECTOR_LISTING: "all" }, "AZURE_DEVOPS_CONNECTOR_LISTING must be one of"],
    [
      { BATON_LOG_LEVEL: "inof" },
      'BATON_LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, not "inof"; did you mean info?',
    ],
    [
      { AZURE_DEVOPS_CONNECTOR_SYNC_TEAM: "1" },
      "AZURE_DEVOPS_CONNECTOR_SYNC_TEAM is in the environment and is not an option; did you mean AZURE_DEVOPS_CONNECTOR_SYNC_TEAMS?",
    ],
    [{ AZURE_DEVOPS_CONNECTOR_PORTS: "1" }, "AZURE_DEVOPS_CONNECTOR_PORTS is in the environment"],
  ])("in the environment is told by its name: %j", (env, problem) => {
    expect(loadSettings({}, env).problems).toEqual([expect.stringContaining(problem)]);
  });

  test("is not what Kubernetes says of a service of that name, nor a name set to nothing", () => {
    const env = {
      AZURE_DEVOPS_CONNECTOR_SERVICE_HOST: "10.0.0.1",
      AZURE_DEVOPS_CONNECTOR_SERVICE_PORT_GRPC: "50051",
      AZURE_DEVOPS_CONNECTOR_PORT: "tcp://10.0.0.1:50051",
      AZURE_DEVOPS_CONNECTOR_PORT_50051_TCP_ADDR: "10.0.0.1",
      AZURE_DEVOPS_CONNECTOR_NOTHING: "",
    };
    expect(loadSettings({}, env).problems).toEqual([]);
  });

  test("is told all at once", () => {
    const settings = load(
      "listng: x\nlisting: y\n",
      { listen: "z" },
      { AZURE_DEVOPS_CONNECTOR_X: "1", BATON_SYNC_TEAMS: "?" },
    );
    expect(settings.problems).toHaveLength(5);
    const { message } = misused(settings.problems);
    expect(message).toMatch(/^5 things are wrong with the configuration:\n- /);
    for (const problem of settings.problems) expect(message).toContain(`\n- ${problem}`);
    expect(misused(["one"]).message).toBe("one");
  });
});

describe("what is worth knowing", () => {
  test("is which settings of other connectors are not needed, and why", () => {
    const settings = load(
      "client-id: x\n",
      {},
      { BATON_HOST_ID: "y", BATON_ORGANISATION_URL: "z", BATON_WHATEVER_ELSE: "z" },
    );
    expect(settings.problems).toEqual([]);
    expect(settings.notices).toEqual([
      `${path}:1: client-id is not needed: the connector does not sign in to the platform: the platform calls its gRPC port`,
      "BATON_HOST_ID is not needed: the connector has no queue of tasks to tell hosts apart in",
      "BATON_ORGANISATION_URL is not read by this connector; did you mean BATON_ORGANIZATION_URL?",
      "BATON_WHATEVER_ELSE is not read by this connector",
    ]);
  });

  test("is which options were given and change nothing", () => {
    const { notices } = loadSettings({}, { BATON_SYNC_GRANT_SOURCES: "true", BATON_SKIP_UNUSED_ROLES: "true" });
    expect(notices).toEqual([expect.stringMatching(/^BATON_SYNC_GRANT_SOURCES: sync-grant-sources has no effect: /)]);
    expect(loadSettings({}, {}).notices).toEqual([]);
  });

  test.skipIf(process.platform === "win32")("is that others may read a file with a token in it", () => {
    expect(load("pat: abc\n", {}, {}, 0o644).notices).toEqual([expect.stringContaining(`chmod 600 ${path}`)]);
    expect(load("pat: abc\n", {}, {}, 0o600).notices).toEqual([]);
    expect(load("pat-file: abc\n", {}, {}, 0o644).notices).toEqual([]);
  });
});

describe("a value is shown", () => {
  const shown = (env: Environment, option = organizationUrlOption) => shownValue(loadSettings({}, env).of(option));

  test("as it was written, unless it is a secret", () => {
    expect(shown({ BATON_ORGANIZATION_URL: "https://dev.azure.com/x" })).toBe("https://dev.azure.com/x");
    expect(shown({})).toBe("");
    expect(shown({ BATON_PAT: "abc" }, patOption)).toBe("[secret]");
    expect(shown({ NO_PROXY: "a,b" }, proxyBypassOption)).toBe("a, b");
    expect(shown({ BATON_PROVISIONING: "true" }, provisioningOption)).toBe("standard");
    expect(shown({ BATON_PROVISIONING: "perhaps" }, provisioningOption)).toBe("(wrong)");
  });

  test.each([
    ["http://me:canary@proxy.example:3128", "http://[secret]@proxy.example:3128/"],
    ["http://canary@proxy.example:3128", "http://[secret]@proxy.example:3128/"],
    ["https://dev.azure.com/x?token=canary", "https://dev.azure.com/x?[secret]"],
    ["https://dev.azure.com/x#canary", "https://dev.azure.com/x?[secret]"],
    ["me:canary@proxy.example:3128", "[secret]"],
    ["//me:canary@proxy.example:99999", "[secret]"],
    ["q7w4e2r5t6y3u7i2o4p5a6s3d7f2g4h5", "[secret]"],
    ["ftp://q7w4e2r5t6y3u7i2o4p5a6s3d7f2g4h5/x", "ftp://[secret]/x"],
  ])("without the credentials of a URL: %s", (text, wanted) => {
    expect([shown({ HTTPS_PROXY: text }, proxyOption), shown({ BATON_ORGANIZATION_URL: text })]).toEqual([
      wanted,
      wanted,
    ]);
  });
});

test("every option of the table can be asked for, by its kind", () => {
  const settings = loadSettings({}, {});
  for (const option of serveOptions) expect(settings.of(option).option).toBe(option);
  expect(() => settings.flag(listingOption)).toThrow("another kind");
  expect(() => settings.of({ ...listingOption })).toThrow("not in the table");
});
