import type { Environment } from "../config/settings.ts";

/** Opens an address where there is a browser; the address is printed as well, so nothing is lost without one. */
export function openBrowser(url: string, env: Environment): void {
  const hasScreen = process.platform !== "linux" || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  if (!hasScreen) return;
  const failed = () => process.stderr.write("no browser could be opened here; open the address yourself\n");
  import("open").then(async ({ default: open }) => (await open(url)).once("error", failed)).catch(failed);
}
