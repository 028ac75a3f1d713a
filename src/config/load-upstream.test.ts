import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/calls.ts";
import { loadConnectorConfig } from "./load.ts";
import { caFileOption } from "./options.ts";
import { type Environment, type Flags, loadSettings } from "./settings.ts";

/** How Azure DevOps is reached: options whose values are more than what is written. */

let folder = "";
const file = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "connector-upstream-"));
  writeFileSync(file("empty"), " \n");
});
afterAll(() => rmSync(folder, { recursive: true }));

const configOf = (flags: Flags, env: Environment) => loadConnectorConfig(loadSettings(flags, env));
const load = (flags: Flags = {}, env: Environment = {}) =>
  configOf({ "organization-url": "https://dev.azure.com/fabrikam", ...flags }, { AZURE_DEVOPS_EXT_PAT: "t", ...env });

describe("--ca-file", () => {
  const [own = ""] = caFileOption.env;
  const pem = rootCertificates[0] ?? "";
  const write = (text: string) => {
    writeFileSync(file("ca"), text);
    return { "ca-file": file("ca") };
  };

  test("gives the certificates in it, and nothing else that is in it", () => {
    expect(load(write(`comment\n${pem}\nmore\n${pem}\n`)).caPem).toBe(`${pem}\n${pem}`);
    expect(load().caPem).toBeUndefined();
  });

  test("is refused with the reason when it holds none, or a damaged one", () => {
    expect(thrownBy(() => load(write("no certificate"))).message).toContain("holds no certificate in PEM form");
    const damaged = pem.replace(/\n[^\n]{20}/, "\n");
    expect(thrownBy(() => load(write(`${pem}\n${damaged}`))).message).toMatch(
      /--ca-file: .*certificate 2 of 2 is damaged/,
    );
    expect(thrownBy(() => load({}, { [own]: file("nowhere") })).message).toMatch(new RegExp(`${own}: .*ENOENT`));
  });
});

describe("--proxy", () => {
  test("is a secret, with the hosts that it is not for", () => {
    const { proxy } = load({ proxy: "http://me:pass@proxy.example:3128", "proxy-bypass": "a, .b" });
    expect(proxy?.url.reveal()).toBe("http://me:pass@proxy.example:3128/");
    expect(proxy?.except).toEqual(["a", ".b"]);
    expect(inspect(proxy)).not.toContain("pass");
    expect(load({}, { https_proxy: "http://proxy.example" }).proxy?.except).toContain("127.0.0.1");
    expect(load().proxy).toBeUndefined();
  });

  test.each(["me:canary@proxy.example:3128", "socks5://canary@proxy.example", "canary"])(
    "%s is refused unseen",
    (text) => {
      const { message } = thrownBy(() => load({}, { HTTPS_PROXY: text }));
      expect(message).toBe("HTTPS_PROXY must be a URL that begins with http:// or https://");
    },
  );

  test("with a name or password that cannot be read says how to write it", () => {
    const { message } = thrownBy(() => load({ proxy: "http://me:50%canary@proxy.example" }));
    expect(message).toBe("--proxy: write % in the name or the password as %25");
  });
});

test("everything that is wrong is told at once", () => {
  const flags = { "pat-file": file("absent"), proxy: "x", "ca-file": file("empty"), listing: "some" };
  const { message } = thrownBy(() => configOf(flags, { AZURE_DEVOPS_CONNECTOR_X: "1" }));
  expect(message.split("\n- ")).toEqual([
    "6 things are wrong with the configuration:",
    expect.stringContaining("--listing must be one of"),
    expect.stringContaining("AZURE_DEVOPS_CONNECTOR_X"),
    expect.stringContaining("which organization?"),
    expect.stringContaining("--pat-file: "),
    expect.stringContaining("--ca-file: "),
    expect.stringContaining("--proxy must be a URL"),
  ]);
});
