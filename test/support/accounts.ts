import type { JsonObject } from "@bufbuild/protobuf";
import { type Any, anyIs, anyUnpack } from "@bufbuild/protobuf/wkt";
import {
  type ChangeReport,
  ChangeReport_Outcome,
  ChangeReportSchema,
} from "../../gen/azuredevops/connector/v1/changes_pb.js";
import { ResourceDoesNotExistSchema } from "../../gen/c1/connector/v2/annotation_resource_pb.js";
import {
  AccountManagerService,
  type Resource,
  ResourceDeleterService,
  ResourceGetterService,
  ResourceManagerService,
} from "../../gen/c1/connector/v2/resource_pb.js";
import type { ResourceRef } from "../../src/connector/model.ts";
import type { Replica } from "./world.ts";

/** What an order for a resource was answered with. */
export interface ResourceAnswered {
  readonly outcome: string;
  readonly report: ChangeReport;
  readonly resource: Resource | undefined;
}

/** The answer to the addition of an account. */
export interface AccountAnswered extends ResourceAnswered {
  readonly arm: string;
  readonly message: string;
}

const idMessage = ({ type, id }: ResourceRef) => ({ resourceType: type, resource: id });

function reportIn(annotations: readonly Any[]): ChangeReport {
  const found = annotations.find((each) => anyIs(each, ChangeReportSchema));
  const report = found && anyUnpack(found, ChangeReportSchema);
  if (!report) throw new Error("the answer has no report");
  return report;
}

function outcomeOf(report: ChangeReport): string {
  return ChangeReport_Outcome[report.outcome] ?? "?";
}

/** Orders accounts and resources as a platform does. */
export function createResourceOrders(replica: Replica) {
  return {
    async addAccount(profile: JsonObject, type = ""): Promise<AccountAnswered> {
      const request = { accountInfo: { profile }, resourceTypeId: type };
      const { annotations, result } = await replica.call(AccountManagerService.method.createAccount, request);
      const report = reportIn(annotations);
      if (result.case === undefined || !result.value.isCreateAccountResult) throw new Error("the answer has no result");
      const message = result.case === "actionRequired" ? result.value.message : "";
      return { arm: result.case, message, resource: result.value.resource, report, outcome: outcomeOf(report) };
    },
    async createGroup(group: { id?: string; displayName: string; description?: string; parent?: ResourceRef }) {
      const { id = "new", displayName, description = "", parent } = group;
      const resource = {
        id: { resourceType: "group", resource: id },
        displayName,
        description,
        ...(parent ? { parentResourceId: idMessage(parent) } : {}),
      };
      const { annotations, created } = await replica.call(ResourceManagerService.method.createResource, { resource });
      const report = reportIn(annotations);
      return { outcome: outcomeOf(report), report, resource: created };
    },
    async remove(ref: ResourceRef, by: "delete" | "v2" = "delete") {
      const request = { resourceId: idMessage(ref) };
      const { annotations } =
        by === "delete"
          ? await replica.call(ResourceManagerService.method.deleteResource, request)
          : await replica.call(ResourceDeleterService.method.deleteResourceV2, request);
      const report = reportIn(annotations);
      const wasGone = annotations.some((each) => anyIs(each, ResourceDoesNotExistSchema));
      return { outcome: outcomeOf(report), report, wasGone };
    },
    /** The resource as GetResource tells it. */
    async get(ref: ResourceRef): Promise<Resource | undefined> {
      const request = { resourceId: idMessage(ref) };
      return (await replica.call(ResourceGetterService.method.getResource, request)).resource;
    },
  };
}

/** What a refusal told: its gRPC code and its words. */
export async function refusalOf(promise: Promise<unknown>): Promise<{ code: number; message: string }> {
  const error: unknown = await promise.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (error instanceof Error && "code" in error && typeof error.code === "number") {
    return { code: error.code, message: error.message };
  }
  throw new Error(`expected a refusal, got ${String(error)}`);
}
