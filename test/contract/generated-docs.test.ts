import { expect, test } from "vitest";
import { generatedFiles, staleFiles } from "../../scripts/docs.ts";

test("generated documents are as the code says", () => {
  expect([...generatedFiles().keys()]).toContain("docs/configuration.md");
  expect(staleFiles()).toEqual([]);
});
