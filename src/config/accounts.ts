import type { AccountPolicy } from "../connector/changes.ts";
import {
  accountDomainsOption,
  allowPaidSeatsOption,
  deprovisioningOption,
  inviteOutsidersOption,
} from "./account-options.ts";
import type { Settings } from "./settings.ts";

/** Reads the options of accounts. */
export function loadAccountPolicy(settings: Settings): AccountPolicy {
  return {
    domains: new Set(settings.list(accountDomainsOption).map((domain) => domain.toLowerCase())),
    invitesOutsiders: settings.flag(inviteOutsidersOption),
    allowsPaidSeats: settings.flag(allowPaidSeatsOption),
    deprovisions: settings.flag(deprovisioningOption),
  };
}
