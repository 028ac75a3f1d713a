import { z } from "zod";
import type { Call } from "../call.ts";
import type { Connection } from "./connection.ts";
import { guid } from "./references.ts";
import { listOf } from "./schemas.ts";

/** Organizations of people, on a host that belongs to none of them. */
export interface AccountApi {
  /** The organizations that somebody is a member of, each with the storage key of its owner where it is told. */
  listOfMember(storageKey: string, call: Call): Promise<readonly Account[]>;
}

/** The examples leave the owner out, which the document has (SPEC account). */
const account = z.object({ accountId: guid, accountOwner: guid.nullish() });

export type Account = z.infer<typeof account>;

export function createAccountApi(connection: Connection): AccountApi {
  return {
    async listOfMember(storageKey, call) {
      const operation = {
        area: "account",
        method: "GET",
        path: "accounts",
        template: "accounts",
        query: { memberId: storageKey },
        version: "7.1",
        schema: listOf(account),
        scope: "User Profile (Read)",
      } as const;
      return (await connection.send(operation, call)).value.value;
    },
  };
}
