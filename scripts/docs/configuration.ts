import type { OptionRow } from "../../src/config/options.ts";
import { serveOptions } from "../../src/config/options.ts";
import { retiredKey, retiredSettings } from "../../src/config/retired.ts";
import { formatDuration } from "../../src/config/values.ts";
import { code, table } from "./markdown.ts";

export function configuration(): string {
  const rows = serveOptions.map((option) => [
    option.noFlag ? `${code(option.name)} (no flag)` : code(`--${option.name}`),
    option.env.map(code).join("<br>"),
    valuesOf(option),
    option.default === undefined ? "" : code(option.default),
    option.noEffect ? `${option.help}. **No effect**: ${option.noEffect}` : option.help,
  ]);
  const retired = Object.entries(retiredSettings).map(([name, reason]) => [code(name), code(retiredKey(name)), reason]);
  return `# Configuration

Generated from the table in \`src/config/options.ts\` by \`npm run docs\`.

A flag wins over the environment, the environment over the file that \`--config\` names, that over the default. A name in
the environment that is set to nothing counts as not set. \`--no-NAME\` switches a flag off whatever the others say.

\`azure-devops-connector config\` tells everything that is wrong at once; \`config --show\` tells every value with the flag,
the environment name or the line of the file that it comes from, secrets masked, also as JSON (\`--format json\`).

Names that begin with \`AZURE_DEVOPS_CONNECTOR_\` and keys of the file that are no option are errors, with the nearest name
that is one. The names that Kubernetes makes of a service called \`azure-devops-connector\` are passed over.

## Options

${table(["Flag", "Environment", "Value", "Default", "What it does"], rows)}

Durations have a unit: \`500ms\`, \`30s\`, \`5m\`, \`1h\`, \`1d\`. Lists have commas between their items.

## The file

Flat YAML with the flags' names as keys, without the dashes; a list may be written as a YAML list.

\`\`\`yaml
organization-url: https://dev.azure.com/fabrikam
pat-file: /run/secrets/azure-devops-pat
sync-teams: true
entra-groups: refuse
proxy-bypass: [localhost, .internal.example]
\`\`\`

It is at most 64 KiB. Aliases and tags are not taken, and YAML's numbers and truth values must be in quotes where a text
is meant. The token itself may stand in it as \`pat\` (or \`personal-access-token\`); \`pat-file\` is better, and a file that
others may read while it holds a token is warned about.

## The credential

The one that is configured is used, of several the one from the highest place (flag, environment, file). Two of different
kinds from the same place are an error that names both, until \`--auth\` says which is meant; so is a name that others put
into the environment (\`AZURE_…\`) above a credential in the file. \`config --show\` says which is used.
[authentication.md](authentication.md) has an example of each.

## Proxies

\`--proxy\` is an HTTP proxy that tunnels (CONNECT), so it sees host names and nothing else; a name and password in its
URL are sent to it and shown nowhere. A proxy that opens TLS needs \`--ca-file\`.

## Coming from another connector

The environment names above that begin with \`BATON_\` are read. These are not needed any more; they are noted in the log
and by \`config\`, and change nothing:

${table(["Environment", "Key in a file", "Why not"], retired)}

A connector that asks for a *Target URL* (\`https://vsaex.dev.azure.com/…\`) and a *Project Target URL* needs one here:
\`organization-url\`; the hosts of the services are found from it. A *DateTime offset* is not needed: times are UTC.
`;
}

function valuesOf({ kind, choices, min, max }: OptionRow): string {
  if (choices) return choices.map(code).join(", ");
  if (min === undefined || max === undefined) return kind;
  const shown = kind === "duration" ? formatDuration : String;
  return `${kind}, ${code(shown(min))} to ${code(shown(max))}`;
}
