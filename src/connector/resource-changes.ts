import type { Call } from "../call.ts";
import type { Change, ChangeOrigin, ChangePolicy, ChangeResult } from "./changes.ts";
import type { Json, Resource, ResourceRef } from "./model.ts";

/** Changes of resources themselves: accounts are added, groups made and changed, and either is taken away. */

/** One answer that the form for new accounts asks for. */
export interface AccountField {
  readonly key: string;
  readonly displayName: string;
  readonly description: string;
  readonly kind: "text" | "texts";
  readonly placeholder?: string;
  readonly default?: string;
}

/** An account as a platform orders it. */
export interface AccountRequest {
  /** Id of the resource type. */
  readonly type: string;
  /** What the platform itself tells of the account; the form's answers go before it. */
  readonly login: string | undefined;
  readonly mail: string | undefined;
  /** Answers to the form, by key, and whatever else the platform tells. */
  readonly profile: Readonly<Record<string, unknown>>;
}

/** A resource that is to be made, or changed. */
export interface CreationRequest {
  readonly type: string;
  /** Of one that is to be changed; of one that is to be made any text that is no id of the type. */
  readonly id: string;
  readonly parent: ResourceRef | undefined;
  readonly displayName: string;
  readonly description: string;
}

/** A change after which a resource is there, or is not. */
export interface ResourceChange extends Change {
  /** What it is about; of one that is made, known once it is there. */
  subject(): ResourceRef | undefined;
  /** What was asked for, for the record. */
  readonly asked: Json;
}

/** The addition of an account. */
export interface AccountChange extends ResourceChange {
  /** What the account is to be given besides, in this order. */
  readonly memberships: readonly { readonly resource: ResourceRef; readonly slug: string }[];
  /** What the person has to do before the account can be used, if anything. */
  pending(): string | undefined;
}

type Prepare<R, Request, C> = (readings: R, request: Request, policy: ChangePolicy, call: Call) => Promise<C>;

/** How accounts of a type are added, and what is asked for it. */
export interface AccountHandling<R> {
  readonly form: readonly AccountField[];
  readonly add: Prepare<R, AccountRequest, AccountChange>;
}

/** How resources of a type are made, and changed. */
export type Creator<R> = Prepare<R, CreationRequest, ResourceChange>;

/** How a resource of a type is taken away. */
export type Remover<R> = Prepare<R, ResourceRef, ResourceChange>;

/** What came of an order for a resource, with the hash of its record. */
export interface ResourceAnswer extends ChangeResult {
  readonly recordHash: string;
  /** As listings tell it now; absent when it is gone, was never made, or is not shown yet. */
  readonly resource?: Resource | undefined;
}

/** What came of an order for an account. */
export interface AccountAnswer extends ResourceAnswer {
  /** What the person has to do. */
  readonly pending?: string | undefined;
  /** Memberships that were asked for and that they do not have, each with its reason. */
  readonly missing: readonly string[];
}

/** Takes orders for resources. */
export interface ResourceDesk {
  addAccount(request: AccountRequest, origin: ChangeOrigin, call: Call): Promise<AccountAnswer>;
  /** Makes a resource, or changes one. */
  create(request: CreationRequest, origin: ChangeOrigin, call: Call): Promise<ResourceAnswer>;
  remove(resource: ResourceRef, origin: ChangeOrigin, call: Call): Promise<ResourceAnswer>;
}
