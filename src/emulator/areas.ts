/** Service areas with their ids and hosts; those with no host here point to one that serves nothing (facts 1.3). */
export const resourceAreas: readonly { readonly id: string; readonly name: string; readonly host: string }[] = [
  { id: "bb1e7ec9-e901-4b68-999a-de7012b920f8", name: "Graph", host: "vssps" },
  { id: "8a3d49b8-91f0-46ef-b33d-dda338c25db3", name: "IMS", host: "vssps" },
  { id: "fc3682be-3d6c-427a-87c8-e527b16a1d05", name: "Identity", host: "vssps" },
  { id: "68ddce18-2501-45f1-a17b-7931a9922690", name: "MemberEntitlementManagement", host: "vsaex" },
  { id: "79134c72-4a58-4b42-976c-04e7115f32bf", name: "core", host: "core" },
  { id: "4e080c62-fa21-4fbc-8fef-2a10a2b38049", name: "git", host: "core" },
  { id: "5d6898bb-45ec-463f-95f9-54d49c71752e", name: "build", host: "core" },
  { id: "a85b8835-c1a1-4aac-ae97-1c3d0ba72dbd", name: "distributedtask", host: "core" },
  { id: "1814ab31-2f4f-4a9f-8761-f4d77dc5a5d7", name: "serviceendpoint", host: "core" },
  { id: "fb13a388-40dd-4a04-b530-013a739c72ef", name: "policy", host: "core" },
  { id: "af68438b-ed04-4407-9eb6-f1dbae3f922e", name: "TokenAdmin", host: "vssps" },
  { id: "0d55247a-1c47-4462-9b1f-5e2125590ee6", name: "Account", host: "app" },
  { id: "94ff054d-5ee1-413d-9341-3f4a7827de2e", name: "audit", host: "auditservice" },
  { id: "7ab4e64e-c4d8-4f50-ae73-5ef2e21642a5", name: "Packaging", host: "feeds" },
  { id: "efc2f575-36ef-48e9-b672-0c6fb4a48ac5", name: "Release", host: "vsrm" },
];

/**
 * Areas that Azure DevOps Server lacks; TokenAdmin is documented there, and was not found (facts 1.7), and permissions
 * reports are for Services alone (DOCS download-permissions-report).
 */
export const hostedAreas: ReadonlySet<string> = new Set([
  "Graph",
  "MemberEntitlementManagement",
  "audit",
  "TokenAdmin",
  "Account",
  "PermissionsReport",
]);
