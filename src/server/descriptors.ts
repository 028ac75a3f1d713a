import { type DescFile, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { file_azuredevops_connector_v1_changes } from "../../gen/azuredevops/connector/v1/changes_pb.js";
import { file_azuredevops_connector_v1_permissions } from "../../gen/azuredevops/connector/v1/permissions_pb.js";
import { file_azuredevops_connector_v1_sync } from "../../gen/azuredevops/connector/v1/sync_pb.js";
import { file_azuredevops_connector_v1_validation } from "../../gen/azuredevops/connector/v1/validation_pb.js";
import { file_buf_validate_validate } from "../../gen/buf/validate/validate_pb.js";
import { file_c1_config_v1_config } from "../../gen/c1/config/v1/config_pb.js";
import { file_c1_config_v1_rules } from "../../gen/c1/config/v1/rules_pb.js";
import { file_c1_connector_v2_action } from "../../gen/c1/connector/v2/action_pb.js";
import { file_c1_connector_v2_annotation_baton_id } from "../../gen/c1/connector/v2/annotation_baton_id_pb.js";
import { file_c1_connector_v2_annotation_entitlement } from "../../gen/c1/connector/v2/annotation_entitlement_pb.js";
import { file_c1_connector_v2_annotation_etag } from "../../gen/c1/connector/v2/annotation_etag_pb.js";
import { file_c1_connector_v2_annotation_exclusion_group } from "../../gen/c1/connector/v2/annotation_exclusion_group_pb.js";
import { file_c1_connector_v2_annotation_external_link } from "../../gen/c1/connector/v2/annotation_external_link_pb.js";
import { file_c1_connector_v2_annotation_external_ticket } from "../../gen/c1/connector/v2/annotation_external_ticket_pb.js";
import { file_c1_connector_v2_annotation_grant } from "../../gen/c1/connector/v2/annotation_grant_pb.js";
import { file_c1_connector_v2_annotation_grant_replaced } from "../../gen/c1/connector/v2/annotation_grant_replaced_pb.js";
import { file_c1_connector_v2_annotation_id_alias } from "../../gen/c1/connector/v2/annotation_id_alias_pb.js";
import { file_c1_connector_v2_annotation_ratelimit } from "../../gen/c1/connector/v2/annotation_ratelimit_pb.js";
import { file_c1_connector_v2_annotation_raw_id } from "../../gen/c1/connector/v2/annotation_raw_id_pb.js";
import { file_c1_connector_v2_annotation_request } from "../../gen/c1/connector/v2/annotation_request_pb.js";
import { file_c1_connector_v2_annotation_resource_deleted } from "../../gen/c1/connector/v2/annotation_resource_deleted_pb.js";
import { file_c1_connector_v2_annotation_resource } from "../../gen/c1/connector/v2/annotation_resource_pb.js";
import { file_c1_connector_v2_annotation_resource_tree } from "../../gen/c1/connector/v2/annotation_resource_tree_pb.js";
import { file_c1_connector_v2_annotation_security_insight } from "../../gen/c1/connector/v2/annotation_security_insight_pb.js";
import { file_c1_connector_v2_annotation_session } from "../../gen/c1/connector/v2/annotation_session_pb.js";
import { file_c1_connector_v2_annotation_source_cache } from "../../gen/c1/connector/v2/annotation_source_cache_pb.js";
import { file_c1_connector_v2_annotation_trait } from "../../gen/c1/connector/v2/annotation_trait_pb.js";
import { file_c1_connector_v2_annotation_type_scoped_entitlements } from "../../gen/c1/connector/v2/annotation_type_scoped_entitlements_pb.js";
import { file_c1_connector_v2_annotation_type_scoped_grants } from "../../gen/c1/connector/v2/annotation_type_scoped_grants_pb.js";
import { file_c1_connector_v2_annotation_v1_identifier } from "../../gen/c1/connector/v2/annotation_v1_identifier_pb.js";
import { file_c1_connector_v2_annotation_vendor_agreement } from "../../gen/c1/connector/v2/annotation_vendor_agreement_pb.js";
import { file_c1_connector_v2_annotation_vendor } from "../../gen/c1/connector/v2/annotation_vendor_pb.js";
import { file_c1_connector_v2_asset } from "../../gen/c1/connector/v2/asset_pb.js";
import { file_c1_connector_v2_config } from "../../gen/c1/connector/v2/config_pb.js";
import { file_c1_connector_v2_connector } from "../../gen/c1/connector/v2/connector_pb.js";
import { file_c1_connector_v2_entitlement } from "../../gen/c1/connector/v2/entitlement_pb.js";
import { file_c1_connector_v2_event_feed } from "../../gen/c1/connector/v2/event_feed_pb.js";
import { file_c1_connector_v2_grant } from "../../gen/c1/connector/v2/grant_pb.js";
import { file_c1_connector_v2_resource } from "../../gen/c1/connector/v2/resource_pb.js";
import { file_c1_connector_v2_ticket } from "../../gen/c1/connector/v2/ticket_pb.js";
import { file_c1_ratelimit_v1_ratelimit } from "../../gen/c1/ratelimit/v1/ratelimit_pb.js";
import { file_google_rpc_error_details } from "../../gen/google/rpc/error_details_pb.js";
import { file_google_rpc_status } from "../../gen/google/rpc/status_pb.js";
import { file_grpc_health_v1_health } from "../../gen/grpc/health/v1/health_pb.js";
import { file_validate_validate } from "../../gen/validate/validate_pb.js";

/** Every file of the contract and of ours; a test finds one that is missing. Annotations are in files of their own. */
export const protoFiles: readonly DescFile[] = [
  file_azuredevops_connector_v1_changes,
  file_azuredevops_connector_v1_sync,
  file_azuredevops_connector_v1_permissions,
  file_azuredevops_connector_v1_validation,
  file_buf_validate_validate,
  file_c1_config_v1_config,
  file_c1_config_v1_rules,
  file_c1_connector_v2_action,
  file_c1_connector_v2_annotation_baton_id,
  file_c1_connector_v2_annotation_entitlement,
  file_c1_connector_v2_annotation_etag,
  file_c1_connector_v2_annotation_exclusion_group,
  file_c1_connector_v2_annotation_external_link,
  file_c1_connector_v2_annotation_external_ticket,
  file_c1_connector_v2_annotation_grant,
  file_c1_connector_v2_annotation_grant_replaced,
  file_c1_connector_v2_annotation_id_alias,
  file_c1_connector_v2_annotation_ratelimit,
  file_c1_connector_v2_annotation_raw_id,
  file_c1_connector_v2_annotation_request,
  file_c1_connector_v2_annotation_resource_deleted,
  file_c1_connector_v2_annotation_resource,
  file_c1_connector_v2_annotation_resource_tree,
  file_c1_connector_v2_annotation_security_insight,
  file_c1_connector_v2_annotation_session,
  file_c1_connector_v2_annotation_source_cache,
  file_c1_connector_v2_annotation_trait,
  file_c1_connector_v2_annotation_type_scoped_entitlements,
  file_c1_connector_v2_annotation_type_scoped_grants,
  file_c1_connector_v2_annotation_v1_identifier,
  file_c1_connector_v2_annotation_vendor_agreement,
  file_c1_connector_v2_annotation_vendor,
  file_c1_connector_v2_asset,
  file_c1_connector_v2_config,
  file_c1_connector_v2_connector,
  file_c1_connector_v2_entitlement,
  file_c1_connector_v2_event_feed,
  file_c1_connector_v2_grant,
  file_c1_connector_v2_resource,
  file_c1_connector_v2_ticket,
  file_c1_ratelimit_v1_ratelimit,
  file_google_rpc_error_details,
  file_google_rpc_status,
  file_grpc_health_v1_health,
  file_validate_validate,
];

/** The files and all that they import, encoded, each once: what reflection is made from. */
export function encodedDescriptors(files: readonly DescFile[] = protoFiles): Buffer[] {
  const all = new Map<string, DescFile>();
  const visit = (file: DescFile) => {
    if (all.has(file.name)) return;
    all.set(file.name, file);
    for (const dependency of file.dependencies) visit(dependency);
  };
  for (const file of files) visit(file);
  return [...all.values()].map(({ proto }) => Buffer.from(toBinary(FileDescriptorProtoSchema, proto)));
}
