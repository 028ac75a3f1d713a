// Gives and takes one entitlement of every kind in an emulated organization, through a running connector, and prints what
// was asked and answered. `--short` prints what docs/changes-shown.md has; without it, every request and answer whole.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../src/emulator/index.ts";
import { startServe } from "../test/support/command.ts";
import { createCaller } from "./show/caller.ts";
import { createShow } from "./show/changes.ts";
import { shownKinds, shownRefusal } from "./show/kinds.ts";

const short = process.argv.includes("--short");
const options = ["--provisioning", "privileged", "--entra-groups", "refuse", "--permission-detail", "standard"];

const folder = mkdtempSync(join(tmpdir(), "azure-devops-connector-"));
const emulator = await startEmulator({ users: 60, groups: 14, projects: 4, teamsPerProject: 2, nesting: 3 });
writeFileSync(join(folder, "pat"), emulator.token, { mode: 0o600 });
const organization = ["--organization-url", emulator.url, "--pat-file", join(folder, "pat"), "--sync-organizations"];
const serving = await startServe([...organization, "--sync-teams", ...options]);
try {
  const show = createShow(await createCaller(serving), { short, print: (text) => process.stdout.write(`${text}\n`) });
  for (const kind of shownKinds(emulator.state)) await show.kind(kind);
  await show.refusal(shownRefusal(emulator.state));
  if (!show.isAsPromised()) process.exitCode = 1;
} finally {
  serving.child.kill("SIGTERM");
  await serving.ended;
  await emulator.close();
  rmSync(folder, { recursive: true });
}
