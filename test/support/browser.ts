import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What a browser does with the page that leads back to a client: it sends the form to where the form says. */
const script = `
const html = await (await fetch(process.argv[2])).text();
const attribute = (tag, name) => new RegExp(name + '="([^"]*)"').exec(tag)?.[1] ?? "";
const plain = (text) => text.replace(/&#(\\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
const form = /<form [^>]*>/.exec(html)?.[0];
if (!form) throw new Error("no form leads back: " + html);
const inputs = [...html.matchAll(/<input [^>]*>/g)].map(([tag]) => [attribute(tag, "name"), plain(attribute(tag, "value"))]);
await fetch(plain(attribute(form, "action")), { method: "POST", body: new URLSearchParams(inputs) });
`;

/** A program that stands for the browser, for the environment variable BROWSER. */
export async function writeBrowser(folder: string): Promise<string> {
  const path = join(folder, "browser");
  await writeFile(`${path}.mjs`, script);
  await writeFile(path, `#!/bin/sh\nexec "${process.execPath}" "${path}.mjs" "$1"\n`);
  await chmod(path, 0o700);
  return path;
}
