import { expect, test } from "vitest";
import { resolveOptions } from "./options.ts";

test("presets differ and single sizes win over them", () => {
  expect(resolveOptions({})).toMatchObject({ users: 400, groups: 60, projects: 25, organization: "fabrikam", seed: 1 });
  expect(resolveOptions({ preset: "medium", projects: 9 })).toMatchObject({ users: 5_000, groups: 1_500, projects: 9 });
  expect(resolveOptions({ preset: "large" })).toMatchObject({ users: 100_000, groups: 20_000, projects: 3_000 });
  const repositories = (["small", "medium", "large"] as const).map(
    (preset) => resolveOptions({ preset }).repositoriesPerProject,
  );
  expect(repositories).toEqual([4, 10, 10]);
});

test("listen takes a host and a port", () => {
  expect(resolveOptions({ listen: "localhost:8080" })).toMatchObject({ host: "localhost", port: 8080 });
  expect(resolveOptions({ listen: "[::1]:0" })).toMatchObject({ host: "::1", port: 0 });
  for (const listen of ["8080", "localhost:", "localhost:x", "localhost:70000", ":1"]) {
    expect(() => resolveOptions({ listen }), listen).toThrow("host:port");
  }
});

test("sizes must be whole and big enough", () => {
  expect(() => resolveOptions({ users: 1.5 })).toThrow("users");
  expect(() => resolveOptions({ groups: -1 })).toThrow("groups");
  expect(() => resolveOptions({ repositoriesPerProject: 0.5 })).toThrow("repositoriesPerProject");
  expect(() => resolveOptions({ users: 3 })).toThrow("at least");
});

test("beliefs and page sizes are set one by one", () => {
  const settings = resolveOptions({ beliefs: { byteOrderMark: true }, pageSizes: { graph: 3 } });
  expect(settings.beliefs).toMatchObject({ byteOrderMark: true, missingScope: "401" });
  expect(settings.pageSizes).toEqual({
    graph: 3,
    entitlements: 100,
    projects: 100,
    teams: 100,
    pipelines: 100,
    tokens: 20,
  });
});
