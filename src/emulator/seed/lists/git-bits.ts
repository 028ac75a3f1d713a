/** Bits of Git repositories and what the service gives by default (facts 4.2; DOCS permissions-access). */
export const gitBits = {
  read: 2,
  contribute: 4,
  forcePush: 8,
  createBranch: 16,
  createTag: 32,
  policyExempt: 128,
  deleteRepository: 512,
  editPolicies: 2_048,
  removeOthersLocks: 4_096,
  managePermissions: 8_192,
  pullRequestContribute: 16_384,
  pullRequestBypass: 32_768,
  /** In newer definitions than the recorded one. */
  liveMigrations: 524_288,
} as const;

/** Read, contribute, branches, tags, notes and pull requests. */
export const contributorBits = 16_502;
/** Everything but Administer, force push and what bypasses policies. */
export const projectAdministratorBits = 491_382;
/** Every bit that the recorded definition has. */
export const allGitBits = 524_287;
/** Whoever makes a repository may do everything to it but bypass its policies (facts 4.6). */
export const creatorBits = 32_382;
/** Whoever makes a branch may force its history, and set its policies, permissions and locks. */
export const branchCreatorBits = 14_344;
