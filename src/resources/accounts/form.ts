import type { LevelToSet } from "../../azure-devops/entitlement-writes.ts";
import { entitlementId, isResourceId, parseEntitlementId, shorten } from "../../connector/ids.ts";
import type { ResourceRef } from "../../connector/model.ts";
import type { AccountField, AccountRequest } from "../../connector/resource-changes.ts";
import { ConnectorError } from "../../errors.ts";
import { fieldsOfLevel, knownLevels } from "../access-levels/levels.ts";

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An account that is to be added, as the answers to the form say. */
export interface WantedAccount {
  readonly type: "user" | "service-principal";
  /** Sign-in name or mail address, in lower case; service principals have none. */
  readonly name: string | undefined;
  /** Object id in Microsoft Entra, in lower case. */
  readonly objectId: string | undefined;
  readonly level: {
    readonly id: string;
    readonly name: string;
    readonly fields: LevelToSet;
    /** False where nobody said which. */
    readonly isAsked: boolean;
  };
  readonly memberships: readonly { readonly resource: ResourceRef; readonly slug: string }[];
}

/** What a platform's form asks for; a person needs one of the first two, a service principal the second. */
export const accountForm: readonly AccountField[] = [
  {
    key: "email",
    displayName: "Mail address or sign-in name",
    description: "Of a person: the sign-in name in Microsoft Entra, which usually is the mail address.",
    kind: "text",
    placeholder: "jane@example.com",
  },
  {
    key: "object_id",
    displayName: "Object id in Microsoft Entra",
    description:
      "Of a person, instead of the mail address or beside it; of a service principal that of the enterprise application, which is not that of the app registration.",
    kind: "text",
    placeholder: "00000000-0000-0000-0000-000000000000",
  },
  {
    key: "access_level",
    displayName: "Access level",
    description: `One of ${knownLevels.map(({ id }) => id).join(", ")}.`,
    kind: "text",
    default: "stakeholder",
  },
  {
    key: "groups",
    displayName: "Groups and teams",
    description: "Ids of groups or teams, or of their member entitlements, that the account is to be in.",
    kind: "texts",
  },
];

/** Reads the answers; fails with `invalid-request` for what cannot be an account. */
export function readWanted(request: AccountRequest): WantedAccount {
  const { type, profile } = request;
  if (type !== "user" && type !== "service-principal") throw invalid(`a ${shorten(type)} is no account`);
  const objectId = textOf(profile, "object_id")?.toLowerCase();
  if (objectId !== undefined && !guid.test(objectId)) {
    throw invalid(`object_id is no id of Microsoft Entra: ${shorten(objectId)}`);
  }
  const name = type === "user" ? nameOf(request) : undefined;
  if (type === "user" && name === undefined && objectId === undefined) {
    throw invalid("the account has neither email nor object_id: send one of them");
  }
  if (type === "service-principal" && objectId === undefined) {
    throw invalid("a service principal is added by object_id, that of its enterprise application: send it");
  }
  return { type, name, objectId, level: levelOf(profile), memberships: membershipsOf(profile) };
}

function nameOf({ profile, login, mail }: AccountRequest): string | undefined {
  const name = (textOf(profile, "email") ?? (login || mail || undefined))?.trim().toLowerCase();
  if (name === undefined) return undefined;
  // Upstream finds people by it in a filter and in a look-up, so that it must be one address and nothing else.
  const isPlain = name.length <= 256 && !/\p{C}/u.test(name);
  if (isPlain && /^[^\s@"\\<>(),;:]+@[^\s@"\\<>(),;:]+\.[^\s@"\\<>(),;:]+$/.test(name)) return name;
  throw invalid(`email is no mail address or sign-in name: ${shorten(name)}`);
}

function levelOf(profile: AccountRequest["profile"]): WantedAccount["level"] {
  const asked = textOf(profile, "access_level");
  const id = (asked ?? "stakeholder").toLowerCase();
  const fields = fieldsOfLevel(id);
  const name = knownLevels.find((level) => level.id === id)?.name ?? id;
  if (fields) return { id, name, fields, isAsked: asked !== undefined };
  throw invalid(`there is no access level ${shorten(id)}; there are ${knownLevels.map((each) => each.id).join(", ")}`);
}

function membershipsOf({ groups }: AccountRequest["profile"]): WantedAccount["memberships"] {
  const texts = typeof groups === "string" ? groups.split(",") : (groups ?? []);
  if (!Array.isArray(texts)) throw invalid("groups is no list of texts");
  const found = new Map<string, WantedAccount["memberships"][number]>();
  for (const text of texts) {
    if (typeof text !== "string") throw invalid("groups is no list of texts");
    if (text.trim() === "") continue;
    const membership = membershipOf(text.trim());
    found.set(entitlementId(membership.resource, membership.slug), membership);
  }
  return [...found.values()];
}

function membershipOf(text: string): WantedAccount["memberships"][number] {
  if (!text.includes(":")) {
    if (guid.test(text)) return { resource: { type: "team", id: text.toLowerCase() }, slug: "member" };
    if (isResourceId(text) && text.includes(".")) return { resource: { type: "group", id: text }, slug: "member" };
    throw invalid(`groups holds no id of a group or team: ${shorten(text)}`);
  }
  const { resource, slug } = parseEntitlementId(text);
  if ((resource.type === "group" || resource.type === "team") && slug === "member") return { resource, slug };
  throw invalid(`groups holds ${shorten(text)}: an account is given memberships only; order anything else by a Grant`);
}

function textOf(profile: AccountRequest["profile"], key: string): string | undefined {
  const value = profile[key];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string") return value.trim() || undefined;
  throw invalid(`${key} is no text`);
}

function invalid(message: string): ConnectorError {
  return new ConnectorError("invalid-request", message);
}
