import { windowsSid, withVersion } from "../ids.ts";
import type { LevelName } from "../licences.ts";
import type { Entitlement, Subject } from "../state.ts";
import type { Builder } from "./builder.ts";
import { familyNames, givenNames } from "./names.ts";

const levels = [
  "express",
  "express",
  "stakeholder",
  "express",
  "advanced",
  "subscriber",
  "eligible",
  "github",
] as const;
const day = 86_400_000;
const newest = Date.UTC(2026, 9, 31);

interface Person {
  readonly shown: string;
  readonly plain: string;
  readonly storageKey: string;
  readonly cuid: string;
  readonly index: number;
}

/** Storage key and CUID differ in the version digit for most, and altogether for some (facts 2.3, 15.3). */
function personIds(builder: Builder, salt: string, index: number) {
  const storageKey = builder.guid(salt, index, 6);
  const cuid = index % 5 === 3 ? builder.guid(`${salt}-cuid`, index, 7) : withVersion(storageKey, 7);
  return { storageKey, cuid };
}

/** Subscriptions come in three kinds; that of the highest is the commonest (facts 6.1). */
function levelOf(index: number): LevelName {
  const level = levels[index % levels.length] ?? "express";
  if (level !== "subscriber") return level;
  return index % 40 === 5 ? "professional" : index % 40 === 29 ? "testProfessional" : "subscriber";
}

function entitlement(builder: Builder, index: number, status: string): Entitlement {
  const { random } = builder;
  const created = newest - Math.floor((30 + random.next() * 2_000) * day);
  const never = status === "pending" || index % 17 === 5;
  return {
    level: levelOf(index),
    status,
    created,
    lastAccess: never ? 0 : created + Math.floor(random.next() * (newest - created)),
    assignment: index % 6 === 2 ? "groupRule" : "unknown",
  };
}

type PersonSubject = Omit<Subject, "index" | "memberOf">;

function entraUser(builder: Builder, person: Person): PersonSubject {
  const { tenantId } = builder;
  const { index, plain } = person;
  const guest = index % 20 === 9;
  const mail = `${plain}@${guest ? "northwind.example" : "fabrikam.example"}`;
  const alias = guest ? `${mail.replace("@", "_")}#EXT#` : plain;
  const deleted = index % 40 === 13;
  return {
    kind: "entra-user",
    prefix: "aad",
    payload: person.cuid,
    storageKey: person.storageKey,
    originId: builder.guid("entra-object", index),
    displayName: person.shown,
    principalName: mail,
    domain: tenantId,
    mail: index % 25 === 11 ? null : mail,
    identity: `Microsoft.IdentityModel.Claims.ClaimsIdentity;${tenantId}\\${mail}`,
    known: "graph",
    active: !deleted,
    directoryAlias: alias,
    // The service leaves the meta type out for some members, and has an administrator type (facts 2.1).
    ...(index % 50 === 17 ? {} : { metaType: guest ? "guest" : index % 60 === 1 ? "companyAdministrator" : "member" }),
    ...(deleted ? { deletedInOrigin: true } : {}),
    ...entitled(builder, index, entraStatus(index)),
  };
}

function entraStatus(index: number): string | undefined {
  if (index % 40 === 13) return "deleted";
  if (index % 40 === 21) return "disabled";
  if (index % 40 === 33) return "pending";
  if (index % 200 === 77) return "expired";
  return index % 50 === 29 ? undefined : "active";
}

function entitled(builder: Builder, index: number, status: string | undefined) {
  return status === undefined ? {} : { entitlement: entitlement(builder, index, status) };
}

const liveDomain = "Windows Live ID";

function msaUser(builder: Builder, person: Person): PersonSubject {
  const mail = `${person.plain}@outlook.example`;
  const puid = builder.guid("puid", person.index).replaceAll("-", "").slice(0, 16).toUpperCase();
  return {
    kind: "msa-user",
    prefix: "msa",
    payload: person.cuid,
    storageKey: person.storageKey,
    originId: puid,
    displayName: person.shown,
    principalName: mail,
    domain: liveDomain,
    mail,
    identity: `Microsoft.IdentityModel.Claims.ClaimsIdentity;${puid}@Live.com`,
    known: "graph",
    active: true,
    metaType: "member",
    ...entitled(builder, person.index, "active"),
  };
}

function pendingUser(builder: Builder, person: Person): PersonSubject {
  const mail = `${person.plain}@partner.example`;
  const domain = builder.settings.entra ? builder.tenantId : liveDomain;
  const name = `upn:${domain}\\${mail}`;
  return {
    kind: "pending-user",
    prefix: "bnd",
    payload: name,
    storageKey: person.storageKey,
    originId: "",
    displayName: mail,
    principalName: mail,
    domain,
    mail,
    identity: `Microsoft.TeamFoundation.BindPendingIdentity;${name}`,
    known: "graph",
    active: true,
    ...entitled(builder, person.index, "pending"),
  };
}

/** A server knows no access levels that a call could read (facts 1.7). */
function windowsUser(builder: Builder, { index, plain, shown, storageKey }: Person): PersonSubject {
  return {
    kind: "windows-user",
    ...windowsAccount(builder, index),
    storageKey,
    originId: storageKey,
    displayName: shown,
    principalName: plain,
    mail: `${plain}@fabrikam.example`,
    known: "graph",
    active: true,
  };
}

/** What an account of a server's Windows domain is known by (facts 1.7, 2.1). */
export function windowsAccount(builder: Builder, account: number) {
  const sid = windowsSid(builder.enterpriseId, account);
  return {
    prefix: "win",
    payload: sid,
    identity: `System.Security.Principal.WindowsIdentity;${sid}`,
    domain: "FABRIKAM",
  };
}

/** By what backs the organization: mostly Entra, Microsoft accounts, or the domain of a server. */
function personSubject(builder: Builder, person: Person): PersonSubject {
  const { deployment, entra } = builder.settings;
  if (deployment === "onPremises") return windowsUser(builder, person);
  if (person.index % 30 === 19) return pendingUser(builder, person);
  return !entra || person.index % 30 === 7 ? msaUser(builder, person) : entraUser(builder, person);
}

/** Seeds the people; the first is whom every token belongs to. Gives their indexes. */
export function seedUsers(builder: Builder): number[] {
  const { random, settings } = builder;
  return Array.from({ length: settings.users }, (_, index) => {
    const given = random.pick(givenNames);
    const family = random.pick(familyNames);
    const plain = `${given.plain}.${family.plain}${index}`;
    const person = { shown: `${given.shown} ${family.shown}`, plain, index, ...personIds(builder, "user", index) };
    return builder.add(personSubject(builder, person));
  });
}

/** Seeds service principals and managed identities; half of them hold an access level (facts 9.4). Without Entra there is none. */
export function seedServicePrincipals(builder: Builder): number[] {
  if (!builder.settings.entra) return [];
  const count = Math.max(4, Math.floor(builder.settings.users / 50));
  return Array.from({ length: count }, (_, index) => {
    const { storageKey, cuid } = personIds(builder, "service-principal", index);
    const objectId = builder.guid("service-principal-object", index);
    return builder.add({
      kind: "service-principal",
      prefix: "aadsp",
      payload: cuid,
      storageKey,
      originId: objectId,
      displayName: index % 3 === 2 ? `id-pipeline-${index}` : `sp-automation-${index}`,
      principalName: objectId,
      domain: builder.tenantId,
      mail: null,
      identity: `Microsoft.VisualStudio.Services.Claims.AadServicePrincipal;${builder.tenantId}\\${objectId}`,
      known: "graph",
      active: true,
      applicationId: builder.guid("application", index),
      directoryAlias: objectId,
      metaType: index % 3 === 2 ? "managedIdentity" : "application",
      ...entitled(builder, index, index % 2 === 0 ? "active" : undefined),
    });
  });
}
