import type { Location } from "./locations.ts";
import { define, released } from "./locations.ts";

const tokenAdmin = define("TokenAdmin", ["vssps"]);
const account = define("Account", ["app"]);

/** Where tokens of others are, and organizations of a person (GO; SPEC tokenAdmin and account). */
export const tokenLocations = {
  personalAccessTokens: tokenAdmin(
    "af68438b-ed04-4407-9eb6-f1dbae3f922e",
    "PersonalAccessTokens",
    "_apis/{area}/{resource}/{subjectDescriptor}",
    released,
    1,
    "5.0",
  ),
  revocations: tokenAdmin(
    "a9c08b2c-5466-4e22-8626-1ff304ffdf0f",
    "Revocations",
    "_apis/{area}/{resource}",
    released,
    1,
    "5.0",
  ),
  revocationRules: tokenAdmin(
    "ee4afb16-e7ab-4ed8-9d4b-4ef3e78f97e4",
    "RevocationRules",
    "_apis/{area}/{resource}",
    released,
    1,
    "5.0",
  ),
  accounts: account("229a6a53-b428-4ffb-a835-e8f36b5b4b1e", "Accounts", "_apis/{resource}/{accountId}", released),
} as const satisfies Record<string, Location>;
