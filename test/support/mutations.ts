import fc from "fast-check";

/** What is done to bytes or to a text: places are shares of its length. */
export type Mutation =
  | { readonly kind: "cut" | "remove" | "repeat" | "swap"; readonly at: number; readonly to: number }
  | { readonly kind: "flip"; readonly at: number; readonly bit: number }
  | { readonly kind: "insert" | "overwrite"; readonly at: number; readonly bytes: Uint8Array };

const share = fc.double({ min: 0, max: 1, noNaN: true });
const bytes = fc.uint8Array({ minLength: 1, maxLength: 6 });

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constantFrom("cut", "remove", "repeat", "swap"), at: share, to: share }),
  fc.record({ kind: fc.constant("flip"), at: share, bit: fc.nat({ max: 7 }) }),
  fc.record({ kind: fc.constantFrom("insert", "overwrite"), at: share, bytes }),
);

export const mutations = fc.array(mutation, { minLength: 1, maxLength: 3 });

export function mutated(original: Uint8Array, changes: readonly Mutation[]): Buffer {
  return changes.reduce<Buffer>((current, change) => apply(current, change), Buffer.from(original));
}

function apply(original: Buffer, change: Mutation): Buffer {
  const { length } = original;
  const place = (part: number) => Math.min(Math.floor(part * (length + 1)), length);
  const at = place(change.at);
  switch (change.kind) {
    case "flip": {
      const copy = Buffer.from(original);
      if (at < length) copy.writeUInt8(copy.readUInt8(at) ^ (1 << change.bit), at);
      return copy;
    }
    case "insert":
      return Buffer.concat([original.subarray(0, at), change.bytes, original.subarray(at)]);
    case "overwrite":
      return Buffer.concat([original.subarray(0, at), change.bytes, original.subarray(at + change.bytes.length)]);
    case "cut":
      return original.subarray(Math.min(at, place(change.to)), Math.max(at, place(change.to)));
    case "remove":
    case "repeat":
    case "swap": {
      const [start, end] = [Math.min(at, place(change.to)), Math.max(at, place(change.to))];
      const [head, middle, tail] = [original.subarray(0, start), original.subarray(start, end), original.subarray(end)];
      if (change.kind === "remove") return Buffer.concat([head, tail]);
      if (change.kind === "swap") return Buffer.concat([tail, middle, head]);
      return Buffer.concat([head, middle, middle, tail]);
    }
  }
}
