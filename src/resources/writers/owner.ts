import { canonicalDescriptor } from "../../azure-devops/descriptors.ts";
import type { Call } from "../../call.ts";
import { ConnectorError, isConnectorError } from "../../errors.ts";
import type { Readings } from "../readings/index.ts";
import type { Principal } from "./principals.ts";

/**
 * Fails for the owner of the organization, who stays in its administrators (facts 12.1). Tokens for one organization
 * alone are not told whose it is: then Azure DevOps' own refusal has to do.
 */
export async function guardOwner(readings: Readings, { descriptor, name }: Principal, call: Call): Promise<void> {
  if (descriptor !== (await ownerOf(readings, call))) return;
  const told = `${name} owns the organization, and stays its administrator: change the owner first; no option allows it`;
  throw new ConnectorError("refused", told);
}

/** Subject descriptor of the owner, where the token is told. */
export async function ownerOf({ access, client }: Readings, call: Call): Promise<string | undefined> {
  const { authenticatedUser, instanceId } = await access.connection(call);
  try {
    const accounts = await client.accounts.listOfMember(authenticatedUser.id, call);
    const own = accounts.find(({ accountId }) => accountId === instanceId.toLowerCase());
    const descriptor = own?.accountOwner && (await client.graph.getDescriptor(own.accountOwner, call));
    return descriptor ? canonicalDescriptor(descriptor) : undefined;
  } catch (error) {
    if (isConnectorError(error, "canceled", "bug")) throw error;
    call.log.debug({ error }, "whose the organization is cannot be read");
    return undefined;
  }
}
