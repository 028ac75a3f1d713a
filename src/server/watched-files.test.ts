import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { createLog } from "../telemetry/log.ts";
import { watchFiles } from "./watched-files.ts";

test("a file that cannot be read is told once each time, also when it came back as it was", async () => {
  const folder = mkdtempSync(join(tmpdir(), "connector-watched-"));
  const [file, away] = [join(folder, "file"), join(folder, "away")];
  writeFileSync(file, "good");
  let written = "";
  const log = createLog("warn", {
    write(line) {
      written += line;
    },
  });
  const make = ([content]: readonly Buffer[]) => String(content);
  const watched = watchFiles({ what: "a file", files: [file], make, intervalMs: 10, log });
  const told = () => written.match(/a file: not usable/g)?.length ?? 0;
  for (const times of [1, 2]) {
    renameSync(file, away);
    await vi.waitFor(() => expect(told()).toBe(times), { timeout: 5_000 });
    renameSync(away, file);
    await new Promise((resolve) => setTimeout(resolve, 500)); // Many looks at what is well again.
  }
  expect(watched.current).toBe("good");
  watched.close();
  rmSync(folder, { recursive: true });
});
