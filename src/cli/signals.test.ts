import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";

test.each(["SIGINT", "SIGTERM"] as const)("a second %s ends what the first one could not", async (signal) => {
  const script = `
    import { interruption } from ${JSON.stringify(new URL("./signals.ts", import.meta.url).href)};
    interruption().addEventListener("abort", ({ target }) => console.log(target.reason.message));
    setInterval(() => undefined, 1000);
    console.log("runs");`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script]);
  const ended = once(child, "exit");
  for (const said of ["runs", "interrupted"]) {
    const [chunk] = await once(child.stdout, "data");
    expect(String(chunk).trim()).toBe(said);
    child.kill(signal);
  }
  expect((await ended)[0]).toBe(130);
});
