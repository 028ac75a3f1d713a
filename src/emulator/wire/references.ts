import { descriptorOf } from "../lookup.ts";
import type { Service } from "../service.ts";
import type { Project, Subject } from "../state.ts";

/** An identity as bodies of most areas name it. */
export interface IdentityReference {
  readonly id: string;
  readonly displayName: string;
  readonly uniqueName: string;
  readonly descriptor: string;
  readonly url: string;
  readonly imageUrl: string;
  readonly isContainer?: boolean;
  readonly _links: { readonly avatar: { readonly href: string } };
}

/** Names an identity: by storage key, with its names. */
export function identityReference(service: Service, subject: Subject): IdentityReference {
  const base = service.baseUrl("core");
  const avatar = `${base}/_apis/GraphProfile/MemberAvatars/${descriptorOf(subject)}`;
  return {
    displayName: subject.group ? subject.principalName : subject.displayName,
    url: `${service.baseUrl("vssps")}/_apis/Identities/${subject.storageKey}`,
    _links: { avatar: { href: avatar } },
    id: subject.storageKey,
    uniqueName: subject.group ? `vstfs:///Framework/Generic/${subject.storageKey}` : subject.principalName,
    imageUrl: `${base}/_api/_common/identityImage?id=${subject.storageKey}`,
    ...(subject.group ? { isContainer: true } : {}),
    descriptor: descriptorOf(subject),
  };
}

/** How bodies of the pipelines areas name a project. */
export function projectReference(project: Project): { readonly id: string; readonly name: string } {
  return { id: project.id, name: project.name };
}
