import type { ServerResponse } from "node:http";
import { Agent } from "undici";
import { type AzureDevOpsClient, createAzureDevOpsClient } from "../../src/azure-devops/client.ts";
import { type Credential, personalAccessToken } from "../../src/azure-devops/credential.ts";
import { parseOrganizationUrl } from "../../src/azure-devops/organization-url.ts";
import { Secret } from "../../src/secret.ts";
import { answerJson, type RecordedRequest, startServer, type TestServer } from "./http-server.ts";

/** Area ids whose hosts the client asks for. */
export const areaIds = {
  graph: "bb1e7ec9-e901-4b68-999a-de7012b920f8",
  identity: "8a3d49b8-91f0-46ef-b33d-dda338c25db3",
  memberEntitlements: "68ddce18-2501-45f1-a17b-7931a9922690",
  core: "79134c72-4a58-4b42-976c-04e7115f32bf",
};

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Writes the whole answer itself, in place of all else. */
  readonly write?: (response: ServerResponse) => void;
}

/** The client in front of a server that answers as a test says. */
export interface Organization extends AsyncDisposable {
  readonly client: AzureDevOpsClient;
  readonly server: TestServer;
}

export const token = "t0k3n-of-someone";

/** `locations` gives the areas their hosts; an area without one lives on the organization's own. Undefined: 503. */
export async function startOrganization(
  reply: (request: RecordedRequest) => Reply,
  locations: (server: URL) => Readonly<Record<string, string>> | undefined = () => ({}),
  timeoutMs = 5000,
  credential: Credential = personalAccessToken(new Secret(token)),
): Promise<Organization> {
  const server: TestServer = await startServer((request, response) => {
    if (request.url.pathname === "/fabrikam/_apis/resourceareas") {
      const found = locations(server.url);
      const value = Object.entries(found ?? {}).map(([id, locationUrl]) => ({ id, name: id, locationUrl }));
      answerJson(response, { count: value.length, value }, found ? 200 : 503);
      return;
    }
    const { status = 200, headers = {}, body, write } = reply(request);
    if (write) write(response);
    else answerJson(response, body, status, headers);
  });
  const dispatcher = new Agent({ connections: 4 });
  const client = createAzureDevOpsClient({
    organization: parseOrganizationUrl(`${server.url.href}fabrikam`),
    credential,
    dispatcher,
    userAgent: "azure-devops-connector/test",
    timeoutMs,
    retry: { maxTries: 2, baseMs: 1, maxMs: 2 },
  });
  return {
    client,
    server,
    async [Symbol.asyncDispose]() {
      await dispatcher.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}
