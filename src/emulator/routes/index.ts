import { hostedAreas } from "../areas.ts";
import type { Settings } from "../options.ts";
import { roleLocations } from "../role-locations.ts";
import type { Route } from "../router.ts";
import { accessListRoutes } from "./access-lists.ts";
import { accessWriteRoutes } from "./access-writes.ts";
import { accountRoutes } from "./accounts.ts";
import { agentRoutes } from "./agents.ts";
import { classificationRoutes } from "./classification.ts";
import { coreRoutes } from "./core.ts";
import { endpointRoutes } from "./endpoints.ts";
import { entitlementWriteRoutes } from "./entitlement-writes.ts";
import { entitlementListRoutes } from "./entitlements.ts";
import { feedWriteRoutes } from "./feed-writes.ts";
import { feedRoutes } from "./feeds.ts";
import { graphRoutes } from "./graph.ts";
import { graphMembershipRoutes } from "./graph-memberships.ts";
import { groupWriteRoutes } from "./group-writes.ts";
import { identityRoutes } from "./identities.ts";
import { libraryRoutes } from "./library.ts";
import { locationRoutes } from "./location.ts";
import { membershipWriteRoutes } from "./membership-writes.ts";
import { permissionRoutes } from "./permissions.ts";
import { reportRoutes } from "./permissions-report.ts";
import { repositoryRoutes } from "./repositories.ts";
import { roleWriteRoutes } from "./role-writes.ts";
import { roleRoutes } from "./roles.ts";
import { securityNamespaceRoutes } from "./security-namespaces.ts";
import { sessionTokenRoutes } from "./session-tokens.ts";
import { entitlementRoutes } from "./single-entitlements.ts";
import { subjectWriteRoutes } from "./subject-writes.ts";
import { teamRoutes } from "./teams.ts";

/** Every route of the emulator, as the beliefs have it. */
export function allRoutes({ beliefs, deployment, hostStyle }: Settings): readonly Route[] {
  const identity = identityRoutes(beliefs.identityBatchVersion === "preview");
  const listScopes = beliefs.aclReadScope === "any" ? [] : ["vso.security_manage"];
  const hosted: readonly Route[] = [
    ...graphRoutes,
    ...graphMembershipRoutes,
    ...membershipWriteRoutes,
    ...groupWriteRoutes,
    ...subjectWriteRoutes,
    ...identity.filter((route) => beliefs.identityBatch === "available" || route.path !== "_apis/identitybatch"),
    ...coreRoutes,
    ...teamRoutes,
    ...repositoryRoutes,
    ...classificationRoutes,
    ...securityNamespaceRoutes,
    ...accessListRoutes(listScopes),
    ...accessWriteRoutes,
    ...permissionRoutes(listScopes),
    ...reportRoutes,
    ...roleRoutes(listScopes),
    ...roleWriteRoutes,
    ...entitlementListRoutes,
    ...entitlementRoutes,
    ...entitlementWriteRoutes,
    ...agentRoutes,
    ...endpointRoutes,
    ...libraryRoutes,
    ...feedRoutes,
    ...feedWriteRoutes,
    ...sessionTokenRoutes,
    ...accountRoutes,
  ];
  const noEnvironments = beliefs.serverEnvironments === "missing";
  const onServer = ({ location }: Route) =>
    !hostedAreas.has(location.area) && !(noEnvironments && location === roleLocations.environments);
  const routes = deployment === "hosted" ? hosted : hosted.filter(onServer);
  return [...locationRoutes(routes, hostStyle === "single"), ...routes];
}
