import type { ResourceHandler } from "../connector/handler.ts";
import { accessLevelResource } from "./access-levels/resource.ts";
import { createAccountHandling } from "./accounts/addition.ts";
import { accountRemover } from "./accounts/removal.ts";
import { feedResource } from "./feeds/resource.ts";
import { groupResource } from "./groups.ts";
import { roleTypes, type SyncOptions } from "./options.ts";
import { organizationResource } from "./organization.ts";
import { projectResource } from "./projects.ts";
import type { Readings } from "./readings/index.ts";
import { repositoryResource } from "./repositories.ts";
import { roleResource } from "./roles/resource.ts";
import { teamResource } from "./teams.ts";
import { tokenResource } from "./tokens/resource.ts";
import { unknownIdentityResource } from "./unknown-identities.ts";
import { serviceAccountResource, servicePrincipalResource, userResource } from "./users.ts";

/** Every resource type, in the order in which they are listed: what needs most readings comes last. */
export function createHandlers(options: SyncOptions): readonly ResourceHandler<Readings>[] {
  // Azure DevOps makes its service accounts itself.
  const changeable = { accounts: createAccountHandling(), remover: accountRemover };
  return [
    ...(options.syncOrganizations ? [organizationResource(options)] : []),
    projectResource(options),
    ...(options.permissionDetail === "roles" ? [] : [repositoryResource(options)]),
    ...roleTypes.filter((type) => options.optionalTypes.includes(type)).map((type) => roleResource(type, options)),
    ...(options.optionalTypes.includes("feed") ? [feedResource(options)] : []),
    ...(options.optionalTypes.includes("access-level") ? [accessLevelResource(options)] : []),
    { ...userResource, ...changeable },
    serviceAccountResource,
    { ...servicePrincipalResource, ...changeable },
    groupResource(options),
    ...(options.syncTeams ? [teamResource] : []),
    unknownIdentityResource,
    ...(options.personalAccessTokens === "off" ? [] : [tokenResource]),
  ];
}
