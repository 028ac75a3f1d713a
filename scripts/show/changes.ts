import { grantId } from "../../src/connector/ids.ts";
import { entitlementMessageOf, grantOf, type Order } from "../../test/support/orders.ts";
import type { Answer, Caller } from "./caller.ts";
import type { Shown } from "./kinds.ts";

export interface ShowOptions {
  /** Outcomes alone, which are the same each time; else requests and answers whole. */
  readonly short: boolean;
  readonly print: (text: string) => void;
}

const typeOf = (annotation: unknown) => String(fieldOf(annotation, "@type")).split(".").at(-1) ?? "";

/** Shows what Grant, ListGrants and Revoke answer for one entitlement after the other. */
export function createShow({ command, call }: Caller, { short, print }: ShowOptions) {
  let promised = true;
  let cells: string[] = [];
  if (short) print(`${row(["Entitlement", ...steps])}\n${row(["---", ...steps.map(() => "---")])}`);

  async function ask(title: string, method: string, request: object): Promise<Answer> {
    const answer = await call(method, request);
    cells.push(summaryOf(answer));
    if (!short) print(`### ${title}\n\n$ ${command(method, request)}\n${JSON.stringify(answer, null, 2)}\n`);
    return answer;
  }

  /** Whether the grants on the resource have the one that was asked for. */
  async function list({ resource, slug, principal }: Order, title: string): Promise<boolean> {
    const id = grantId(resource, slug, principal);
    const method = "GrantsService/ListGrants";
    let pageToken = "";
    let found: unknown;
    let first = "";
    do {
      const request = { resource: { id: idOf(resource) }, pageToken };
      first ||= command(method, request);
      const { list = [], nextPageToken = "" } = await call(method, request);
      found ??= Array.isArray(list) ? list.find((grant) => fieldOf(grant, "id") === id) : undefined;
      pageToken = String(nextPageToken);
    } while (pageToken !== "");
    const isThere = found !== undefined;
    cells.push(isThere ? "has it" : "has it not");
    const told = isThere ? JSON.stringify(found, null, 2) : `no grant has the id ${id}`;
    if (!short) print(`### ${title}\n\n$ ${first}\n${told}\n`);
    return isThere;
  }

  function begin({ title, resource, slug, principal }: Shown): void {
    cells = [`${title}: \`${slug}\``];
    if (!short) print(`## ${title}: ${grantId(resource, slug, principal)}\n`);
  }

  function end(): void {
    const unasked = steps.slice(cells.length - 1).map(() => "");
    if (short) print(row([...cells, ...unasked]));
  }

  return {
    async kind(shown: Shown): Promise<void> {
      begin(shown);
      const request = { entitlement: entitlementMessageOf(shown), principal: { id: idOf(shown.principal) } };
      const given = await ask("Grant", "GrantManagerService/Grant", request);
      const grant = Array.isArray(given.grants) ? given.grants[0] : undefined;
      const wasThere = await list(shown, "ListGrants");
      const again = await ask("Grant again", "GrantManagerService/Grant", request);
      // As a platform does it: with the grant that was answered, and what that tells of before.
      const order = { grant: grant ?? grantOf(shown) };
      const taken = await ask("Revoke", "GrantManagerService/Revoke", order);
      const isThere = await list(shown, "ListGrants");
      const gone = await ask("Revoke again", "GrantManagerService/Revoke", order);
      end();
      const outcomes = [given, again, taken, gone].map(outcomeOf).join();
      promised &&= wasThere && !isThere && outcomes === "PERFORMED,ALREADY,PERFORMED,ALREADY";
    },
    async refusal(shown: Shown): Promise<void> {
      begin(shown);
      const request = { entitlement: entitlementMessageOf(shown), principal: { id: idOf(shown.principal) } };
      const { code } = await ask("Grant", "GrantManagerService/Grant", request);
      end();
      promised &&= code === "FAILED_PRECONDITION";
    },
    /** Whether every answer was what it has to be. */
    isAsPromised: () => promised,
  };
}

const steps = ["Grant", "ListGrants", "Grant again", "Revoke", "ListGrants", "Revoke again"];
const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

const idOf = ({ type, id }: { readonly type: string; readonly id: string }) => ({ resourceType: type, resource: id });

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

function annotationsOf({ annotations }: Answer): readonly unknown[] {
  return Array.isArray(annotations) ? annotations : [];
}

function outcomeOf(answer: Answer): string {
  const report = annotationsOf(answer).find((each) => typeOf(each) === "ChangeReport");
  return String(fieldOf(report, "outcome") ?? answer.code).replace("OUTCOME_", "");
}

/** The outcome, and the annotations that say so to a platform. */
function summaryOf(answer: Answer): string {
  const types = annotationsOf(answer).map(typeOf);
  return [outcomeOf(answer), ...types.filter((type) => type !== "ChangeReport")].join(", ");
}
