import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { DescEnum, DescFile, DescMessage, DescService } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { packages } from "./contract.ts";

const gen = fileURLToPath(new URL("../../gen", import.meta.url));

function isFile(value: unknown): value is DescFile {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "file";
}

async function loadFiles(): Promise<DescFile[]> {
  const names = (await readdir(gen, { recursive: true })).filter((name) => name.endsWith("_pb.js")).sort();
  const modules = await Promise.all(
    names.map(async (name): Promise<object> => import(/* @vite-ignore */ pathToFileURL(join(gen, name)).href)),
  );
  return modules.flatMap((module) => Object.values(module).filter(isFile));
}

/** The generated files of the packages that the contract describes. */
export const files = (await loadFiles()).filter((file) => packages.includes(file.proto.package));

const types = files.flatMap((file) => [...nestedTypes(file)]);

export const messages: readonly DescMessage[] = types.filter((type) => type.kind === "message");
export const enums: readonly DescEnum[] = types.filter((type) => type.kind === "enum");
export const services: readonly DescService[] = types.filter((type) => type.kind === "service");
