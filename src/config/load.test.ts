import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { format, inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/calls.ts";
import { bearerTokenFileOption, patFileOption, patOption } from "./credential-options.ts";
import { type ConnectorConfig, loadConnectorConfig } from "./load.ts";
import {
  listenOption,
  listingOption,
  logLevelOption,
  maxConcurrentRequestsOption,
  type OptionRow,
  operationsListenOption,
  organizationUrlOption,
  provisioningOption,
  serveOptions,
  sessionIdleOption,
  skipUnusedRolesOption,
  syncOrganizationsOption,
  syncTeamsOption,
  upstreamTimeoutOption,
} from "./options.ts";
import { type Environment, type Flags, loadSettings } from "./settings.ts";

const token = "t0k3n-of-someone";
const needed: Flags = { "organization-url": "https://dev.azure.com/fabrikam" };
const neededEnv: Environment = { AZURE_DEVOPS_EXT_PAT: token };

let folder = "";
const file = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "connector-config-"));
  for (const name of ["flag", "env", "own", "second"]) writeFileSync(file(name), `\uFEFF ${name}-${token}\n`);
  writeFileSync(file("empty"), " \n");
});
afterAll(() => rmSync(folder, { recursive: true }));

const configOf = (flags: Flags, env: Environment) => loadConnectorConfig(loadSettings(flags, env));
const load = (flags: Flags = {}, env: Environment = {}) => configOf({ ...needed, ...flags }, { ...neededEnv, ...env });
const failureOf = (flags: Flags, env: Environment = neededEnv) => thrownBy(() => configOf(flags, env));

/** How each option shows in the configuration, with two values that it can have besides its default. */
interface Acting {
  readonly option: OptionRow;
  readonly of: (config: ConnectorConfig) => unknown;
  readonly fallback: unknown;
  readonly text: readonly [string, string];
  readonly shown: readonly [string | boolean | number, string | boolean | number];
}

const flag = (option: OptionRow, of: Acting["of"]): Acting => ({
  option,
  of,
  fallback: false,
  text: ["true", "false"],
  shown: [true, false],
});

const amount = (option: OptionRow, of: Acting["of"], fallback: number, ...values: [string, number, string, number]) => {
  const [a, shownA, b, shownB] = values;
  return { option, of, fallback, text: [a, b], shown: [shownA, shownB] } satisfies Acting;
};

const acting: readonly Acting[] = [
  amount(upstreamTimeoutOption, (config) => config.upstreamTimeoutMs, 120_000, "30s", 30_000, "1.5m", 90_000),
  amount(sessionIdleOption, (config) => config.sessionIdleMs, 600_000, "1h", 3_600_000, "1000ms", 1_000),
  amount(maxConcurrentRequestsOption, (config) => config.maxConcurrentRequests, 16, "1", 1, "64", 64),
  {
    option: provisioningOption,
    of: (config) => config.provisioning,
    fallback: "off",
    text: ["true", "privileged"],
    shown: ["standard", "privileged"],
  },
  flag(syncTeamsOption, (config) => config.syncTeams),
  flag(syncOrganizationsOption, (config) => config.syncOrganizations),
  flag(skipUnusedRolesOption, (config) => config.skipUnusedRoles),
  {
    option: listingOption,
    of: (config) => config.listing,
    fallback: "type-scoped",
    text: ["per-resource", "type-scoped"],
    shown: ["per-resource", "type-scoped"],
  },
  {
    option: logLevelOption,
    of: (config) => config.logLevel,
    fallback: "info",
    text: ["debug", "error"],
    shown: ["debug", "error"],
  },
];

describe.each(acting)("--$option.name", ({ option, of, fallback, text: [a, b], shown: [shownA, shownB] }) => {
  const [own = "", also] = option.env;

  test("has its default when nobody says anything, or only an empty text", () => {
    expect(of(load())).toBe(fallback);
    expect(of(load({}, { [own]: "" }))).toBe(fallback);
  });

  test("is read from the environment, by the connector's own name first", () => {
    expect(of(load({}, { [own]: a }))).toBe(shownA);
    if (!also) return;
    expect(of(load({}, { [also]: a }))).toBe(shownA);
    expect(of(load({}, { [own]: b, [also]: a }))).toBe(shownB);
    expect(of(load({}, { [own]: "", [also]: a }))).toBe(shownA);
  });

  test("as a flag wins over the environment", () => {
    const asFlag = (text: string) => ({ [option.name]: option.kind === "flag" ? text === "true" : text });
    expect(of(load(asFlag(a), { [own]: b }))).toBe(shownA);
    expect(of(load(asFlag(b), { [own]: a }))).toBe(shownB);
  });

  test("with a value that it cannot have is refused by name, in a short message", () => {
    const failure = thrownBy(() => load({}, { [own]: "sometimes".repeat(1000) }));
    expect(failure.kind).toBe("invalid-request");
    expect(failure.message).toMatch(new RegExp(`--${option.name}|${own}`));
    expect(failure.message.length).toBeLessThan(300);
  });
});

test.each(["TRUE", "1", "Yes", "on"])("%s switches a flag on, and its opposite off", (word) => {
  const name = "AZURE_DEVOPS_CONNECTOR_SYNC_TEAMS";
  const opposite = { TRUE: "False", "1": "0", Yes: "no", on: "OFF" }[word];
  expect([load({}, { [name]: word }).syncTeams, load({}, { [name]: opposite }).syncTeams]).toEqual([true, false]);
});

describe("--organization-url", () => {
  const [own = "", also = ""] = organizationUrlOption.env;

  test("comes from the flag, then the environment, and must come", () => {
    const from = (flags: Flags, env: Environment) => configOf(flags, { ...neededEnv, ...env }).organizationUrl;
    expect(from({ "organization-url": "flag" }, { [own]: "own", [also]: "also" })).toBe("flag");
    expect(from({}, { [own]: "own", [also]: "also" })).toBe("own");
    expect(from({}, { [also]: "also" })).toBe("also");
    expect(failureOf({}).message).toMatch(/--organization-url.*AZURE_DEVOPS_CONNECTOR_ORGANIZATION_URL/);
  });
});

describe("the credential", () => {
  const reveal = (flags: Flags, env: Environment) => {
    const { credential } = configOf({ ...needed, ...flags }, env);
    return [credential.kind, "token" in credential ? credential.token.reveal() : undefined];
  };
  const pat = (text: string) => ["personal-access-token", text];

  test.each(patOption.env.map((name, index) => [name, index] as const))("is read from %s", (name, index) => {
    const env = Object.fromEntries(patOption.env.slice(index).map((later) => [later, `  from ${later}\n`]));
    expect(reveal({}, env)).toEqual(pat(`from ${name}`));
  });

  test("in a file wins over one in the environment, and the flag over a file's environment name", () => {
    const [own = ""] = patFileOption.env;
    expect(reveal({}, { ...neededEnv, [own]: file("env") })).toEqual(pat(`env-${token}`));
    expect(reveal({ "pat-file": file("flag") }, { ...neededEnv, [own]: file("env") })).toEqual(pat(`flag-${token}`));
  });

  test("may be a bearer token in a file", () => {
    const [own = ""] = bearerTokenFileOption.env;
    expect(reveal({ "bearer-token-file": file("flag") }, neededEnv)).toEqual(["bearer-token", `flag-${token}`]);
    expect(reveal({}, { [own]: file("env") })).toEqual(["bearer-token", `env-${token}`]);
  });

  test("from a higher place wins, whatever its kind", () => {
    const yaml = join(folder, "connector.yaml");
    writeFileSync(yaml, `bearer-token-file: ${file("second")}\n`, { mode: 0o600 });
    expect(reveal({ config: yaml }, {})).toEqual(["bearer-token", `second-${token}`]);
    expect(reveal({ config: yaml }, neededEnv)).toEqual(pat(token));
    expect(reveal({ config: yaml, "pat-file": file("flag") }, neededEnv)).toEqual(pat(`flag-${token}`));
    writeFileSync(yaml, `personal-access-token: in-file-${token}\n`, { mode: 0o600 });
    expect(reveal({ config: yaml }, {})).toEqual(pat(`in-file-${token}`));
  });

  test("is refused when it is missing, doubled, unreadable or empty, naming the option", () => {
    expect(failureOf(needed, {}).message).toMatch(/--pat-file.*AZURE_DEVOPS_EXT_PAT/);
    const both = { ...needed, "pat-file": file("flag"), "bearer-token-file": file("flag") };
    expect(failureOf(both).message).toMatch(/--pat-file or --bearer-token-file, not both/);
    expect(failureOf({ ...needed, "pat-file": file("absent") }).message).toMatch(/--pat-file: .*cannot be read/);
    expect(failureOf({ ...needed, "bearer-token-file": file("empty") }).message).toMatch(
      /--bearer-token-file: .*empty/,
    );
    expect(failureOf({ ...needed, "pat-file": folder }).kind).toBe("invalid-request");
  });

  test.each([
    ["s3cret-one\ns3cret-two\n", /the token has 2 lines; give the token alone/],
    ["s3cret-one\r\n\r\ns3cret-two", /the token has 3 lines/],
    ["s3cret\u0007", /the token's character 7 is no letter, digit or sign of ASCII/],
    ["s3cr\u00e9t", /the token's character 5 is no/],
    ["s3cret\u{1f511}x", /the token's character 7 is no/],
  ])("that no header can carry is refused without showing it: %j", (text, says) => {
    writeFileSync(file("odd"), text);
    const given: readonly (readonly [option: string, flags: Flags, env: Environment])[] = [
      ["--bearer-token-file", { "bearer-token-file": file("odd") }, {}],
      ["--pat-file", { "pat-file": file("odd") }, {}],
      ["AZURE_DEVOPS_EXT_PAT", {}, { AZURE_DEVOPS_EXT_PAT: text }],
    ];
    for (const [option, flags, env] of given) {
      const { kind, message } = failureOf({ ...needed, ...flags }, env);
      expect([kind, message]).toEqual(["invalid-request", expect.stringMatching(says)]);
      expect(message).toContain(`${option}: the token`);
      expect(message).not.toContain("s3c");
    }
  });

  test("is never shown by the configuration, however it is printed", () => {
    for (const config of [load(), load({ "pat-file": file("flag") }), load({ "bearer-token-file": file("flag") })]) {
      const printed = [
        JSON.stringify(config),
        inspect(config, { depth: 9, showHidden: true }),
        format("%o %O %j", config, config, config),
        String("token" in config.credential && config.credential.token),
      ].join("\n");
      expect(printed).not.toContain(token);
      expect(printed).toContain("[secret]");
    }
  });
});

describe("the table of options", () => {
  test("has each flag and each environment name once", () => {
    const names = serveOptions.map(({ name }) => name);
    const environment = serveOptions.flatMap(({ env }) => env);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(environment).size).toBe(environment.length);
  });

  test("has an own environment name for every flag, and defaults that are choices", () => {
    for (const { name, env, choices, default: fallback } of serveOptions) {
      expect(env[0]).toBe(`AZURE_DEVOPS_CONNECTOR_${name.toUpperCase().replaceAll("-", "_")}`);
      if (choices && fallback !== undefined) expect(choices).toContain(fallback);
    }
  });

  test.each([listenOption, operationsListenOption])("--$name is a loopback address unless told otherwise", (option) => {
    const [own = ""] = option.env;
    const textOf = (flags: Flags, env: Environment) => loadSettings(flags, env).text(option);
    expect(textOf({}, {})).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(textOf({}, { [own]: "[::1]:1" })).toBe("[::1]:1");
    expect(textOf({ [option.name]: "localhost:2" }, { [own]: "[::1]:1" })).toBe("localhost:2");
  });
});
