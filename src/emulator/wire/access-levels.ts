import type { AccessLevel } from "../../azure-devops/types.ts";
import type { LevelName } from "../licences.ts";
import type { Service } from "../service.ts";
import type { Entitlement } from "../state.ts";

type LevelFields = Pick<
  AccessLevel,
  "licensingSource" | "accountLicenseType" | "msdnLicenseType" | "gitHubLicenseType"
> & { readonly en: string; readonly de: string };

function level(source: string, account: string, msdn: string, en: string, de: string, gitHub = "none"): LevelFields {
  return {
    licensingSource: source,
    accountLicenseType: account,
    msdnLicenseType: msdn,
    gitHubLicenseType: gitHub,
    en,
    de,
  };
}

const enterprise = "Visual Studio Enterprise subscription";
const professional = "Visual Studio Professional subscription";
const testProfessional = "Visual Studio Test Professional subscription";

/** Access levels, each with its names in the languages of an organization (facts 6.1). */
export const accessLevels: Readonly<Record<LevelName, LevelFields>> = {
  express: level("account", "express", "none", "Basic", "Standard"),
  stakeholder: level("account", "stakeholder", "none", "Stakeholder", "Projektbeteiligter"),
  advanced: level("account", "advanced", "none", "Basic + Test Plans", "Standard + Testpläne"),
  subscriber: level("msdn", "none", "enterprise", enterprise, "Visual Studio Enterprise-Abonnement"),
  professional: level("msdn", "none", "professional", professional, "Visual Studio Professional-Abonnement"),
  testProfessional: level(
    "msdn",
    "none",
    "testProfessional",
    testProfessional,
    "Visual Studio Test Professional-Abonnement",
  ),
  eligible: level("msdn", "none", "eligible", "Visual Studio Subscriber", "Visual Studio-Abonnent"),
  github: level("gitHub", "none", "none", "GitHub Enterprise", "GitHub Enterprise", "enterprise"),
};

/** Names of paid extensions, which are for people only. */
export const extensionNames: Readonly<Record<string, string>> = {
  "ms.feed": "Azure Artifacts",
  "ms.vss-testmanager-web": "Test Manager",
};

/** An access level in the organization's language; without an entitlement, what `none` looks like. */
export function accessLevel(
  { settings }: Service,
  entitlement: Pick<Entitlement, "level" | "status" | "assignment"> | undefined,
): AccessLevel {
  const none = level("none", "none", "none", "", "");
  const { de, en, ...fields } = entitlement ? accessLevels[entitlement.level] : none;
  return {
    ...fields,
    licenseDisplayName: settings.language === "de" ? de : en,
    status: entitlement?.status ?? "none",
    statusMessage: "",
    assignmentSource: entitlement?.assignment ?? "none",
  };
}
