import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "../../src/cli/program.ts";
import { runCommand } from "../support/command.ts";

/** The scripts in the shells that they are for; a shell that is not here is skipped, by name. */

const name = "azure-devops-connector";
const has = (shell: string) => spawnSync(shell, ["-c", "exit 0"]).status === 0;
let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "connector-completion-"));
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, out, err } = await runCommand(["completion", shell]);
    expect(code, err).toBe(0);
    writeFileSync(join(folder, `completion.${shell}`), out);
  }
  for (const file of ["x file.pem", "xother.pem"]) writeFileSync(join(folder, file), "");
  // fish offers commands that exist.
  writeFileSync(join(folder, name), "#!/bin/sh\n");
  chmodSync(join(folder, name), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

const flagsOf = (command: string) => {
  const options = commands.find((row) => row.name === command)?.options ?? [];
  const shown = options.filter(({ noFlag }) => !noFlag);
  const off = shown.filter(({ kind }) => kind === "flag").map((option) => `--no-${option.name}`);
  return [...shown.map((option) => `--${option.name}`), ...off, "--help"];
};
const names = commands.map((row) => row.name);

/** What a shell offers for words, the last of which is being typed. */
interface Case {
  readonly words: readonly string[];
  readonly offers: readonly string[];
}

const cases: readonly Case[] = [
  { words: [""], offers: [...names, "--help", "--version"] },
  { words: ["co"], offers: ["config", "completion"] },
  { words: ["sync", "--"], offers: flagsOf("sync") },
  { words: ["serve", "--"], offers: flagsOf("serve") },
  { words: ["emulate", "--"], offers: flagsOf("emulate") },
  { words: ["sync", "--no-sync-t"], offers: ["--no-sync-teams"] },
  { words: ["sync", "--format", ""], offers: ["table", "json", "ndjson", "csv"] },
  { words: ["sync", "--format", "t"], offers: ["table"] },
  { words: ["sync", "--sync-teams", "--listing", "p"], offers: ["per-resource"] },
  { words: ["completion", ""], offers: ["--help", "bash", "zsh", "fish"] },
  { words: ["serve", "--ca-file", "x"], offers: ["x file.pem", "xother.pem"] },
  { words: ["serve", "--organization-url", ""], offers: [] },
];

describe.skipIf(!has("bash"))("bash", () => {
  function complete(words: readonly string[]): string[] {
    const quoted = words.map((word) => `'${word}'`).join(" ");
    const script = `source completion.bash
      COMP_WORDS=(${name} ${quoted}); COMP_CWORD=${words.length}
      "$(complete -p ${name} | sed 's/.*-F \\([^ ]*\\) .*/\\1/')"
      (( \${#COMPREPLY[@]} )) && printf '%s\\n' "\${COMPREPLY[@]}" || true`;
    return execFileSync("bash", ["--norc", "-c", script], { cwd: folder, encoding: "utf8" })
      .split("\n")
      .filter(Boolean);
  }

  test.each(cases)("offers for $words", ({ words, offers }) => {
    expect(complete(words).sort()).toEqual([...offers].sort());
  });

  test("offers the values of a flag with =, which comes as a word of its own", () => {
    expect(complete(["sync", "--format", "="])).toEqual(["table", "json", "ndjson", "csv"]);
    expect(complete(["sync", "--format", "=", "nd"])).toEqual(["ndjson"]);
  });
});

describe.skipIf(!has("fish"))("fish", () => {
  function complete(words: readonly string[]): string[] {
    const line = [name, ...words].join(" ");
    const script = `source completion.fish; complete -C '${line}'`;
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, HOME: folder };
    const out = execFileSync("fish", ["--no-config", "-c", script], { cwd: folder, encoding: "utf8", env });
    return out
      .split("\n")
      .filter(Boolean)
      .map((row) => row.split("\t")[0] ?? "");
  }

  // fish offers flags only once a dash is there.
  const dashless = cases.filter(({ words }) => !["", "--"].includes(words.at(-1) ?? "") || words.length > 2);

  test.each(dashless.filter(({ offers }) => !offers.some((each) => each.includes(" "))))(
    "offers for $words",
    ({ words, offers }) => {
      expect(complete(words).sort()).toEqual([...offers].sort());
    },
  );

  test("offers commands, flags, shells and files", () => {
    expect(complete([""]).sort()).toEqual([...names].sort());
    expect(complete(["sync", "--"])).toEqual(expect.arrayContaining(flagsOf("sync")));
    expect(complete(["sync", "--"])).not.toContain("--listen");
    expect(complete(["completion", ""])).toEqual(expect.arrayContaining(["bash", "zsh", "fish"]));
    expect(complete(["serve", "--ca-file", "x"]).map((file) => file.replace("\\ ", " "))).toEqual([
      "x file.pem",
      "xother.pem",
    ]);
  });
});

describe.skipIf(!has("zsh"))("zsh", () => {
  /** What the line is after a Tab in an interactive shell. */
  function complete(line: string): string {
    const script = `zmodload zsh/zpty
      zpty shell 'TERM=dumb zsh -f -i'
      zpty -w shell "cd ${folder}; PS1=; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; source completion.zsh"
      zpty -w shell 'show() { print -r -- "$BUFFER" > shown; BUFFER=; zle accept-line }; zle -N show; bindkey "^X" show'
      zpty -w shell 'print ready > ready'
      for ((i = 0; i < 200; i++)); do [[ -e ready ]] && break; sleep 0.05; done
      zpty -w -n shell $'${line}\\t\\x18'
      for ((i = 0; i < 200; i++)); do [[ -s shown ]] && break; sleep 0.05; done
      cat shown; zpty -d shell`;
    for (const file of ["shown", "ready"]) rmSync(join(folder, file), { force: true });
    return execFileSync("zsh", ["-f", "-c", script], { cwd: folder, encoding: "utf8" }).trim();
  }

  test.each([
    [`${name} cap`, `${name} capabilities`],
    [`${name} completion zs`, `${name} completion zsh`],
    [`${name} sync --form`, `${name} sync --format=`],
    [`${name} sync --format=nd`, `${name} sync --format=ndjson`],
    [`${name} sync --sync-te`, `${name} sync --sync-teams`],
    [`${name} sync --format nd`, `${name} sync --format ndjson`],
    [`${name} serve --ca-file=xo`, `${name} serve --ca-file=xother.pem`],
  ])("%s: %s", (line, completed) => {
    expect(complete(line)).toBe(completed);
  });
});

test("every script says how to load it", async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    expect((await runCommand(["completion", shell])).out).toContain(`${name} completion ${shell}`);
  }
});
