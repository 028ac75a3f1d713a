/** A resource whose own token is wanted. */
export interface TokenOwner {
  readonly type: "organization" | "project" | "repository";
  readonly id: string;
  /** Of a repository: its project. */
  readonly projectId?: string;
  /** Of a project: its name, which version control puts into its tokens. */
  readonly name?: string;
}

/**
 * The token by which a namespace knows a resource, as upstream spells it; undefined where it has none for the type, "" where
 * its lists have that one, to which nothing can be written.
 */
export type OwnToken = (owner: TokenOwner) => string | undefined;

/** `<root>/<project>` of a project, and the root itself of the organization. */
export function belowRoot(root: string): OwnToken {
  return ({ type, id }) => (type === "organization" ? root : type === "project" ? `${root}/${id}` : undefined);
}

/** Nothing but the project's id. */
export const bareProjectToken: OwnToken = ({ type, id }) => (type === "project" ? id : undefined);

export const ownProjectToken: OwnToken = ({ type, id }) => {
  if (type === "organization") return "$PROJECT";
  return type === "project" ? `$PROJECT:vstfs:///Classification/TeamProject/${id}` : undefined;
};

export const ownRepositoryToken: OwnToken = ({ type, id, projectId }) => {
  if (type === "organization") return "repoV2";
  return type === "project" ? `repoV2/${id}` : projectId && `repoV2/${projectId}/${id}`;
};

export const ownVersionControlToken: OwnToken = ({ type, name }) => {
  if (type === "organization") return "$";
  return type === "project" && name ? `$/${name}` : undefined;
};

/** Node tokens need the id of the project's root node, which no project tells; those of role objects name more than one id. */
export const noOwnToken: OwnToken = () => undefined;

export const ownIdentityToken: OwnToken = ({ type, id }) => (type === "repository" ? undefined : id);

export function organizationToken(token: string): OwnToken {
  return ({ type }) => (type === "organization" ? token : undefined);
}
