import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const documents = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
  cwd: root,
  encoding: "utf8",
})
  .trim()
  .split("\n");

/** Links of a Markdown text that lead to a file here, or to a heading; code is no text. */
function localLinks(text: string): string[] {
  const prose = text.replace(/```[\s\S]*?```/g, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((link) => !/^[a-z]+:/.test(link));
}

/** Headings as links name them. */
function anchors(text: string): string[] {
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

/** What is wrong with the links of a document at `path`. */
function broken(path: string, text: string): string[] {
  return localLinks(text).filter((link) => {
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? path : join(dirname(path), file);
    if (file !== "" && !existsSync(join(root, target))) return true;
    if (anchor === undefined) return false;
    const content = file === "" ? text : readFileSync(join(root, target), "utf8");
    return !anchors(content).includes(anchor);
  });
}

describe("links of the documents", () => {
  test.each(documents)("%s: all lead somewhere", (path) => {
    expect(broken(path, readFileSync(join(root, path), "utf8"))).toEqual([]);
  });

  test("are found, and can be broken", () => {
    const links = documents.flatMap((path) => localLinks(readFileSync(join(root, path), "utf8")));
    expect(links.length).toBeGreaterThan(4);
    const text =
      "# A heading\n[a](absent.md) [b](errors.md) [c](#a-heading) [d](#another) [e](errors.md#nothing) `[f](x)`";
    expect(broken("docs/x.md", text)).toEqual(["absent.md", "#another", "errors.md#nothing"]);
  });
});
