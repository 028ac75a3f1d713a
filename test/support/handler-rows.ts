import type { EntitlementDefinition, Grant, Resource } from "../../src/connector/model.ts";
import type { Readings } from "../../src/resources/readings/index.ts";
import { testCall } from "./calls.ts";
import type { Replica } from "./world.ts";

/** A grant with what it is on, as `<type>:<id>`. */
export interface Told extends Grant {
  readonly resource: string;
}

/** One session for each connector: its readings are made once. */
const sessions = new WeakMap<Replica, Readings>();

function readingsOf(replica: Replica): Readings {
  const readings = sessions.get(replica) ?? replica.app.scope.sessions.private().readings;
  sessions.set(replica, readings);
  return readings;
}

/** Every resource of some types, or of all, by its handler. */
export async function everyResource(replica: Replica, types?: readonly string[]): Promise<Resource[]> {
  const readings = readingsOf(replica);
  const found: Resource[] = [];
  for (const { type, list } of replica.app.scope.registry.handlers) {
    if (types && !types.includes(type.id)) continue;
    const { ids, resource } = await list(readings).sorted(testCall());
    for (const index of ids.keys()) found.push(resource(index));
  }
  return found;
}

/** Every grant on resources of some types. */
export async function everyGrant(replica: Replica, types: readonly string[]): Promise<Told[]> {
  const readings = readingsOf(replica);
  const found: Told[] = [];
  for (const { type, grants } of replica.app.scope.registry.handlers) {
    if (!grants || !types.includes(type.id)) continue;
    for (const id of await grants.resourceIds(readings, testCall())) {
      for (const grant of (await grants.of(readings, id, true, testCall())) ?? []) {
        found.push({ ...grant, resource: `${type.id}:${id}` });
      }
    }
  }
  return found;
}

/** The entitlements of one resource. */
export async function entitlementsOf(
  replica: Replica,
  type: string,
  id: string,
): Promise<readonly EntitlementDefinition[]> {
  const readings = readingsOf(replica);
  const handler = replica.app.scope.registry.handlers.find((each) => each.type.id === type);
  return (await handler?.ownEntitlements?.of(readings, id, true, testCall())) ?? handler?.entitlements ?? [];
}
