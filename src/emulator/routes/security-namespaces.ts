import { locations } from "../locations.ts";
import { Refusal } from "../problems.ts";
import type { Reply } from "../reply.ts";
import { okList } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import { germanTitle } from "../seed/action-titles.ts";
import type { SecurityNamespace } from "../state.ts";
import { canonicalGuid } from "../wire/guids.ts";

function wireNamespace(call: Call, namespace: SecurityNamespace): object {
  const { language } = call.settings;
  return {
    namespaceId: namespace.id,
    name: namespace.name,
    displayName: null,
    separatorValue: namespace.separator,
    elementLength: -1,
    writePermission: namespace.write,
    readPermission: namespace.read,
    dataspaceCategory: namespace.dataspace,
    actions: namespace.bits.map(({ bit, name, title }) => ({
      bit,
      name,
      displayName: language === "de" ? germanTitle(title) : title,
      namespaceId: namespace.id,
    })),
    structureValue: namespace.structure,
    extensionType: null,
    isRemotable: namespace.remotable,
    useTokenTranslator: namespace.translated,
    systemBitMask: namespace.system,
  };
}

/** The namespace that a path names. */
export function namespaceOf(call: Call): SecurityNamespace {
  const asked = call.param("securityNamespaceId");
  const id = canonicalGuid(asked);
  const found = call.state.namespaces.find((namespace) => namespace.id === id);
  if (found) return found;
  throw unknownNamespace(asked);
}

/** How an unknown namespace is refused. */
export function unknownNamespace(asked: string): Refusal {
  const message = `The security namespace with identifier '${asked}' could not be found.`;
  return new Refusal(404, "InvalidSecurityNamespaceException", message);
}

function namespaces(call: Call): Reply {
  const localOnly = call.query.get("localonly")?.toLowerCase() === "true";
  const found = call.state.namespaces.filter(({ local }) => local || !localOnly);
  return okList(found.map((namespace) => wireNamespace(call, namespace)));
}

function get(path: string, handle: Route["handle"]): Route {
  return { method: "GET", path, location: locations.securityNamespaces, scopes: [], handle };
}

/** Definitions of namespaces and their actions, for any valid token (facts 4.1, 9.2). */
export const securityNamespaceRoutes: readonly Route[] = [
  get("_apis/securitynamespaces", namespaces),
  get("_apis/securitynamespaces/{securityNamespaceId}", (call) => okList([wireNamespace(call, namespaceOf(call))])),
];
