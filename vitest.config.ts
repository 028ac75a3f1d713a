import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Many files wait for timers and sockets more than they compute.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
  },
});
