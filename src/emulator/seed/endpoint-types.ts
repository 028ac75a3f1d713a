import type { EndpointScheme } from "../role-objects.ts";

const subscription = { subscriptionName: "Fabrikam Production", environment: "AzureCloud", scopeLevel: "Subscription" };

/** Types and schemes that most organizations have. */
export const endpointSchemes: readonly EndpointScheme[] = [
  {
    type: "azurerm",
    scheme: "WorkloadIdentityFederation",
    url: "https://management.azure.com/",
    parameters: { workloadIdentityFederationIssuerType: "EntraID" },
    secrets: [],
    data: { ...subscription, creationMode: "Automatic" },
  },
  {
    type: "azurerm",
    scheme: "ServicePrincipal",
    url: "https://management.azure.com/",
    parameters: { authenticationType: "spnKey" },
    secrets: ["serviceprincipalkey"],
    data: { ...subscription, creationMode: "Manual" },
  },
  {
    type: "github",
    scheme: "InstallationToken",
    url: "https://github.com/",
    parameters: { IdToken: "" },
    secrets: ["IdSignature"],
    data: {},
  },
  {
    type: "dockerregistry",
    scheme: "UsernamePassword",
    url: "https://index.docker.io/v1/",
    parameters: { username: "fabrikam-ci", registry: "https://index.docker.io/v1/" },
    secrets: ["password"],
    data: { registrytype: "Others" },
  },
  {
    type: "kubernetes",
    scheme: "Token",
    url: "https://aks-fabrikam.example:443",
    parameters: {},
    secrets: ["apiToken", "serviceAccountCertificate"],
    data: { authorizationType: "ServiceAccount", acceptUntrustedCerts: "false" },
  },
  {
    type: "contoso-scanner",
    scheme: "None",
    url: "https://scanner.contoso.example",
    parameters: {},
    secrets: [],
    data: {},
  },
];
