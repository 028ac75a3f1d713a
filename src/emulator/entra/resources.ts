import { EntraProblem } from "./problems.ts";

/** Something that tokens are for. */
export interface Resource {
  /** What the `aud` of its tokens says. */
  readonly audience: string;
  /** How requests name it. */
  readonly names: readonly string[];
  readonly displayName: string;
  hasScope(name: string): boolean;
}

/** Azure DevOps, whose application has this id in every tenant (facts 9.1). */
export const azureDevOps: Resource = {
  audience: "499b84ac-1321-427f-aa17-267ca6975798",
  names: ["499b84ac-1321-427f-aa17-267ca6975798", "https://app.vssps.visualstudio.com"],
  displayName: "Azure DevOps",
  hasScope: (name) => name === "user_impersonation" || /^vso\.[a-z]+(_[a-z]+)*$/.test(name),
};

export const microsoftGraph: Resource = {
  audience: "https://graph.microsoft.com",
  names: ["https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"],
  displayName: "Microsoft Graph",
  hasScope: (name) => /^[A-Za-z-]+\.[A-Za-z.]+$/.test(name),
};

/** What a client asks for. */
export interface Asked {
  readonly resource: Resource;
  /** Scopes of the resource; `.default` stands for all that were consented to. */
  readonly names: readonly string[];
  readonly offline: boolean;
  readonly openid: boolean;
}

const signInScopes: ReadonlySet<string> = new Set(["openid", "profile", "email", "offline_access"]);

/** `{resource}/{scope}`; a scope without a resource is one of Microsoft Graph. */
function split(scope: string): readonly [resource: string, name: string] {
  const slash = scope.lastIndexOf("/");
  return slash < 0
    ? [microsoftGraph.audience, scope]
    : [scope.slice(0, slash).replace(/\/+$/, ""), scope.slice(slash + 1)];
}

function resourceOf(name: string, tenantId: string): Resource {
  const found = [azureDevOps, microsoftGraph].find(({ names }) => names.includes(name.toLowerCase()));
  if (found) return found;
  const where = `was not found in the tenant named ${tenantId}`;
  const remedy =
    "This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.";
  throw new EntraProblem("invalid_resource", 500011, `The resource principal named ${name} ${where}. ${remedy}`);
}

/** Takes the parameter `scope` apart. */
export function parseScope(scope: string, tenantId: string): Asked {
  const all = scope.split(" ").filter(Boolean);
  const own = all.filter((each) => !signInScopes.has(each)).map(split);
  const resources = [...new Set(own.map(([name]) => resourceOf(name, tenantId)))];
  if (resources.length > 1) {
    const message = `The provided value for the input parameter scope '${scope}' is not valid because it contains more than one resource.`;
    throw new EntraProblem("invalid_scope", 700022, message);
  }
  return {
    resource: resources[0] ?? microsoftGraph,
    names: own.map(([, name]) => name),
    offline: all.includes("offline_access"),
    openid: all.includes("openid"),
  };
}
