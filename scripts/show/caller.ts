import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { Serving } from "../../test/support/command.ts";

const run = promisify(execFile);

/** What came of a call, as JSON; of one that failed its code and message. */
export type Answer = Readonly<Record<string, unknown>>;

export interface Caller {
  /** As a reader would type it, but for the address. */
  command(method: string, request: object): string;
  call(method: string, request: object): Promise<Answer>;
}

/** By grpcurl where it is installed, else by JSON over HTTP, which the operations port answers the same. */
export async function createCaller(serving: Serving): Promise<Caller> {
  const path = [process.env.PATH, join(homedir(), "go", "bin")].join(delimiter);
  const env = { ...process.env, PATH: path };
  const isThere = await run("grpcurl", ["-version"], { env }).then(
    () => true,
    () => false, // Not installed: the other way is as good.
  );
  return isThere ? byGrpcurl(serving.grpc, env) : byJson(serving);
}

function byGrpcurl(address: string, env: NodeJS.ProcessEnv): Caller {
  return {
    command: (method, request) =>
      `grpcurl -plaintext -d '${JSON.stringify(request)}' $CONNECTOR c1.connector.v2.${method}`,
    async call(method, request) {
      const args = ["-plaintext", "-d", JSON.stringify(request), address, `c1.connector.v2.${method}`];
      try {
        return JSON.parse((await run("grpcurl", args, { env, maxBuffer: 64 * 1024 * 1024 })).stdout);
      } catch (error) {
        const told = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
        const [, code, message] = /Code: (\S+)\s+Message: (.*)/.exec(told) ?? [];
        if (code === undefined || message === undefined) throw error;
        return { code: code.replace(/(?<=.)[A-Z]/g, "_$&").toUpperCase(), message };
      }
    },
  };
}

function byJson(serving: Serving): Caller {
  return {
    command: (method, request) =>
      `curl -H 'content-type: application/json' -d '${JSON.stringify(request)}' http://$CONNECTOR/c1.connector.v2.${method}`,
    async call(method, request) {
      const answer = JSON.parse((await serving.post(method, request)).text);
      return "code" in answer ? { ...answer, code: String(answer.code).toUpperCase() } : answer;
    },
  };
}
