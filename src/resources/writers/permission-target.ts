import type { AccessControlEntry } from "../../azure-devops/security-schemas.ts";
import type { Call } from "../../call.ts";
import type { ChangeRequest } from "../../connector/changes.ts";
import { entitlementId, shorten } from "../../connector/ids.ts";
import type { ResourceRef } from "../../connector/model.ts";
import { ConnectorError } from "../../errors.ts";
import { type Action, type Actions, createActions } from "../../permissions/actions.ts";
import { hasBit } from "../../permissions/bits.ts";
import { bundles, isCustom } from "../../permissions/fold.ts";
import type { GovernedNamespace } from "../../permissions/namespace.ts";
import { governedNamespaces } from "../../permissions/namespaces.ts";
import type { TokenOwner } from "../../permissions/own-tokens.ts";
import { tokenSlug } from "../../permissions/slugs.ts";
import type { GovernedType } from "../permissions/sources.ts";
import { unwritable, writableToken } from "../permissions/writable.ts";
import type { Readings } from "../readings/index.ts";
import type { AccessTarget } from "./access-change.ts";
import { readList } from "./entry-list.ts";
import type { Rung } from "./staying.ts";

/** What the slug of a permission says: `<namespace>.<action>`, with the hash of a token between them for a part of the resource. */
interface ParsedSlug {
  readonly namespace: GovernedNamespace;
  readonly inner: string | undefined;
  readonly permissions: readonly string[];
}

const ownPrefix = /^[a-z0-9-]+\.(?:([0-9a-v]{26})\.)?[a-z0-9_-]+$/;

/** The namespace that the slug of a permission begins with; undefined for slugs of something else. */
export function isPermissionSlug(slug: string): boolean {
  return slug.startsWith("access.") || governedNamespaces.some((each) => slug.startsWith(`${each.slug}.`));
}

function parse(slug: string): ParsedSlug | undefined {
  const bundle = bundles.find((each) => each.slug === slug);
  const name = bundle ? "git" : slug.slice(0, slug.indexOf("."));
  const namespace = governedNamespaces.find((each) => each.slug === name);
  if (!namespace) return undefined;
  if (bundle) return { namespace, inner: undefined, permissions: bundle.permissions };
  const match = ownPrefix.exec(slug);
  if (!match) return undefined;
  const [, inner] = match;
  return { namespace, inner, permissions: [inner === undefined ? slug : slug.replace(`.${inner}`, "")] };
}

/** The bits and the token of a permission; fails with `not-found` for one that does not exist. */
export async function permissionTarget(
  readings: Readings,
  resource: ResourceRef & { readonly type: GovernedType },
  { slug, kind }: Pick<ChangeRequest, "slug" | "kind">,
  call: Call,
): Promise<AccessTarget> {
  if (isCustom(slug)) {
    const told = `${shorten(slug)} stands for several permissions that are told as one: ask for a single one, or sync with --permission-detail all`;
    throw new ConnectorError("refused", told);
  }
  const parsed = parse(slug);
  if (!parsed) throw unknown(resource, slug);
  const [definitions, owner] = await Promise.all([
    readings.client.security.listNamespaces(call),
    ownerOf(readings, resource, call),
  ]);
  const definition = definitions.find(({ id }) => id === parsed.namespace.id);
  if (!definition || !owner) throw unknown(resource, slug);
  const actions = createActions(parsed.namespace, definition);
  const wanted = parsed.permissions.map((permission) => actionOf(actions, permission));
  if (wanted.includes(undefined)) throw unknown(resource, slug);
  const found = wanted.flatMap((action) => action ?? []);
  const place = await placeOf(readings, owner, parsed, call);
  if (!place) throw unknown(resource, slug);
  const isHeld = ({ bit }: Action) => place.entries.some(({ allow, deny }) => hasBit(allow, bit) || hasBit(deny, bit));
  // A bit without a name is an entitlement where somebody has it; whoever revokes one may find it gone.
  if (kind === "grant" && !found.every((action) => actions.known.includes(action) || isHeld(action))) {
    throw unknown(resource, slug);
  }
  const what = found.map(({ displayName }) => displayName).join(", ");
  const gives = found.find(({ tier }) => tier === 0);
  return {
    namespace: parsed.namespace,
    token: place.token,
    actions: found,
    label: `${what} on ${place.label}`,
    whole: false,
    ...(bundles.some((each) => each.slug === slug) ? { ladder: ladderOf(actions, resource) } : {}),
    tierZero: async () => gives && `${gives.displayName} (${gives.slug})`,
  };
}

/** The bundles of a repository, as their bits are here. */
function ladderOf(actions: Actions, resource: ResourceRef): readonly Rung[] {
  return bundles.map(({ slug, displayName, permissions }) => {
    const bits = permissions.map((permission) => actionOf(actions, permission)?.bit ?? 0);
    return { id: entitlementId(resource, slug), displayName, mask: bits.reduce((sum, bit) => sum + bit, 0) };
  });
}

/** The highest bit of a mask: masks have 32. */
const highestBit = 2 ** 31;

/** The action of a name, or of a bit that has none; a bit with a name goes by its name alone. */
function actionOf({ known, of }: Actions, permission: string): Action | undefined {
  const action = known.find(({ slug }) => slug === permission);
  if (action) return action;
  const bit = Number(/\.bit_(\d{1,10})$/.exec(permission)?.[1]);
  if (!Number.isInteger(Math.log2(bit)) || bit > highestBit) return undefined;
  const unnamed = of(bit);
  return unnamed.slug === permission ? unnamed : undefined;
}

function unknown(resource: ResourceRef, slug: string): ConnectorError {
  const told = `there is no entitlement ${shorten(entitlementId(resource, slug))}: sync again`;
  return new ConnectorError("not-found", told);
}

interface NamedOwner extends TokenOwner {
  readonly displayName: string;
}

/** The resource as tokens name it; undefined when it does not exist. */
async function ownerOf(
  { client, access, projects }: Readings,
  { type, id }: ResourceRef & { readonly type: GovernedType },
  call: Call,
): Promise<NamedOwner | undefined> {
  if (type === "organization") {
    const { instanceId } = await access.connection(call);
    const displayName = `the organization ${client.connection.organization.name}`;
    return instanceId.toLowerCase() === id.toLowerCase()
      ? { type, id: instanceId.toLowerCase(), displayName }
      : undefined;
  }
  if (type === "repository") {
    const repository = await client.git.getRepository(id, call);
    return repository && { type, id, projectId: repository.project.id, displayName: `repository ${repository.name}` };
  }
  const project = (await projects.projects(call)).find((each) => each.id === id.toLowerCase());
  return project && { type, id: project.id, name: project.name, displayName: `project ${project.name}` };
}

interface NamedToken {
  readonly token: string;
  readonly label: string;
  readonly entries: readonly Pick<AccessControlEntry, "allow" | "deny">[];
}

/** The token of a resource that no document tells; fails where it is needed and not told by a list either. */
async function listedToken(
  readings: Readings,
  namespace: GovernedNamespace,
  owner: NamedOwner,
  call: Call,
): Promise<string | undefined> {
  const { type, id, displayName } = owner;
  const placed = (await readings.permissions.index(call)).tokens(type, id);
  const token = writableToken(namespace, owner, placed);
  const isTold = namespace.covers === type || placed.some(({ actions }) => actions.namespace === namespace);
  if (token === undefined && isTold) throw new ConnectorError("refused", `${displayName}: ${unwritable(namespace)}`);
  return token;
}

/** The token, in the spelling of its list where there is one. */
async function placeOf(
  readings: Readings,
  owner: NamedOwner,
  { namespace, inner }: ParsedSlug,
  call: Call,
): Promise<NamedToken | undefined> {
  const { type, id, displayName } = owner;
  if (inner === undefined) {
    const token = namespace.ownToken(owner) || (await listedToken(readings, namespace, owner, call));
    if (token === undefined) return undefined;
    const list = await readList(readings, namespace.id, token, call);
    return { token: list?.token ?? token, label: displayName, entries: list?.entries ?? [] };
  }
  // The slug holds a hash: only the lists tell of what.
  const { tokens } = await readings.permissions.index(call);
  const part = tokens(type, id).find(
    ({ actions, place }) => actions.namespace === namespace && place.inner !== "" && tokenSlug(place.inner) === inner,
  );
  const list = part?.table.get(part.canonical);
  return part && list && { token: list.token, label: `${part.place.label} of ${displayName}`, entries: list.entries };
}
