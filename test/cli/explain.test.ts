import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { typeOptions } from "../../src/config/options.ts";
import { type Emulator, namespaceIds, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { runCommand } from "../support/command.ts";

/** What the commands say of single rights and of what a sync could not read. */
const folder = mkdtempSync(join(tmpdir(), "connector-explain-"));
let emulator: Emulator;
let repository: { readonly name: string; readonly token: string };
let holder: string;
let denied: string;

beforeAll(async () => {
  emulator = await startEmulator({ users: 14, groups: 3, projects: 1, teamsPerProject: 1, repositoriesPerProject: 1 });
  writeFileSync(join(folder, "pat"), `${emulator.token}\n`);
  const { state } = emulator;
  const [project] = state.projects.filter((each) => each.state === "wellFormed");
  const found = state.repositories.find((each) => each.project === project?.index);
  if (!project || !found) throw new Error("no repository");
  repository = { name: `${project.name}/${found.name}`, token: `repoV2/${project.id}/${found.id}` };
  const administrators = new Set([state.administrators]);
  for (const at of administrators)
    for (const each of subjectAt(state, at).group?.members ?? []) administrators.add(each);
  const [one = -1, two = -1] = state.users.filter((who) => {
    const { kind, active, entitlement } = subjectAt(state, who);
    return kind === "entra-user" && active && entitlement?.level === "express" && !administrators.has(who);
  });
  [holder, denied] = [subjectAt(state, one).principalName, subjectAt(state, two).principalName];
  const [read, forcePush] = [2, 8];
  const view = { who: one, allow: 1, deny: 0 };
  emulator.setAccessLists(namespaceIds.project, [
    {
      token: `$PROJECT:vstfs:///Classification/TeamProject/${project.id}`,
      inherit: true,
      entries: [view, { ...view, who: two }],
    },
  ]);
  emulator.setAccessLists(namespaceIds.git, [
    {
      token: repository.token,
      inherit: true,
      entries: [
        { who: one, allow: read + forcePush, deny: 0 },
        { who: two, allow: read, deny: forcePush },
      ],
    },
  ]);
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

const organization = () => ["--organization-url", emulator.url, "--pat-file", join(folder, "pat")];
const explain = (...words: string[]) => runCommand(["explain", ...organization(), ...words]);

describe("explain", () => {
  test("says through what somebody holds a right, and ends with 0", async () => {
    const { code, out, err } = await explain(holder, repository.name, "git.force_push");
    expect(code, err).toBe(0);
    expect(out).toContain(`token ${repository.token}`);
    expect(out).toMatch(/yes.*allow to .* at repoV2/);
  });

  test("says what denies it, and ends with 1", async () => {
    const { code, out, err } = await explain(denied, repository.name, "ForcePush");
    expect(code, err).toBe(1);
    expect(out).toMatch(/no .*deny to .* at repoV2/);
  });

  test("tells everybody who holds it as JSON, on a branch too", async () => {
    const json = async (...more: string[]) => {
      const { code, out, err } = await explain(
        "everyone",
        repository.name,
        "git.force_push",
        "--format",
        "json",
        ...more,
      );
      expect(code, err).toBe(0);
      const answer: { tier: string; token: string; answers: { who: string; held: boolean }[] } = JSON.parse(out);
      return answer;
    };
    const [all, onBranch] = [await json(), await json("--branch", "release/1")];
    expect(all.tier).toBe("T1");
    expect(all.answers.length).toBeGreaterThan(0);
    expect(all.answers.every(({ held }) => held)).toBe(true);
    expect(onBranch.token).toMatch(/\/refs\/heads\/[0-9a-f]+\/[0-9a-f]+$/);
    expect(onBranch.answers.map(({ who }) => who)).toEqual(all.answers.map(({ who }) => who));
  });

  test.each([
    ["somebody", () => ["nobody@fabrikam.example", repository.name, "git.force_push"], /nobody@fabrikam/],
    ["a project", () => [holder, "no such project", "git.force_push"], /no project no such project/],
    ["a repository", () => [holder, `${repository.name}x`, "git.force_push"], /no repository/],
    ["an action", () => [holder, repository.name, "git.fly"], /no action git\.fly.*such as/],
    ["an action there", () => [holder, repository.name, "build.queue_builds"], /no action/],
  ])("names %s that there is not, and what to do", async (_name, words, told) => {
    const { code, out, err } = await explain(...words());
    expect(code).not.toBe(0);
    expect(out).toBe("");
    expect(err).toMatch(told);
  });

  test("has nothing to explain without permissions, and is misused then", async () => {
    const { code, err } = await explain(holder, repository.name, "git.force_push", "--permission-detail", "roles");
    expect(code).toBe(2);
    expect(err).toContain("--permission-detail");
  });
});

describe("sync --require-complete", () => {
  const file = join(folder, "manifest.json");
  const sync = (...more: string[]) =>
    runCommand(["sync", ...organization(), "--manifest", file, "--require-complete", ...more]);
  const noTypes = Object.values(typeOptions).map(({ name }) => `--no-${name}`);

  test("ends with 1 and names what could not be read, and the manifest with it", async () => {
    const { code, out, err } = await sync();
    expect(code).toBe(1);
    expect(out).toMatch(/^repository\s/m);
    expect(err).toMatch(/^not read: access control lists of .*; do: /m);
    const manifest: { complete?: boolean; gaps: unknown[] } = JSON.parse(readFileSync(file, "utf8"));
    expect(manifest.complete ?? false).toBe(false);
    expect(err.match(/^not read: /gm)).toHaveLength(manifest.gaps.length);
  });

  test("ends with 0 when nothing is missing; without it gaps are told and the end is 0", async () => {
    const { code, err } = await sync("--permission-detail", "roles", ...noTypes);
    expect(code, err).toBe(0);
    expect(err).not.toContain("not read");
    const manifest: { complete: boolean; gaps?: unknown[] } = JSON.parse(readFileSync(file, "utf8"));
    expect(manifest.complete).toBe(true);
    const plain = await runCommand(["sync", ...organization()]);
    expect([plain.code, /^not read: /m.test(plain.err)]).toEqual([0, true]);
  });
});
