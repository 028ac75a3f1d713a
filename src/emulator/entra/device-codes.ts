import { randomBytes, randomInt } from "node:crypto";
import type { Reply } from "../reply.ts";
import type { Application } from "./applications.ts";
import type { Person } from "./people.ts";
import { EntraProblem } from "./problems.ts";
import type { Asked } from "./resources.ts";
import type { SignIn } from "./sign-ins.ts";

/** Device codes, from the question for one to the person's answer. */
export interface DeviceCodes {
  /** Hands out a code. */
  start(application: Application, asked: Asked): Reply;
  /** The sign-in behind a code, once the person has signed in. */
  redeem(deviceCode: string, application: Application): SignIn;
  /** The person types the code and signs in, or declines. */
  answer(userCode: string, person: Person | undefined): void;
  /** Codes that nobody has answered. */
  readonly pending: readonly string[];
}

interface Device {
  readonly application: Application;
  readonly asked: Asked;
  readonly expiresAtMs: number;
  askedAtMs: number;
  answer: "pending" | "declined" | Person;
}

/** Letters that cannot be mistaken for others. */
const letters = "BCDFGHJKLMNPQRSTVWXYZ";
const createUserCode = () => Array.from({ length: 9 }, () => letters[randomInt(letters.length)]).join("");

/**
 * The errors are those of the documents (learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code); that a
 * client which asks more than twice as often as it was told is told to slow down is of RFC 8628 alone, and the number
 * of a declined request is not in Microsoft's list.
 */
export function createDeviceCodes(verificationUri: string, lifetimeMs: number, intervalMs: number): DeviceCodes {
  const devices = new Map<string, Device>();
  const byUserCode = new Map<string, Device>();

  function start(application: Application, asked: Asked): Reply {
    const deviceCode = randomBytes(48).toString("base64url");
    const userCode = createUserCode();
    const device: Device = {
      application,
      asked,
      expiresAtMs: Date.now() + lifetimeMs,
      askedAtMs: 0,
      answer: "pending",
    };
    devices.set(deviceCode, device);
    byUserCode.set(userCode, device);
    const message = `To sign in, use a web browser to open the page ${verificationUri} and enter the code ${userCode} to authenticate.`;
    const times = { expires_in: Math.round(lifetimeMs / 1000), interval: intervalMs / 1000 };
    const codes = { user_code: userCode, device_code: deviceCode, verification_uri: verificationUri };
    return { status: 200, body: { ...codes, ...times, message } };
  }

  function problem(device: Device | undefined, nowMs: number): EntraProblem | undefined {
    const flow = "OAuth 2.0 device flow error.";
    if (!device) return new EntraProblem("bad_verification_code", 70018, `${flow} Invalid verification code.`);
    if (device.answer === "declined") {
      return new EntraProblem(
        "authorization_declined",
        70022,
        `${flow} The end user denied the authorization request.`,
      );
    }
    if (device.answer !== "pending") return undefined;
    if (nowMs > device.expiresAtMs)
      return new EntraProblem("expired_token", 70019, `${flow} Verification code expired.`);
    const isHasty = nowMs - device.askedAtMs < intervalMs / 2;
    const word = isHasty ? "slow_down" : "authorization_pending";
    return new EntraProblem(word, 70016, `${flow} Authorization is pending. Continue polling.`);
  }

  return {
    start,
    redeem: (deviceCode, application) => {
      const found = devices.get(deviceCode);
      const device = found?.application === application ? found : undefined;
      const nowMs = Date.now();
      const refused = problem(device, nowMs);
      if (device) device.askedAtMs = nowMs;
      if (refused) throw refused;
      if (!device || typeof device.answer === "string")
        throw new TypeError("a code without an answer is refused above");
      devices.delete(deviceCode);
      return { application, person: device.answer, asked: device.asked };
    },
    answer: (userCode, person) => {
      const device = byUserCode.get(userCode.toUpperCase());
      if (!device) throw new RangeError(`nobody was given the code ${userCode}`);
      if (device.answer !== "pending") throw new RangeError(`the code ${userCode} was answered before`);
      device.answer = person ?? "declined";
    },
    get pending() {
      return [...byUserCode].filter(([, { answer }]) => answer === "pending").map(([userCode]) => userCode);
    },
  };
}
