import type { ResourceHandler } from "../connector/handler.ts";
import { groupResource } from "./groups.ts";
import type { SyncOptions } from "./options.ts";
import { organizationResource } from "./organization.ts";
import { projectResource } from "./projects.ts";
import type { Readings } from "./readings/index.ts";
import { repositoryResource } from "./repositories.ts";
import { teamResource } from "./teams.ts";
import { unknownIdentityResource } from "./unknown-identities.ts";
import { serviceAccountResource, servicePrincipalResource, userResource } from "./users.ts";

/** Every resource type, in the order in which they are listed: what needs most readings comes last. */
export function createHandlers(options: SyncOptions): readonly ResourceHandler<Readings>[] {
  return [
    ...(options.syncOrganizations ? [organizationResource(options)] : []),
    projectResource(options),
    ...(options.permissionDetail === "roles" ? [] : [repositoryResource(options)]),
    userResource,
    serviceAccountResource,
    servicePrincipalResource,
    groupResource(options),
    ...(options.syncTeams ? [teamResource] : []),
    unknownIdentityResource,
  ];
}
