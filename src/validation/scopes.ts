import type { AzureDevOpsClient } from "../azure-devops/client.ts";
import type { Call } from "../call.ts";
import { ConnectorError, isConnectorError } from "../errors.ts";
import type { SyncOptions } from "../resources/options.ts";
import type { Access, OptionalReading } from "../resources/readings/access.ts";
import { absenceOf, purposeOf, type Right, rights } from "../resources/rights.ts";
import { type Finding, failed, failedBy, ok, skipped, warning } from "./finding.ts";
import type { Patience } from "./patience.ts";

export interface ScopeCheck {
  readonly client: AzureDevOpsClient;
  readonly access: Access;
  /** Storage key of the caller. */
  readonly self: string;
  readonly sync: SyncOptions;
  /** Whether anything may be changed. */
  readonly provisioning: boolean;
  readonly patience: Patience;
  /** An application by itself has no scopes: what it may do is decided by its permissions in the organization. */
  readonly isApplication: boolean;
}

/** One small request for each right that every sync needs. */
const probes: Readonly<Record<string, (check: ScopeCheck, call: Call) => Promise<unknown>>> = {
  "vso.graph": ({ client, self }, call) => client.graph.getDescriptor(self, call),
  "vso.project": ({ client }, call) => client.core.listProjects("all", "", call),
};

/** One small request for each right without which everything works, with less certainty. */
const optionalProbes: typeof probes = {
  "vso.profile": ({ client, self }, call) => client.accounts.listOfMember(self, call),
};

const readings: Readonly<Record<string, OptionalReading>> = {
  "vso.memberentitlementmanagement": "member-entitlements",
  "vso.identity": "identities",
  "vso.security_manage": "security",
  "vso.code": "repositories",
  "vso.agentpools": "agent-pools",
  "vso.environment_manage": "environments",
  "vso.serviceendpoint": "service-connections",
  "vso.variablegroups_read": "variable-groups",
  "vso.securefiles_read": "secure-files",
  "vso.packaging": "feeds",
  "vso.tokenadministration": "personal-access-tokens",
};

/** Which scopes the token has, found out by using each of them, and what every missing one disables. */
export async function* checkScopes(check: ScopeCheck, call: Call): AsyncGenerator<Finding> {
  for (const right of rights) {
    const name = `scope:${right.oauthScope}`;
    if (right.isNeeded?.(check.sync, check.provisioning) === false) {
      yield skipped(name, `${right.scope} is asked for with ${right.option} only`);
      continue;
    }
    if (![readings, probes, optionalProbes].some((known) => right.oauthScope in known)) {
      yield skipped(name, `${told(right, check)}; whether it is there shows with the first change`);
      continue;
    }
    try {
      yield await checkRight(name, right, check, call);
    } catch (error) {
      yield failedBy(name, error);
    }
  }
}

async function checkRight(name: string, right: Right, check: ScopeCheck, call: Call): Promise<Finding> {
  const { access, patience } = check;
  const reading = readings[right.oauthScope];
  if (reading) {
    const absence = await patience(() => access.absence(reading, call));
    if (!absence) return ok(name, told(right, check));
    const { cause, remedy } = absence;
    return warning(name, `${what(right, check)} is missing: ${cause}`, {
      disables: absenceOf(right, check.provisioning),
      remedy: check.isApplication ? givePermission(right) : remedy,
    });
  }
  const optional = optionalProbes[right.oauthScope];
  if (optional) return tryRight(name, right, optional, check, call);
  const probe = probes[right.oauthScope];
  if (!probe) throw new ConnectorError("bug", `nothing finds out whether the token has ${right.scope}`);
  try {
    await patience(() => probe(check, call));
    return ok(name, told(right, check));
  } catch (error) {
    if (!isConnectorError(error, "forbidden", "unauthenticated")) throw error;
    // A missing scope can answer with the sign-in page of a bad token; a bad token cannot read this.
    if (error.kind === "unauthenticated") await check.client.core.getConnectionData(call);
    const missing = new ConnectorError("forbidden", `${what(right, check)} is missing: ${error.message}`, {
      cause: error,
    });
    return failed(
      name,
      missing,
      check.isApplication ? givePermission(right) : `give the token the scope ${right.scope}`,
    );
  }
}

/** Whatever it fails for, nothing needs it. */
async function tryRight(
  name: string,
  right: Right,
  probe: (check: ScopeCheck, call: Call) => Promise<unknown>,
  check: ScopeCheck,
  call: Call,
): Promise<Finding> {
  try {
    await check.patience(() => probe(check, call));
    return ok(name, told(right, check));
  } catch (error) {
    if (!isConnectorError(error) || ["canceled", "bug"].includes(error.kind)) throw error;
    return warning(
      name,
      `${what(right, check)} is missing, or the token is for one organization alone: ${error.message}`,
      {
        disables: absenceOf(right, check.provisioning),
        remedy: check.isApplication
          ? givePermission(right)
          : `give the token the scope ${right.scope}, for all organizations`,
      },
    );
  }
}

const told = (right: Right, { provisioning }: ScopeCheck) => `${right.scope}: ${purposeOf(right, provisioning)}`;

const what = (right: Right, { isApplication, provisioning }: ScopeCheck) =>
  isApplication ? `the permission for: ${purposeOf(right, provisioning)}` : right.scope;

const givePermission = ({ scope }: Right) =>
  `tokens of applications have no scopes such as ${scope}: in the organization, give the application an access level and put it into a group that may, such as Project Collection Administrators`;
