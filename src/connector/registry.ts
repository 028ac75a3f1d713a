import { ConnectorError } from "../errors.ts";
import type { ResourceHandler } from "./handler.ts";
import { shorten } from "./ids.ts";

/** The handlers by type id, in the order in which types are listed. */
export interface Registry<R> {
  readonly handlers: readonly ResourceHandler<R>[];
  /** Fails with `not-found` for a type that is not served. */
  handler(typeId: string): ResourceHandler<R>;
  has(typeId: string): boolean;
}

export function createRegistry<R>(handlers: readonly ResourceHandler<R>[]): Registry<R> {
  const byType = new Map<string, ResourceHandler<R>>();
  for (const handler of handlers) {
    if (byType.has(handler.type.id)) throw new ConnectorError("bug", `two handlers for type ${handler.type.id}`);
    byType.set(handler.type.id, handler);
  }
  return {
    handlers: [...byType.values()],
    has: (typeId) => byType.has(typeId),
    handler(typeId) {
      const handler = byType.get(typeId);
      if (handler) return handler;
      const known = [...byType.keys()].join(", ");
      throw new ConnectorError("not-found", `unknown resource type ${shorten(typeId)}; served here: ${known}`);
    },
  };
}
