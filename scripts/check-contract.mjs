// Compares the protos with the platform's contract, where the contract is at hand.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, run, withTemporaryDirectory } from "./run.mjs";

const packages = "c1.connector.v2,c1.config.v1,c1.ratelimit.v1";
const checker = join(root, "..", "shared", "contract", "check-contract.mjs");

withTemporaryDirectory((directory) => {
  const image = join(directory, "image.binpb");
  run("buf", ["build", "-o", image]);
  if (existsSync(checker)) run(process.execPath, [checker, "--strict", "--packages", packages, image]);
  else console.log("skipped: comparing with the contract, since ../shared/contract is not here");
});
