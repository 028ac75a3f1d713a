import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);
const pages = ["README.md", ...readdirSync(new URL("docs/", root), { recursive: true, encoding: "utf8" })]
  .filter((name) => name.endsWith(".md"))
  .map((name) => (name === "README.md" ? name : `docs/${name}`));

/** Every command that starts a server, with the lines that continue it. */
function commands(page: string): readonly string[] {
  const text = readFileSync(new URL(page, root), "utf8").replaceAll(/\\\n\s*/g, "");
  return text.split("\n").filter((line) => line.includes("azure-devops-connector serve -"));
}

/** The default succeeds and does nothing, as the replaced connector did: nobody should come by it from an example. */
test("every example that serves an organization says what becomes of groups of Entra, and refuses", () => {
  const found = pages.flatMap((page) => commands(page).map((command) => ({ page, command })));
  expect(found.length).toBeGreaterThan(5);
  expect(found.filter(({ command }) => !/--entra-groups (refuse|manage)\b/.test(command))).toEqual([]);
});

test("the example of a configuration file does too", () => {
  const text = readFileSync(new URL("docs/configuration.md", root), "utf8");
  expect(/```yaml\n([\s\S]*?)```/.exec(text)?.[1]).toContain("entra-groups: refuse\n");
});

test("no page says that nothing is changed", () => {
  const said = /changes are not made yet|changes of the organization are not made|nothing is ever written/i;
  expect(pages.filter((page) => said.test(readFileSync(new URL(page, root), "utf8")))).toEqual([]);
});
