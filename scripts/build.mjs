// Compiles src/ to dist/ and copies the generated code beside it; `--check` also runs the result once.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const check = process.argv.includes("--check");
const out = check ? mkdtempSync(join(tmpdir(), "connector-build-")) : process.cwd();
try {
  rmSync(join(out, "dist"), { recursive: true, force: true });
  execFileSync("tsc", ["-p", "tsconfig.build.json", "--outDir", join(out, "dist")], { stdio: "inherit" });
  cpSync("gen", join(out, "dist", "gen"), { recursive: true });
  cpSync("package.json", join(out, "dist", "package.json"));
  writeFileSync(join(out, "dist", "build.json"), `${JSON.stringify({ commit: checkedOutCommit() })}\n`);
  if (check) {
    cpSync("bin", join(out, "bin"), { recursive: true });
    cpSync("node_modules", join(out, "node_modules"), { recursive: true, filter: isNeeded });
    const help = execFileSync(process.execPath, [join(out, "bin", "azure-devops-connector.js"), "--help"], {
      encoding: "utf8",
    });
    if (!help.includes("serve")) throw new Error("the built command does not show its help");
    const version = execFileSync(process.execPath, [join(out, "bin", "azure-devops-connector.js"), "--version"], {
      encoding: "utf8",
    });
    if (!version.includes(checkedOutCommit()))
      throw new Error(`the built command does not know its commit: ${version}`);
    console.log("the built package runs");
  }
} finally {
  if (check) rmSync(out, { recursive: true, force: true });
}

/** Tools are not needed to run, and are most of what is installed. */
function isNeeded(path) {
  return !/node_modules\/(node|typescript|@typescript|@biomejs|@bufbuild\/buf|vite|vitest|@rolldown|@oxc-parser)(\/|$)/.test(
    path,
  );
}

/** Told by `--version`; a build outside of a checkout does not know it. */
function checkedOutCommit() {
  try {
    const args = ["describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"];
    return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "unknown";
  }
}
