/**
 * Settings of connectors that this one replaces which have nothing to say here: said when they are set, and listed in
 * `docs/configuration.md`. By environment name; without the prefix, in lower case and with dashes it is the file's key.
 */
export const retiredSettings: Readonly<Record<string, string>> = {
  BATON_CLIENT_ID: "the connector does not sign in to the platform: the platform calls its gRPC port",
  BATON_CLIENT_SECRET: "the connector does not sign in to the platform: the platform calls its gRPC port",
  BATON_HOST_ID: "the connector has no queue of tasks to tell hosts apart in",
  BATON_FILE: "`sync --out FILE` writes what was read; there is no c1z file",
  BATON_LOG_FORMAT: "logs are JSON lines always",
  BATON_TICKETING: "tickets are not served",
  BATON_SECURITY_NAMESPACES: "security namespaces are not listed as resources; team administrators are read anyway",
  BATON_ENABLE_INCREMENTAL_SYNC: "the audit log is not read; a full sync takes few requests",
  BATON_ENABLE_ENTRA_GROUP_PROVISIONING:
    "`entra-groups: manage` with `entra-group-ids` changes groups of Microsoft Entra, those that are named alone",
};

/** The key by which a retired setting stands in a configuration file. */
export function retiredKey(environmentName: string): string {
  return environmentName
    .replace(/^BATON_/, "")
    .toLowerCase()
    .replaceAll("_", "-");
}
