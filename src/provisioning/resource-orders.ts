import type { Call } from "../call.ts";
import type { ChangeAnswer, ChangeOrigin, ChangeRequest } from "../connector/changes.ts";
import { entitlementId, shorten } from "../connector/ids.ts";
import type { Json, Resource, ResourceRef } from "../connector/model.ts";
import type { Registry } from "../connector/registry.ts";
import type {
  AccountAnswer,
  AccountChange,
  AccountRequest,
  CreationRequest,
  ResourceAnswer,
  ResourceChange,
} from "../connector/resource-changes.ts";
import { ConnectorError, isConnectorError } from "../errors.ts";
import type { createJobs, Job } from "./job.ts";
import { ownCall } from "./perform.ts";

export interface ResourceOrderOptions<R> {
  readonly registry: Registry<R>;
  readonly createReadings: () => R;
  readonly settleMs: number;
  readonly run: ReturnType<typeof createJobs<R>>;
  readonly change: (request: ChangeRequest, origin: ChangeOrigin, call: Call) => Promise<ChangeAnswer>;
  readonly canonical: (readings: R, ref: ResourceRef, call: Call) => Promise<ResourceRef>;
}

/** Orders for resources themselves, as jobs like any other. */
export function createResourceOrders<R>(options: ResourceOrderOptions<R>) {
  const { registry, createReadings, settleMs, run, change, canonical } = options;

  return {
    async addAccount(asked: AccountRequest, origin: ChangeOrigin, call: Call): Promise<AccountAnswer> {
      const job: Job<R, AccountChange> = {
        action: "create-account",
        takesAway: false,
        async prepare(readings, policy, own) {
          const { accounts } = registry.handler(asked.type);
          if (accounts) return accounts.add(readings, asked, policy, own);
          const able = registry.handlers.filter((each) => each.accounts).map(({ type }) => type.id);
          const told = `a ${shorten(asked.type)} is no account that can be added: ${able.join(" and ")} are`;
          throw new ConnectorError("unsupported", told);
        },
        facts: (account) => (account ? factsOf(account) : { asked: askedOfAccount(registry, asked) }),
      };
      const { change: account, result, recordHash } = await run(job, origin, call);
      // The account is there: what belongs to it follows, whether or not the caller waits.
      const subject = account.subject();
      const missing = result.outcome === "performed" ? await join(account, subject, origin, settleMs, call) : [];
      const resource = await read(subject, ownCall(call, settleMs));
      return { ...result, recordHash, resource, missing, pending: account.pending() };
    },

    async create(asked: CreationRequest, origin: ChangeOrigin, call: Call): Promise<ResourceAnswer> {
      const job: Job<R, ResourceChange> = {
        action: "create-resource",
        takesAway: false,
        async prepare(readings, policy, own) {
          const { creator } = registry.handler(asked.type);
          if (creator) return creator(readings, asked, policy, own);
          throw unable(asked.type, "made or changed");
        },
        facts: (creation) => (creation ? factsOf(creation) : { asked: askedOfCreation(asked) }),
      };
      const { change: made, result, recordHash } = await run(job, origin, call);
      return { ...result, recordHash, resource: await read(made.subject(), ownCall(call, settleMs)) };
    },

    async remove(asked: ResourceRef, origin: ChangeOrigin, call: Call): Promise<ResourceAnswer> {
      const job: Job<R, ResourceChange> = {
        action: "delete-resource",
        takesAway: true,
        async prepare(readings, policy, own) {
          const resource = await canonical(readings, asked, own);
          const { remover } = registry.handler(resource.type);
          if (remover) return remover(readings, resource, policy, own);
          throw unable(resource.type, "deleted");
        },
        facts: (removal) => ({ resource: asked, ...(removal ? factsOf(removal) : {}) }),
      };
      const { result, recordHash } = await run(job, origin, call);
      return { ...result, recordHash };
    },
  };

  /** Each membership is a change of its own, with its own record; tells those that were not made. */
  async function join(
    { memberships }: AccountChange,
    principal: ResourceRef | undefined,
    origin: ChangeOrigin,
    limitMs: number,
    call: Call,
  ): Promise<string[]> {
    const missing: string[] = [];
    for (const { resource, slug } of memberships) {
      const id = entitlementId(resource, slug);
      if (!principal) {
        missing.push(`${id}: Azure DevOps does not show the account yet`);
        continue;
      }
      try {
        const request = { kind: "grant", resource, slug, principal } as const;
        const { notPerformed } = await change(request, origin, ownCall(call, limitMs));
        if (notPerformed) missing.push(`${id}: ${notPerformed.reason}`);
      } catch (error) {
        if (!isConnectorError(error)) call.log.error({ error }, "a membership of a new account failed");
        missing.push(`${id}: ${isConnectorError(error) ? error.message : "internal error"}`);
      }
    }
    return missing;
  }

  /** The resource as listings tell it. What is done is done: when it cannot be read, the answer has none. */
  async function read(ref: ResourceRef | undefined, call: Call): Promise<Resource | undefined> {
    if (!ref) return undefined;
    try {
      return await registry.handler(ref.type).get(createReadings(), ref.id, call);
    } catch (error) {
      call.log.warn({ error }, "what was made cannot be read yet");
      return undefined;
    }
  }
}

function factsOf(change: ResourceChange) {
  return { resource: change.subject(), asked: change.asked };
}

/** Of an account that was not prepared: answers to the form alone, since what else a platform tells can be secret. */
function askedOfAccount<R>(registry: Registry<R>, { type, login, mail, profile }: AccountRequest): Json {
  const form = registry.handlers.find((each) => each.type.id === type)?.accounts?.form ?? [];
  const answers = form.flatMap(({ key }): [string, Json][] => {
    const answer = profile[key];
    const texts = (Array.isArray(answer) ? answer : [answer]).filter((each) => typeof each === "string");
    return texts.length > 0 ? [[key, texts.map((each) => shorten(each)).join(", ")]] : [];
  });
  const names = Object.entries({ type, login, mail }).flatMap(([key, text]): [string, Json][] =>
    text === undefined ? [] : [[key, shorten(text)]],
  );
  return Object.fromEntries([...names, ...answers]);
}

function askedOfCreation({ type, id, parent, displayName, description }: CreationRequest): Json {
  const named = { type: shorten(type), id: shorten(id), displayName: shorten(displayName) };
  const place = parent ? { parent: shorten(`${parent.type}:${parent.id}`) } : {};
  return { ...named, description: shorten(description), ...place };
}

function unable(type: string, what: string): ConnectorError {
  const told = `a ${shorten(type)} cannot be ${what} by this connector; its capabilities (GetMetadata) tell what can`;
  return new ConnectorError("unsupported", told);
}
