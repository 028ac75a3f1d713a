import type { DirectoryObject } from "../directory.ts";
import type { Builder } from "./builder.ts";

const people = ["Ada Newcomer", "Björn Zugang", "Chiara D'Arrivo", "Daniel O'Late", "Eun-ji Joiner", "Femi Starter"];
const groups = ["Contractors", "Night Shift", "Auditors 2027"];
const principals = ["sp-deploy-next", "sp-reporting", "id-scanner"];

/** Who is in Entra and not in the organization; without Entra there is nobody. */
export function seedDirectory(builder: Builder): readonly DirectoryObject[] {
  if (!builder.settings.entra) return [];
  const id = (kind: string, at: number) => builder.guid(`directory-${kind}`, at);
  return [
    ...people.map((displayName, at): DirectoryObject => {
      const principalName = `newcomer${at}@fabrikam.example`;
      return { kind: "user", originId: id("user", at), displayName, principalName };
    }),
    ...groups.map((displayName, at): DirectoryObject => {
      return { kind: "group", originId: id("group", at), displayName, principalName: `group${at}@fabrikam.example` };
    }),
    ...principals.map((displayName, at): DirectoryObject => {
      const originId = id("principal", at);
      const applicationId = id("application", at);
      return { kind: "servicePrincipal", originId, displayName, principalName: originId, applicationId };
    }),
  ];
}
