import { z } from "zod";
import { nearest } from "../nearest.ts";
import type { RequestSeen } from "../requests.ts";
import type { Fault, FaultKind } from "./fault.ts";
import { explain } from "./fault.ts";
import { faultKinds } from "./kinds.ts";
import type { FaultRule } from "./rule.ts";

const hosts = ["core", "vssps", "vsaex", "feeds", "app"] as const;
const position = z.number().int().min(1);
const filterShape = {
  route: z.string().min(1).optional(),
  method: z.string().min(1).optional(),
  host: z.enum(hosts).optional(),
  nth: position.optional(),
  from: position.optional(),
  times: position.optional(),
  rate: z.number().min(0).max(1).optional(),
  seed: z.number().int().optional(),
  effect: z.enum(["before", "after"]).optional(),
};
const filterSchema = z.strictObject(filterShape);

/** Which requests a rule is about, and when. */
export type Filter = z.output<typeof filterSchema>;

/** A rule that was checked. */
export interface ReadRule {
  readonly kind: FaultKind;
  readonly filter: Filter;
  readonly fault: Fault;
}

/** Checks a rule; a RangeError tells what is wrong with it and what there is. */
export function readRule(rule: FaultRule): ReadRule {
  const { kind: name, ...rest } = rule;
  const kind = faultKinds.find((each) => each.kind === name);
  if (!kind) {
    const known = faultKinds.map((each) => each.kind);
    throw new RangeError(`no fault "${name}"${nearest(String(name), known)}`);
  }
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  const isFilter = ([key]: readonly [string, unknown]) => key in filterShape;
  const parameters = given.filter((entry) => !isFilter(entry));
  const own = kind.parameters.map((parameter) => parameter.name);
  const stray = parameters.find(([key]) => !own.includes(key))?.[0];
  if (stray !== undefined) {
    const known = [...own, ...Object.keys(filterShape)];
    throw new RangeError(`fault ${kind.kind}: no parameter "${stray}"${nearest(stray, known)}`);
  }
  const read = filterSchema.safeParse(Object.fromEntries(given.filter(isFilter)));
  if (!read.success) throw new RangeError(`fault ${kind.kind}: ${explain(read.error.issues)}`);
  if (read.data.nth !== undefined && read.data.from !== undefined) {
    throw new RangeError(`fault ${kind.kind}: give nth or from, not both`);
  }
  if (read.data.effect !== undefined && !kind.effects.includes(read.data.effect)) {
    throw new RangeError(`fault ${kind.kind}: effect cannot be ${read.data.effect}: a write would be confirmed undone`);
  }
  return { kind, filter: read.data, fault: kind.create(Object.fromEntries(parameters)) };
}

/** The rule of a text such as `hang` or `kind=status,route=_apis/graph/*,nth=2,status=500`. */
export function parseRule(text: string): FaultRule {
  const fields = text.split(",").map((part, at): readonly [string, string | number] => {
    const equals = part.indexOf("=");
    if (equals < 0 && at === 0) return ["kind", part.trim()];
    if (equals < 1) throw new RangeError(`fault "${text}": "${part}" is not name=value`);
    const value = part.slice(equals + 1).trim();
    return [part.slice(0, equals).trim(), /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value];
  });
  const { kind, ...rest } = Object.fromEntries(fields);
  if (kind === undefined) throw new RangeError(`fault "${text}" has no kind; begin with kind=...`);
  return { ...rest, kind: String(kind) };
}

/** A test for the requests that a rule is about; `below` is the path below the organization. */
export function matcherOf({ host, method, route }: Filter): (seen: RequestSeen, below: string) => boolean {
  const plain = route?.replace(/^\//, "").replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  const pattern = plain === undefined ? undefined : new RegExp(`^/?${plain.replaceAll("*", ".*")}$`, "i");
  return (seen, below) => {
    if (host !== undefined && host !== seen.host) return false;
    if (method !== undefined && method.toUpperCase() !== seen.method) return false;
    return !pattern || pattern.test(seen.route) || pattern.test(below);
  };
}
