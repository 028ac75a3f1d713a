import { type ChildProcess, execFile, spawn } from "node:child_process";
import { access, readFile } from "node:fs/promises";
import { Agent, fetch as fetchBy } from "undici";
import { afterEach, describe, expect, test } from "vitest";

/** Faults and limits by flags of the command, as a process of its own. */

const bin = new URL("../../bin/azure-devops-connector.js", import.meta.url).pathname;
const small = ["--users", "20", "--groups", "2", "--projects", "1"];
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

/** Starts `emulate` on a free port and asks for the projects so many times. */
async function emulate(flags: readonly string[]) {
  const child = spawn(process.execPath, [bin, "emulate", "--listen", "127.0.0.1:0", ...small, ...flags]);
  running.push(child);
  const told = await new Promise<string>((resolve, reject) => {
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      if (flags.includes("--entra") ? /managed identity .+\n/.test(out) : out.includes("_emulator/throttle\n"))
        resolve(out);
    });
    child.once("exit", (code) => reject(new Error(`ended with ${code}`)));
  });
  const of = (name: string) => new RegExp(`^${name} +(\\S+)`, "m").exec(told)?.[1] ?? "";
  const headers = { authorization: `Basic ${Buffer.from(`:${of("token")}`).toString("base64")}` };
  const get = (path: string) => fetch(`${of("organization URL")}/${path}`, { headers });
  const ask = async () => (await get("_apis/projects")).status;
  const read = async (path: string): Promise<unknown> => (await get(path)).json();
  const steer = async (name: string) => (await fetch(new URL(`/_emulator/${name}`, of("organization URL")))).json();
  return { ask, of, read, steer };
}

function refused(flags: readonly string[], command = "emulate"): Promise<{ code: unknown; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, command, ...flags], (error, _out, err) => resolve({ code: error?.code, err }));
  });
}

test("--fault can be repeated", async () => {
  const { ask, steer } = await emulate([
    "--fault",
    "kind=server-error,route=_apis/projects,nth=2",
    "--fault",
    "bad-gateway,from=3",
  ]);
  expect([await ask(), await ask(), await ask()]).toEqual([200, 500, 502]);
  const faults = [
    { matched: 3, applied: 1 },
    { matched: 3, applied: 1 },
  ];
  expect(await steer("faults")).toMatchObject({ faults });
});

test("--throttle, --throttle-window and --throttle-refuse-by limit", async () => {
  const { ask, steer } = await emulate(["--throttle", "1", "--throttle-window", "1s", "--throttle-refuse-by", "close"]);
  expect([await ask(), await ask()]).toEqual([200, 200]);
  await expect(ask()).rejects.toThrow("fetch failed");
  expect(await steer("throttle")).toMatchObject({ usage: [{ limitUnits: 1, refused: expect.any(Number) }] });
  await expect.poll(ask, { timeout: 10_000 }).toBe(200);
});

test.each([
  { flags: ["--deployment", "onPremises"], tells: { deploymentType: "onPremises" }, prefix: "win" },
  { flags: ["--no-entra"], tells: { deploymentType: "hosted" }, prefix: "msa" },
  { flags: ["--deployment", "hosted", "--entra"], tells: { deploymentType: "hosted" }, prefix: "aad" },
])("$flags act", async ({ flags, prefix, tells }) => {
  const { read } = await emulate(flags);
  const data = await read("_apis/connectionData");
  const subjectDescriptor = expect.stringMatching(new RegExp(`^${prefix}\\.`));
  expect(data).toMatchObject({ ...tells, authenticatedUser: { subjectDescriptor } });
});

test("--limited-visibility takes View away from the caller", async () => {
  const view = "_apis/permissions/f0003bce-5f45-4f93-a25d-90fc33fe3aa9/1?tokens=/";
  const [open, limited] = [await emulate([]), await emulate(["--limited-visibility"])];
  expect([await open.read(view), await limited.read(view)]).toMatchObject([{ value: [true] }, { value: [false] }]);
});

describe("a flag that cannot be ends with code 2 and says what there is:", () => {
  test.each([
    { flags: ["--fault", "hagn"], says: 'did you mean "hang"' },
    { flags: ["--fault", "hang", "--fault", "latency,ns=1"], says: 'did you mean "ms"' },
    { flags: ["--fault", "hang,soon"], says: "name=value" },
    { flags: ["--throttle", "0"], says: "above 0" },
    { flags: ["--throttle", "many"], says: "--throttle must be a whole number" },
    { flags: ["--throttle-refuse-by", "prayer"], says: "429, close, timeout" },
    { flags: ["--deployment", "cloud"], says: "hosted, onPremises" },
    { flags: ["--deployment", "onPremises", "--limited-visibility"], says: "Services alone" },
  ])("$flags", async ({ flags, says }) => {
    const { code, err } = await refused(flags);
    expect([code, err]).toEqual([2, expect.stringContaining(says)]);
  });

  test("of the demo too", async () => {
    expect(await refused(["--fault", "hagn"], "demo")).toMatchObject({ code: 2, err: expect.stringContaining("hang") });
  });
});

test("--entra tells where its tokens come from and what to trust", async () => {
  const { of } = await emulate(["--entra"]);
  const [, caFile = ""] = of("trust").split("=");
  const dispatcher = new Agent({ connect: { ca: await readFile(caFile, "utf8") } });
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: of("client id"),
    client_secret: of("client secret"),
    scope: "499b84ac-1321-427f-aa17-267ca6975798/.default",
  }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const endpoint = `${of("authority")}/${of("tenant")}/oauth2/v2.0/token`;
  const answer = await fetchBy(endpoint, { method: "POST", body, headers, dispatcher });
  expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ token_type: "Bearer" })]);
  await dispatcher.destroy();
  const child = running.at(-1);
  child?.kill("SIGTERM");
  await expect.poll(() => child?.exitCode, { timeout: 10_000 }).toBe(0);
  await expect(access(caFile)).rejects.toThrow("ENOENT");
});
