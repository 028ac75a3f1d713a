#!/usr/bin/env node
// Plain JavaScript of an old edition on purpose: on an old Node it has to get as far as saying what to do.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const needed = [22, 19];
const [major, minor] = process.versions.node.split(".").map(Number);
const isNew = major > needed[0] || (major === needed[0] && minor >= needed[1]);
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

if (isNew) {
  // A checkout runs its sources as they are; the published package holds the compiled ones only.
  const main = existsSync(at("../src/main.ts")) ? "../src/main.ts" : "../dist/src/main.js";
  await import(new URL(main, import.meta.url).href);
} else if (existsSync(at("../node_modules/node/bin/node"))) {
  // In a group of its own: a terminal's Ctrl-C would reach it twice, and the second signal means "end at once".
  const child = spawn(at("../node_modules/node/bin/node"), process.argv.slice(1), { stdio: "inherit", detached: true });
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(name, () => child.kill(name));
  child.on("exit", (code, signal) => {
    process.exitCode = code === null ? 128 + (signal === "SIGINT" ? 2 : 15) : code;
  });
} else {
  console.error(
    `azure-devops-connector needs Node ${needed.join(".")} or later, and this is ${process.versions.node}. ` +
      "Install a newer Node. In a checkout, run `npm ci` (with `npm install-scripts approve node` first, " +
      "if npm says that it blocked an install script), which brings one along.",
  );
  process.exitCode = 1;
}
