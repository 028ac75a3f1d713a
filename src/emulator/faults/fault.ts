import { z } from "zod";
import type { Answer, Incoming } from "../answer.ts";
import type { Random } from "../prng.ts";
import type { RequestSeen } from "../requests.ts";
import type { Delivery } from "../send.ts";
import type { Service } from "../service.ts";
import type { FaultRule } from "./rule.ts";

/** A request on its way to its answer. */
export interface Exchange {
  readonly incoming: Incoming;
  readonly seen: RequestSeen;
  readonly service: Service;
  /** The request that was answered with the page before, when this one asks for a page. */
  previous(incoming: Incoming): Incoming | undefined;
}

/** Answers a request, this one or another, as if the fault were not there. */
export type Next = (incoming: Incoming) => Answer;

/** What a fault does, at one of four moments. */
export interface Fault {
  /** Before the answer is made. */
  readonly waitMs?: (random: Random) => number;
  /** In place of the proper answer; undefined lets the request pass. */
  readonly answer?: (exchange: Exchange, next: Next) => Answer | undefined;
  /** To the proper answer; undefined leaves it as it is. */
  readonly change?: (answer: Answer, exchange: Exchange, next: Next) => Answer | undefined;
  /** While it is sent. */
  readonly deliver?: Delivery;
}

/** A kind of fault, as tests and people choose it. */
export interface FaultKind {
  readonly kind: string;
  readonly summary: string;
  /** Nothing that the service has to tell is lost: whoever reads on reaches the same result as without the fault. */
  readonly lossless: boolean;
  /** A state, not an event: once begun it holds for every later request, of any route. */
  readonly lasting: boolean;
  /** At which side of what a write does the kind can be; one whose answer is whole and right confirms what was done. */
  readonly effects: readonly ("before" | "after")[];
  readonly parameters: readonly { readonly name: string; readonly help: string }[];
  /** Rules that try the kind in each of its forms, without `nth`, `route` and the like. */
  readonly rules: readonly FaultRule[];
  /** Makes the fault of one rule, or refuses its parameters by a RangeError. */
  create(parameters: Readonly<Record<string, unknown>>): Fault;
}

interface Definition<Shape extends z.ZodRawShape> {
  readonly kind: string;
  readonly summary: string;
  readonly lossless?: boolean;
  readonly lasting?: boolean;
  readonly effects?: FaultKind["effects"];
  readonly parameters: Shape;
  /** Further forms worth a try beside the one with every default. */
  readonly variants?: readonly Omit<FaultRule, "kind">[];
  create(parameters: z.output<z.ZodObject<Shape, z.core.$strict>>): Fault;
}

/** Defines a kind; its parameters are described where they are declared. */
export function defineFault<Shape extends z.ZodRawShape>(definition: Definition<Shape>): FaultKind {
  const { create, kind, lasting = false, lossless = false, summary, variants = [] } = definition;
  const { effects = lossless ? ["after"] : ["before", "after"] } = definition;
  const schema = z.strictObject(definition.parameters);
  const parameters = Object.entries(z.toJSONSchema(schema, { io: "input" }).properties ?? {}).map(([name, field]) => {
    return { name, help: typeof field === "object" ? (field.description ?? "") : "" };
  });
  return {
    kind,
    summary,
    lossless,
    lasting,
    effects,
    parameters,
    rules: [{ kind }, ...variants.map((variant) => ({ ...variant, kind }))],
    create: (given) => {
      const read = schema.safeParse(given);
      if (read.success) return create(read.data);
      throw new RangeError(`fault ${kind}: ${explain(read.error.issues)}`);
    },
  };
}

/** Says what is wrong with the fields of a rule. */
export function explain(issues: readonly z.core.$ZodIssue[]): string {
  return issues.map(({ message, path }) => `${path.join(".")}: ${message}`).join("; ");
}

/** Whole milliseconds. */
export const milliseconds = (help: string) => z.number().int().min(0).describe(help);

/** Whole seconds, as Retry-After has them. */
export const seconds = (help: string) => z.number().int().min(0).describe(help);
