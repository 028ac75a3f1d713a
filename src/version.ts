import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const manifest = z.object({ version: z.string() });

/** This package's version, from its package.json. */
export const version: string = manifest.parse(
  JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")),
).version;

/**
 * The version of the reference library whose contract is spoken here (`source` in the contract's own description).
 * The platform sends `active_sync_id` only when this parses as a version of 0.4.3 or later.
 */
export const contractVersion = "v0.25.0";

const build = z.object({ commit: z.string() });

/** The git commit that this was built from, or that is checked out; "unknown" outside of both. */
export function commit(): string {
  const built = new URL("../build.json", import.meta.url); // Written by scripts/build.mjs.
  if (existsSync(built)) return build.parse(JSON.parse(readFileSync(built, "utf8"))).commit;
  const root = fileURLToPath(new URL("..", import.meta.url));
  // Only this project's own checkout: a package in another project's checkout would be told by that one's commit.
  if (!existsSync(new URL("../.git", import.meta.url))) return "unknown";
  try {
    const args = ["-C", root, "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"];
    return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "unknown"; // Without git there is nothing to ask.
  }
}
