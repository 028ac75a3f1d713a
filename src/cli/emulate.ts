import { misused } from "../config/misuse.ts";
import type { Flags } from "../config/settings.ts";
import { parseValue } from "../config/values.ts";
import {
  type Emulator,
  type EmulatorOptions,
  type Preset,
  parseRule,
  startEmulator,
  type ThrottleOptions,
  throttleRefusals,
} from "../emulator/index.ts";
import { ConnectorError } from "../errors.ts";
import { isLoopbackAddress, parseAddress } from "../server/address.ts";
import { writeEntraFiles } from "./entra-files.ts";
import { emulateOptions } from "./options.ts";
import type { Invocation } from "./program.ts";
import { stopSignal } from "./signals.ts";

export async function run({ flags }: Invocation): Promise<number> {
  const listen = String(flags.listen ?? "127.0.0.1:8080");
  if (!isLoopbackAddress(parseAddress(listen))) {
    throw new ConnectorError(
      "refused",
      `refusing to listen on ${listen}: the emulated organization is for this machine only`,
    );
  }
  const emulator = await startOrganization(flags, listen);
  const files = emulator.entra && (await writeEntraFiles(emulator.entra));
  process.stdout.write(`${describe(emulator)}\n${files?.told ?? ""}`);
  await stopSignal();
  await emulator.close();
  await files?.remove();
  return 0;
}

/** Starts the organization that the flags describe. */
export async function startOrganization(flags: Invocation["flags"], listen: string): Promise<Emulator> {
  try {
    return await startEmulator({ ...emulatorOptions(flags), listen });
  } catch (error) {
    if (error instanceof RangeError) throw new ConnectorError("invalid-request", error.message, { cause: error });
    if (!(error instanceof Error) || !("code" in error)) throw error;
    const remedy = "choose another port with --listen, or stop what uses this one";
    throw new ConnectorError("refused", `cannot listen on ${listen}: ${error.message}; ${remedy}`, { cause: error });
  }
}

function emulatorOptions(flags: Invocation["flags"]): EmulatorOptions {
  const number = (name: string) => amount(flags, name);
  const preset = presets.find((name) => name === flags.preset);
  const given = {
    preset,
    users: number("users"),
    groups: number("groups"),
    projects: number("projects"),
    teamsPerProject: number("teams-per-project"),
    repositoriesPerProject: number("repositories-per-project"),
    nesting: number("nesting"),
    pools: number("pools"),
    endpointsPerProject: number("endpoints-per-project"),
    variableGroupsPerProject: number("variable-groups-per-project"),
    secureFilesPerProject: number("secure-files-per-project"),
    environmentsPerProject: number("environments-per-project"),
    feeds: number("feeds"),
    seed: number("seed"),
    shuffle: flags.shuffle === true,
    deployment: deployments.find((each) => each === flags.deployment),
    language: languages.find((each) => each === flags.language),
    entra: flags.entra === true ? {} : flags.entra === false ? false : undefined,
    limitedVisibility: flags["limited-visibility"] === true,
    faults: typeof flags.fault === "string" ? flags.fault.split("\n").map(parseRule) : undefined,
    throttle: throttleOptions(flags),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Any of the flags turns the throttle on. */
function throttleOptions(flags: Invocation["flags"]): ThrottleOptions | undefined {
  const limitUnits = amount(flags, "throttle");
  const windowMs = amount(flags, "throttle-window");
  const refuseBy = throttleRefusals.find((each) => each === flags["throttle-refuse-by"]);
  if (limitUnits === undefined && windowMs === undefined && refuseBy === undefined) return undefined;
  return {
    ...(limitUnits === undefined ? {} : { limitUnits }),
    ...(windowMs === undefined ? {} : { windowMs }),
    ...(refuseBy === undefined ? {} : { refuseBy }),
  };
}

const presets: readonly Preset[] = ["small", "medium", "large"];
const deployments = ["hosted", "onPremises"] as const;
const languages = ["en", "de"] as const;

/** The number that a flag holds, a duration in milliseconds. */
function amount(flags: Flags, name: string): number | undefined {
  const option = emulateOptions.find((each) => each.name === name);
  const text = flags[name];
  if (!option || typeof text !== "string") return undefined;
  const parsed = parseValue(option, text);
  if ("value" in parsed && typeof parsed.value === "number") return parsed.value;
  throw misused([`--${name} ${"reason" in parsed ? parsed.reason : "must be a number"}`]);
}

/** What to tell whoever wants to connect. */
export function describe({ url, token, syncOnlyToken, totals }: Emulator): string {
  const counts = Object.entries(totals).flatMap(([name, value]) =>
    typeof value === "number"
      ? [`${name} ${value}`]
      : [
          `${name} (${Object.entries(value)
            .map(([kind, count]) => `${kind} ${count}`)
            .join(", ")})`,
        ],
  );
  return [
    `organization URL   ${url}`,
    `token              ${token}`,
    `sync-only token    ${syncOnlyToken}`,
    `in it              ${counts.join(", ")}`,
    `faults, throttle   ${new URL("/_emulator/faults", url).href}, ${new URL("/_emulator/throttle", url).href}`,
  ].join("\n");
}
