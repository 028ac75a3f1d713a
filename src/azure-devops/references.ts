import { z } from "zod";

/** Ids that are GUIDs come in either case (facts 1.5). */
export const guid = z.string().transform((id) => id.toLowerCase());

export const optionalText = z.string().nullish();

/** A flag that is left out where it is false. */
export const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

export const projectReference = z.object({ id: guid, name: optionalText });

/** Who made or owns something: `id` is a storage key, `descriptor` a subject descriptor. */
export const identityReference = z.object({
  id: guid,
  descriptor: optionalText,
  displayName: optionalText,
  uniqueName: optionalText,
});

export type IdentityReference = z.infer<typeof identityReference>;
