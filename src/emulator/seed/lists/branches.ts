import { namespaceIds } from "../../namespace-ids.ts";
import type { AccessEntry, Repository } from "../../state.ts";
import type { ListContext, ProjectScope } from "./context.ts";
import { allow, deny, oneOf, setList } from "./context.ts";
import { allGitBits, branchCreatorBits, gitBits } from "./git-bits.ts";

const { contribute, createBranch, createTag, forcePush, policyExempt, pullRequestBypass } = gitBits;

/** A ref inside a token: each segment by itself, in hexadecimal of its UTF-16 bytes, little end first (facts 4.3). */
export function refToken(ref: string): string {
  const [root = "refs", kind = "heads", ...names] = ref.split("/");
  return [root, kind, ...names.map((name) => Buffer.from(name, "utf16le").toString("hex"))].join("/");
}

interface Branch {
  readonly ref: string;
  readonly inherit?: boolean;
  entries(context: ListContext, scope: ProjectScope): readonly AccessEntry[];
}

/** What is set on branches, folders of branches and tags; `DEFAULT` stands for the repository's default branch. */
const branches: readonly Branch[] = [
  {
    ref: "DEFAULT",
    entries: ({ people, random }, { groups, made }) => [
      ...oneOf(random, made).map((who) => allow(who, policyExempt | pullRequestBypass)),
      allow(random.pick(people.users), pullRequestBypass),
      deny(groups.contributors, forcePush),
    ],
  },
  { ref: "refs/heads/feature", entries: (_, { groups }) => [deny(groups.contributors, contribute | forcePush)] },
  {
    ref: "refs/heads/feature/ünïcode-日本",
    entries: ({ people, random }) => [allow(random.pick(people.users), branchCreatorBits)],
  },
  {
    ref: "refs/heads/release/2026",
    entries: ({ people, random }, { groups }) => [
      deny(groups.contributors, contribute),
      ...oneOf(random, people.servicePrincipals).map((who) => allow(who, contribute | policyExempt)),
    ],
  },
  {
    ref: "refs/heads/release/2026/q4",
    entries: (_, { groups, teams }) => [
      allow(groups.contributors, contribute),
      ...teams.slice(1, 2).map((who) => allow(who, forcePush)),
    ],
  },
  {
    ref: "refs/heads/vault",
    inherit: false,
    entries: ({ collection }, { groups }) => [
      allow(collection.administrators, allGitBits),
      allow(groups.administrators, allGitBits),
    ],
  },
  { ref: "refs/heads", entries: (_, { groups }) => [deny(groups.readers, createBranch)] },
  { ref: "refs/tags", entries: (_, { groups }) => [deny(groups.contributors, createTag)] },
  { ref: "refs/tags/v1.0", entries: ({ people, random }) => [allow(random.pick(people.users), createTag | forcePush)] },
];

/** Lists of branches, of folders of them and of tags, in one of seven repositories: a few each (facts 4.3). */
export function seedBranchLists(context: ListContext, scope: ProjectScope, repository: Repository): void {
  const { builder } = context;
  const { defaultBranch, id, index } = repository;
  if (index % 7 !== 1 || defaultBranch === undefined) return;
  const turn = Math.floor(index / 7);
  for (const step of [0, 1, 4]) {
    const branch = branches[(turn + step) % branches.length];
    if (!branch) continue;
    const { entries, inherit, ref } = branch;
    const token = `repoV2/${scope.project.id}/${id}/${refToken(ref === "DEFAULT" ? defaultBranch : ref)}`;
    const spelled = turn % 3 === 2 ? `${token}/` : token;
    setList(builder, namespaceIds.git, spelled, entries(context, scope), inherit ?? true);
  }
}
