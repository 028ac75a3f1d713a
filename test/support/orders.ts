import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { type Any, anyIs, anyUnpack } from "@bufbuild/protobuf/wkt";
import {
  type ChangeReport,
  ChangeReport_Outcome,
  ChangeReportSchema,
  NotPerformedSchema,
} from "../../gen/azuredevops/connector/v1/changes_pb.js";
import { GrantAlreadyExistsSchema, GrantAlreadyRevokedSchema } from "../../gen/c1/connector/v2/annotation_grant_pb.js";
import { GrantReplacedSchema } from "../../gen/c1/connector/v2/annotation_grant_replaced_pb.js";
import type { Grant } from "../../gen/c1/connector/v2/grant_pb.js";
import { GrantManagerService, GrantsService } from "../../gen/c1/connector/v2/grant_pb.js";
import { entitlementId, grantId } from "../../src/connector/ids.ts";
import type { ResourceRef } from "../../src/connector/model.ts";
import type { Replica } from "./world.ts";

/** An entitlement and who is to have it. */
export interface Order {
  readonly resource: ResourceRef;
  readonly slug: string;
  readonly principal: ResourceRef;
}

/** What an order was answered with. */
export interface Answered {
  readonly outcome: keyof typeof ChangeReport_Outcome;
  readonly already: boolean;
  readonly report: ChangeReport;
  readonly replaced: string | undefined;
  readonly notPerformed: MessageShape<typeof NotPerformedSchema> | undefined;
  readonly grants: readonly Grant[];
}

const idMessage = ({ type, id }: ResourceRef) => ({ resourceType: type, resource: id });

export function entitlementMessageOf({ resource, slug }: Omit<Order, "principal">) {
  return { id: entitlementId(resource, slug), slug, resource: { id: idMessage(resource) } };
}

export const grantOf = ({ resource, slug, principal }: Order) => ({
  id: grantId(resource, slug, principal),
  entitlement: entitlementMessageOf({ resource, slug }),
  principal: { id: idMessage(principal) },
});

/** Orders changes as a platform does. */
export function createOrders(replica: Replica) {
  return {
    async grant(order: Order): Promise<Answered> {
      const request = { entitlement: entitlementMessageOf(order), principal: { id: idMessage(order.principal) } };
      const { annotations, grants } = await replica.call(GrantManagerService.method.grant, request);
      return answered(annotations, grants);
    },
    /** With the grant that answered an earlier order, as a platform keeps it, or without anything but its parts. */
    async revoke(order: Order, kept?: Grant): Promise<Answered> {
      const grant = { ...grantOf(order), annotations: kept?.annotations ?? [] };
      return answered((await replica.call(GrantManagerService.method.revoke, { grant })).annotations, []);
    },
    /** Whether a listing of the resource's grants has it. */
    async holds({ resource, slug, principal }: Order): Promise<boolean> {
      let pageToken = "";
      do {
        const request = { resource: { id: idMessage(resource) }, pageToken };
        const page = await replica.call(GrantsService.method.listGrants, request);
        if (page.list.some(({ id }) => id === grantId(resource, slug, principal))) return true;
        pageToken = page.nextPageToken;
      } while (pageToken !== "");
      return false;
    },
  };
}

function find<T extends DescMessage>(annotations: readonly Any[], schema: T): MessageShape<T> | undefined {
  const found = annotations.find((each) => anyIs(each, schema));
  return found && anyUnpack(found, schema);
}

function answered(annotations: readonly Any[], grants: readonly Grant[]): Answered {
  const report = find(annotations, ChangeReportSchema);
  if (!report) throw new Error("the answer has no report");
  return {
    outcome: ChangeReport_Outcome[report.outcome] as keyof typeof ChangeReport_Outcome,
    already: [GrantAlreadyExistsSchema, GrantAlreadyRevokedSchema].some((schema) => find(annotations, schema)),
    report,
    replaced: find(annotations, GrantReplacedSchema)?.replacedGrantId,
    notPerformed: find(annotations, NotPerformedSchema),
    grants,
  };
}
