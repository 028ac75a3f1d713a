import { z } from "zod";
import { flag, guid, identityReference, optionalText, projectReference } from "./references.ts";

export const agentPool = z.object({
  id: z.int(),
  name: z.string(),
  /** `automation` or `deployment`. */
  poolType: optionalText,
  isHosted: flag,
  isLegacy: flag,
  size: z.number().nullish(),
  autoProvision: flag,
  createdOn: optionalText,
  createdBy: identityReference.nullish(),
  owner: identityReference.nullish(),
});

/** A pool as one project sees it; the pool is absent where it is gone. */
export const agentQueue = z.object({
  id: z.int(),
  name: z.string(),
  projectId: guid.nullish(),
  pool: z.object({ id: z.int(), name: optionalText, isHosted: flag, poolType: optionalText }).nullish(),
});

export const environment = z.object({
  id: z.int(),
  name: z.string(),
  description: optionalText,
  createdOn: optionalText,
  createdBy: identityReference.nullish(),
  lastModifiedOn: optionalText,
  project: projectReference.nullish(),
});

/** How many variables there are. Neither their names nor their values go any further than here. */
const variableCount = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((variables) => Object.keys(variables ?? {}).length);

export const variableGroup = z
  .object({
    id: z.int(),
    name: z.string(),
    /** `Vsts`, or `AzureKeyVault` for one that takes its values from there. */
    type: optionalText,
    description: optionalText,
    isShared: flag,
    createdOn: optionalText,
    createdBy: identityReference.nullish(),
    modifiedOn: optionalText,
    variables: variableCount,
    variableGroupProjectReferences: z
      .array(z.object({ name: optionalText, projectReference: projectReference.nullish() }))
      .nullish(),
  })
  .transform(({ variables, variableGroupProjectReferences, ...group }) => ({
    ...group,
    variableCount: variables,
    projects: projectsOf(variableGroupProjectReferences),
  }));

/** A file's own properties and its ticket for download are dropped. */
export const secureFile = z.object({
  id: guid,
  name: z.string(),
  createdOn: optionalText,
  createdBy: identityReference.nullish(),
  modifiedOn: optionalText,
  modifiedBy: identityReference.nullish(),
});

/** The projects that share an object, by the references which it has to them. */
export function projectsOf(
  references:
    | readonly { readonly projectReference?: z.infer<typeof projectReference> | null | undefined }[]
    | null
    | undefined,
): readonly z.infer<typeof projectReference>[] {
  return (references ?? []).flatMap(({ projectReference: project }) => (project ? [project] : []));
}

export type AgentPool = z.infer<typeof agentPool>;
export type AgentQueue = z.infer<typeof agentQueue>;
export type Environment = z.infer<typeof environment>;
export type VariableGroup = z.infer<typeof variableGroup>;
export type SecureFile = z.infer<typeof secureFile>;
