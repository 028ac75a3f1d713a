/**
 * The tokens of security namespaces: what each stands for, and the other way round. Upstream compares them without case
 * and with or without separators at the end; one of the wrong shape is not refused but read by nobody (facts 4.3).
 */

/** What a token is about: a resource, or something inside it that is no resource of its own. */
export interface Place {
  readonly type: "organization" | "project" | "repository" | RoleObjectType;
  /** The resource's id in lower case; "" for the organization. */
  readonly id: string;
  /** Of a repository or role object: its project, where it has one. */
  readonly projectId?: string;
  /** The canonical token of what is inside, e.g. a branch or a folder; "" for the resource itself. */
  readonly inner: string;
  /** What is inside, for people: `branch main`. */
  readonly label: string;
}

export type RoleObjectType = "agent-pool" | "environment" | "service-connection" | "variable-group" | "secure-file";

/** What a token cannot tell by itself. */
export interface Anchors {
  /** The id of the project with a name, which version control tokens hold. */
  projectNamed(name: string): string | undefined;
  /** The project whose area or iteration tree has this root node. */
  projectOfNode(rootId: string): string | undefined;
  /** The collection's id, by which tokens name the organization. */
  readonly collectionId: string;
}

/** What a token of one namespace stands for; undefined when it has another shape. */
export type ReadToken = (canonical: string, anchors: Anchors) => Place | undefined;

/** A token as it is compared: lower case, without separators at its end. */
export function canonicalToken(token: string, separator: string): string {
  const lower = token.toLowerCase();
  let end = lower.length;
  while (end > 0 && (lower[end - 1] === separator || lower[end - 1] === "/")) end -= 1;
  return lower.slice(0, end);
}

/** The tokens from which a token inherits, nearest first; none in a namespace without structure. */
export function* ancestorsOf(canonical: string, separator: string): Generator<string> {
  if (separator === "" || separator === "\0") return;
  let below = canonical;
  for (let at = canonical.lastIndexOf(separator); at >= 0; at = canonical.lastIndexOf(separator, at - 1)) {
    const ancestor = canonicalToken(canonical.slice(0, at), separator);
    // Between two separators in a row there is nothing.
    if (ancestor !== below) yield ancestor;
    below = ancestor;
    if (at === 0) return;
  }
}

const guid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

export const organizationPlace: Place = { type: "organization", id: "", inner: "", label: "" };

/** Tokens below `root`: the organization's own, then a project's, then what is inside the project. */
export function projectTokens(root: string, noun: string): ReadToken {
  const pattern = new RegExp(`^${escaped(root)}/?(${guid})(?:/(.+))?$`);
  return (token) => {
    if (token === root || `${token}/` === root) return organizationPlace;
    const [, id, inner] = pattern.exec(token) ?? [];
    return id === undefined ? undefined : projectPlace(id, inner, noun);
  };
}

/** Tokens of an organization-wide namespace: one of `own` is the organization's, any other a part of it. */
export function organizationTokens(...own: readonly string[]): ReadToken {
  return (token) => (own.includes(token) ? organizationPlace : { ...organizationPlace, inner: token, label: token });
}

export const readProjectToken: ReadToken = (token) => {
  if (token === "$project") return organizationPlace;
  const id = new RegExp(`^\\$project:vstfs:///classification/teamproject/(${guid})$`).exec(token)?.[1];
  return id === undefined ? undefined : projectPlace(id, undefined, "");
};

/** Nodes are joined by their ids, the root first; the project stands nowhere in them. */
export function nodeTokens(noun: string): ReadToken {
  const pattern = new RegExp(`^vstfs:///classification/node/(${guid})(?::(.+))?$`);
  return (token, anchors) => {
    const [, root, inner] = pattern.exec(token) ?? [];
    const id = root === undefined ? undefined : anchors.projectOfNode(root);
    if (id === undefined) return undefined;
    const path = inner?.replaceAll("vstfs:///classification/node/", "");
    return projectPlace(id, path, noun);
  };
}

/** Version control names the project instead of giving its id. */
export const readVersionControlToken: ReadToken = (token, anchors) => {
  if (token === "$" || token === "") return organizationPlace;
  const [, name, inner] = /^\$\/([^/]+)(?:\/(.+))?$/.exec(token) ?? [];
  const id = name === undefined ? undefined : anchors.projectNamed(name);
  return id === undefined ? undefined : projectPlace(id, inner, "path");
};

/** Groups and teams by their storage key, below their project or the collection. */
export const readIdentityToken: ReadToken = (token, { collectionId }) => {
  const [, scope, group] = new RegExp(`^(${guid})(?:\\\\(.+))?$`).exec(token) ?? [];
  if (scope === undefined) return undefined;
  if (scope !== collectionId) return projectPlace(scope, group, "group");
  return group === undefined ? organizationPlace : { ...organizationPlace, inner: group, label: `group ${group}` };
};

const repositoryPattern = new RegExp(`^repov2(?:/(${guid})(?:/(${guid})(?:/(refs/.+))?)?)?$`);

/** `repoV2`, a project, a repository, and refs with each path segment in hexadecimal (facts 4.3). */
export const readRepositoryToken: ReadToken = (token) => {
  const match = repositoryPattern.exec(token);
  if (!match) return undefined;
  const [, projectId, id, inner = ""] = match;
  if (projectId === undefined) return organizationPlace;
  if (id === undefined) return projectPlace(projectId, undefined, "");
  return { type: "repository", id, projectId, inner, label: inner === "" ? "" : refLabel(inner) };
};

function refLabel(inner: string): string {
  const [, kind, path = ""] = /^refs\/(heads|tags)(?:\/(.+))?$/.exec(inner) ?? [];
  if (kind === undefined) return inner;
  const nouns = kind === "heads" ? { one: "branch", all: "all branches" } : { one: "tag", all: "all tags" };
  return path === "" ? nouns.all : `${nouns.one} ${path.split("/").map(decodeSegment).join("/")}`;
}

function decodeSegment(hex: string): string {
  return /^(?:[0-9a-f]{4})+$/.test(hex) ? Buffer.from(hex, "hex").toString("utf16le") : hex;
}

/** The token of a repository's branch or tag. */
export function refToken(repositoryToken: string, ref: string): string {
  const [refs = "", kind = "", ...path] = ref.split("/");
  const segments = path.map((segment) => Buffer.from(segment, "utf16le").toString("hex"));
  return [repositoryToken, refs, kind, ...segments].join("/");
}

/**
 * Tokens of what has roles: a hub that belongs to the organization or a project, and the objects in it. Objects of
 * projects have ids of two parts, since an object shared with another project has other roles there.
 */
export function roleTokens(root: string, objects: readonly { readonly path: string; readonly type: RoleObjectType }[]) {
  const pattern = new RegExp(`^${escaped(root)}(?:/(${guid}|collection)(?:/(.+))?)?$`);
  return (token: string): Place | undefined => {
    const match = pattern.exec(token);
    if (!match) return undefined;
    const [, scope, rest] = match;
    const projectId = scope === "collection" ? undefined : scope;
    if (rest === undefined) return projectId === undefined ? organizationPlace : projectPlace(projectId, undefined, "");
    for (const { path, type } of objects) {
      const id = rest.startsWith(path) ? rest.slice(path.length) : "";
      if (!/^[0-9a-z-]+$/.test(id)) continue;
      return projectId === undefined
        ? { type, id, inner: "", label: "" }
        : { type, id: `${projectId}_${id}`, projectId, inner: "", label: "" };
    }
    return undefined;
  };
}

/** The place of a project, or of what is inside it and called `noun`. */
export function projectPlace(id: string, inner: string | undefined, noun: string): Place {
  return inner === undefined
    ? { type: "project", id, inner: "", label: "" }
    : { type: "project", id, inner, label: `${noun} ${inner}` };
}

function escaped(text: string): string {
  return text.replace(/[$.*+?^{}()|[\]\\]/g, "\\$&");
}
