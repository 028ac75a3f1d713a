import { ConnectorError } from "../errors.ts";

/** Which changes may be asked for. */
export const provisioningLevels = ["off", "standard", "privileged"] as const;
export type Provisioning = (typeof provisioningLevels)[number];

/** What one caller may ask for. */
export const callerRights = ["read-only", "standard", "privileged"] as const;
export type CallerRight = (typeof callerRights)[number];

const ranks = { off: 0, "read-only": 0, standard: 1, privileged: 2 } as const;

/** What each caller may ask for, by its name; whoever is not named reads, once anybody is. */
export function createCallerRights(provisioning: Provisioning, rights: ReadonlyMap<string, CallerRight>) {
  return (caller: string): "standard" | "privileged" => {
    if (provisioning === "off") {
      const told = "provisioning is off; start the connector with --provisioning standard to allow changes";
      throw new ConnectorError("read-only", told);
    }
    const own = rights.get(caller) ?? (rights.size === 0 ? provisioning : "read-only");
    if (ranks[own] === 0) {
      throw new ConnectorError(
        "refused",
        `caller ${caller} may only read: give it more with --caller-rights ${caller}=standard`,
      );
    }
    return ranks[own] < ranks[provisioning] && own === "standard" ? "standard" : provisioning;
  };
}
