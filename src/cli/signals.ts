import { ConnectorError } from "../errors.ts";

const waiting: ((signal: string) => void)[] = [];
let listening = false;

/** Resolves with the name of the next signal that asks to stop. */
export function stopSignal(): Promise<string> {
  // Listened to for good: between two listeners, a signal would end the process on the spot.
  if (!listening) {
    for (const name of ["SIGTERM", "SIGINT"] as const) {
      process.on(name, () => {
        for (const resolve of waiting.splice(0)) resolve(name);
      });
    }
  }
  listening = true;
  return new Promise((resolve) => waiting.push(resolve));
}

/** Aborts at the next signal to stop; the one after it ends the process: who asks twice does not want to wait. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  void stopSignal().then(() => {
    controller.abort(new ConnectorError("canceled", "interrupted"));
    void stopSignal().then(() => process.exit(130));
  });
  return controller.signal;
}
