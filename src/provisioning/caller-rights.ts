import { ConnectorError } from "../errors.ts";

/** Which changes may be asked for. */
export const provisioningLevels = ["off", "standard", "privileged"] as const;
export type Provisioning = (typeof provisioningLevels)[number];

/** What one caller may ask for. */
export const callerRights = ["read-only", "standard", "privileged"] as const;
export type CallerRight = (typeof callerRights)[number];

const ranks = { off: 0, "read-only": 0, standard: 1, privileged: 2 } as const;

/** What callers may ask for. Both fail for one that may not. */
export interface CallerRights {
  /** Which changes. */
  levelOf(caller: string): "standard" | "privileged";
  /** Whether a caller may say that what was taken away was meant. */
  guardAcknowledge(caller: string): void;
}

/** What each caller may ask for, by its name; whoever is not named reads, once anybody is. */
export function createCallerRights(provisioning: Provisioning, rights: ReadonlyMap<string, CallerRight>): CallerRights {
  const rightOf = (caller: string) => {
    if (provisioning === "off") {
      const told = "provisioning is off; start the connector with --provisioning standard to allow changes";
      throw new ConnectorError("read-only", told);
    }
    const own = rights.get(caller) ?? (rights.size === 0 ? provisioning : "read-only");
    if (ranks[own] > 0) return own;
    throw lacks(caller, "may only read", "standard");
  };
  return {
    levelOf: (caller) =>
      rightOf(caller) === "privileged" && provisioning === "privileged" ? "privileged" : "standard",
    guardAcknowledge(caller) {
      // A brake that whoever it stops could release would stop nobody.
      if (rightOf(caller) !== "privileged" && rights.size > 0) throw lacks(caller, "may not acknowledge", "privileged");
    },
  };
}

function lacks(caller: string, told: string, right: CallerRight): ConnectorError {
  return new ConnectorError(
    "refused",
    `caller ${caller} ${told}: give it more with --caller-rights ${caller}=${right}`,
  );
}
