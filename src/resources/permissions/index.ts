import { projectOfDomain } from "../../azure-devops/descriptors.ts";
import type { GraphGroup } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import { safeId } from "../../connector/ids.ts";
import type { EntitlementDefinition, Grant, PermissionSet } from "../../connector/model.ts";
import type { GovernedNamespace } from "../../permissions/namespace.ts";
import { canonicalToken } from "../../permissions/tokens.ts";
import { createShared, type SharedOptions } from "../../shared-load.ts";
import type { Member } from "../readings/member-resolution.ts";
import { type Containers, createContainerReading } from "./containers.ts";
import { createEffectiveAccess, type EffectiveAccess } from "./effective-access.ts";
import { entitlementsOf } from "./entitlements.ts";
import { grantOf } from "./grants.ts";
import { type HeldContext, heldOn, isContested } from "./held.ts";
import { withHolders } from "./holders.ts";
import { createKeptRows } from "./kept-rows.ts";
import { membershipContents } from "./membership-contents.ts";
import { peopleRowsOf } from "./people-rows.ts";
import { type PlacedToken, type PlaceIndex, readPlaceIndex } from "./place-index.ts";
import { type RoleGroup, roleGroupOf } from "./role-groups.ts";
import { joinRows, type Row, rowsOf } from "./rows.ts";
import type { GovernedType, PermissionSources } from "./sources.ts";
import { unwritable, writableToken } from "./writable.ts";

/** Who may do what, by the access control lists of all governed namespaces. */
export interface PermissionReading {
  index(call: Call): Promise<PlaceIndex>;
  /** Ids of the resources of a type of which permissions are told, ascending. */
  ids(type: GovernedType, call: Call): Promise<readonly string[]>;
  /** Ascending by slug; empty for a resource without lists of its own. */
  entitlements(type: GovernedType, id: string, call: Call): Promise<readonly EntitlementDefinition[]>;
  grants(type: GovernedType, id: string, call: Call): Promise<Grant[]>;
  /** What membership of a built-in group gives; empty for other groups, and where every permission is told by itself. */
  membership(groupId: string, call: Call): Promise<readonly PermissionSet[]>;
  /** Built-in groups by subject id. */
  roleGroups(call: Call): Promise<ReadonlyMap<string, RoleGroup>>;
  /** Subject id of the group Project Collection Administrators. */
  administrators(call: Call): Promise<string | undefined>;
  effective(call: Call): Promise<EffectiveAccess>;
  /** Whoever an entry is for. */
  holders(call: Call): Promise<readonly Member[]>;
  /** Who is in which groups; read only where a deny makes it matter. */
  containers(call: Call): Promise<Containers>;
}

export function createPermissionReading(sources: PermissionSources, life: SharedOptions): PermissionReading {
  const { options, groups, projects } = sources;
  const detail = options.permissionDetail;
  const allRepositories = options.inheritedRows || options.effective;

  const roleGroups = createShared(async (call) => {
    const [all, teams] = await Promise.all([groups.all(call), projects.teams(call)]);
    const found = new Map<string, RoleGroup>();
    for (const [id, group] of all) {
      const role = roleGroupOf(group, teams.has(group.originId?.toLowerCase() ?? ""));
      if (role) found.set(safeId(id), role);
    }
    return found;
  }, life);

  const administrators = createShared(async (call) => {
    const roles = await roleGroups.get(call);
    return [...roles].filter(([, role]) => role.collectionAdministrators).map(([id]) => id);
  }, life);

  const { index, holders } = withHolders(
    createShared((call) => readPlaceIndex({ ...sources, roleGroups: roleGroups.get }, call), life),
    sources.tables.descriptors,
    sources.resolver,
  );
  const containers = createContainerReading(sources, life);

  async function contextFor(tokens: readonly PlacedToken[], call: Call): Promise<HeldContext> {
    const contested = tokens.some(isContested);
    return {
      holders: await holders(call),
      containers: contested ? await containers(call) : undefined,
      administrators: (await administrators.get(call))[0],
      withInherited: ({ place }) => options.inheritedRows && place.type === "repository" && place.inner === "",
    };
  }

  /** What is told of a resource is asked of its own lists; what is inherited, of a repository without any too. */
  async function tokensOf(type: GovernedType, id: string, call: Call): Promise<readonly PlacedToken[]> {
    const { tokens, actions, table } = await index(call);
    const own = tokens(type, id);
    if (type !== "repository" || !allRepositories || own.some(({ place }) => place.inner === "")) return own;
    const repository = (await sources.repositories.all(call)).get(id);
    const git = actions.find(({ namespace }) => namespace.covers === "repository");
    const gitTable = git && table(git.namespace.id);
    if (!repository || !git || !gitTable) return own;
    const projectId = repository.project.id;
    const token = git.namespace.ownToken({ type, id, projectId }) ?? "";
    const canonical = canonicalToken(token, gitTable.separator);
    return [...own, { actions: git, table: gitTable, canonical, place: { type, id, projectId, inner: "", label: "" } }];
  }

  const kept = createKeptRows<readonly Row[]>();

  async function rows(type: GovernedType, id: string, call: Call): Promise<readonly Row[]> {
    return kept(await index(call), `${type}:${id}`, async () => {
      const tokens = await tokensOf(type, id, call);
      const context = await contextFor(tokens, call);
      const rowOptions = {
        detail,
        roleGroups: await roleGroups.get(call),
        teams: options.syncTeams ? await projects.teams(call) : new Map(),
      };
      const people = options.effective ? await effective.get(call) : undefined;
      return joinRows(
        tokens.flatMap((token) =>
          people ? peopleRowsOf(token, people, detail) : rowsOf(token, heldOn(token, context), rowOptions),
        ),
      );
    });
  }

  const contents = createShared(async (call) => {
    if (detail !== "standard") return new Map<string, readonly PermissionSet[]>();
    const places = await index(call);
    const roles = await roleGroups.get(call);
    return membershipContents(places, roles, async (tokens) => {
      const context = await contextFor(tokens, call);
      return (token) => heldOn(token, context);
    });
  }, life);

  const effective = createShared(async (call) => {
    const [places, held, around, [administratorsId], all, listed, worksAsStakeholder] = await Promise.all([
      index(call),
      holders(call),
      containers(call),
      administrators.get(call),
      groups.all(call),
      projects.projects(call),
      sources.worksAsStakeholder(call),
    ]);
    const isPrivate = new Map(listed.map(({ id, visibility }) => [id, visibility?.toLowerCase() !== "public"]));
    const projectOf = (group: string) => projectOfDomain(all.get(group)?.domain);
    const isProjectScoped = ([, { displayName, domain }]: [string, GraphGroup]) =>
      displayName === "Project-Scoped Users" && projectOfDomain(domain) === undefined;
    return createEffectiveAccess({
      index: places,
      holders: held,
      containers: around,
      administrators: administratorsId,
      projectScoped: [...all].find(isProjectScoped)?.[0],
      projectOfGroup: projectOf,
      isPrivate: (projectId) => isPrivate.get(projectId) ?? true,
      worksAsStakeholder,
    });
  }, life);

  return {
    index,
    async ids(type, call) {
      if (type === "repository" && allRepositories) return [...(await sources.repositories.all(call)).keys()];
      return (await index(call)).ids(type);
    },
    effective: effective.get,
    roleGroups: roleGroups.get,
    administrators: async (call) => (await administrators.get(call))[0],
    async entitlements(type, id, call) {
      if (detail === "roles") return [];
      const { actions, owner } = await index(call);
      const tokens = await tokensOf(type, id, call);
      if (tokens.length === 0) return [];
      const whyImmutable = (namespace: GovernedNamespace) =>
        writableToken(namespace, owner(type, id), tokens) === undefined ? unwritable(namespace) : undefined;
      return entitlementsOf(type, actions, await rows(type, id, call), options, sources.principalTypes, whyImmutable);
    },
    async grants(type, id, call) {
      if (detail === "roles") return [];
      const [made, directory, held] = await Promise.all([
        rows(type, id, call),
        sources.principals(call),
        holders(call),
      ]);
      const roles = await roleGroups.get(call);
      const [{ anchors }, isBlocked] = await Promise.all([index(call), sources.blocked(call)]);
      return made.map((row) => grantOf(row, { directory, holders: held, roleGroups: roles, anchors, isBlocked }));
    },
    membership: async (groupId, call) => (await contents.get(call)).get(groupId) ?? [],
    holders: async (call) => (await holders(call)).all(),
    containers,
  };
}
