import { type OptionRow, row, type Value } from "./row.ts";
import { quoted } from "./suggest.ts";

/** Options of accounts: who may be added, and whether anybody may be removed. */

export const accountDomainsOption = row("account-domains", {
  kind: "list",
  check: checkDomains,
  help: "mail domains of the people that CreateAccount may add, with commas; * allows all; nobody may be added without it, since a token does not tell which domains are the organization's own",
});

export const inviteOutsidersOption = row("invite-outsiders", {
  kind: "flag",
  default: "false",
  help: "let CreateAccount invite people whom the organization's directory does not know; without it they are refused",
});

export const allowPaidSeatsOption = row("allow-paid-seats", {
  kind: "flag",
  default: "false",
  help: "let CreateAccount give an access level of which no seat is left, free or bought, so that another one is paid",
});

export const deprovisioningOption = row("deprovisioning", {
  kind: "flag",
  default: "false",
  help: "let DeleteResource remove users and service principals from the organization",
});

export const accountOptions: readonly OptionRow[] = [
  accountDomainsOption,
  inviteOutsidersOption,
  allowPaidSeatsOption,
  deprovisioningOption,
];

function checkDomains(value: Value): string | undefined {
  const items = Array.isArray(value) ? value : [];
  const wrong = items.find((item) => item !== "*" && !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(String(item)));
  return wrong === undefined ? undefined : `must be domains such as example.com, or *, not ${quoted(String(wrong))}`;
}
