import { z } from "zod";
import { rowsOf } from "./schemas.ts";

/** Bits of a namespace. Upstream they are signed 32 bits wide, so that the highest comes as a minus. */
const bits = z
  .int()
  .min(-(2 ** 31))
  .transform((value) => (value < 0 ? value + 2 ** 32 : value));

/** What would be 0 is left out (facts 4.4). */
const bitsOrNone = bits.nullish().transform((value) => value ?? 0);

export const accessControlEntry = z.object({ descriptor: z.string(), allow: bitsOrNone, deny: bitsOrNone });

export type AccessControlEntry = z.infer<typeof accessControlEntry>;

/** The entries of a dictionary by descriptor. They go from one to the next, as lists of a whole organization have many. */
const entries = z.unknown().transform((dictionary, context): AccessControlEntry[] => {
  if (typeof dictionary !== "object" || dictionary === null || Array.isArray(dictionary)) {
    context.addIssue({ code: "custom", message: "no object" });
    return z.NEVER;
  }
  const read: AccessControlEntry[] = [];
  for (const [key, value] of Object.entries(dictionary)) {
    const result = accessControlEntry.safeParse(value);
    if (!result.success) {
      context.addIssue({ code: "custom", message: result.error.issues[0]?.message ?? "wrong" });
      return z.NEVER;
    }
    read.push({ ...result.data, descriptor: result.data.descriptor || key });
  }
  return read;
});

/** One token's list; without entries it matters too, where it cuts inheritance. */
export const accessControlList = z
  .object({ token: z.string(), inheritPermissions: z.boolean().nullish(), acesDictionary: entries })
  .transform(({ token, inheritPermissions, acesDictionary }) => ({
    token,
    inheritPermissions: inheritPermissions ?? true,
    entries: acesDictionary,
  }));

const action = z
  .object({ bit: bits, name: z.string(), displayName: z.string().nullish() })
  .transform(({ bit, name, displayName }) => ({ bit, name, displayName: displayName || name }));

/** Definitions are told apart by id: two namespaces share a name, and one ends with a space (facts 4.1). */
export const securityNamespace = z
  .object({
    namespaceId: z.string(),
    name: z.string(),
    displayName: z.string().nullish(),
    separatorValue: z.string().nullish(),
    structureValue: z.int().nullish(),
    readPermission: bitsOrNone,
    writePermission: bitsOrNone,
    systemBitMask: bitsOrNone,
    actions: rowsOf(action).nullish(),
  })
  .transform(({ namespaceId, name, displayName, separatorValue, structureValue, systemBitMask, ...rest }) => ({
    id: namespaceId.toLowerCase(),
    name,
    displayName: displayName || name,
    // What has no tree has the character 0 there.
    separator: separatorValue?.replace("\0", "") ?? "",
    structure: structureValue === 1 ? ("hierarchical" as const) : ("flat" as const),
    readPermission: rest.readPermission,
    writePermission: rest.writePermission,
    systemBits: systemBitMask,
    actions: rest.actions ?? [],
  }));

/** A bare list in the documents, wrapped by the service as every list is. */
export const permissionValues = z.union([
  z.object({ value: rowsOf(z.boolean()) }),
  rowsOf(z.boolean()).transform((value) => ({ value })),
]);

export const permissionEvaluations = z.object({
  evaluations: rowsOf(z.object({ securityNamespaceId: z.string(), token: z.string(), value: z.boolean() })),
});

export type AccessControlList = z.infer<typeof accessControlList>;
export type SecurityNamespace = z.infer<typeof securityNamespace>;
