/** Each test file belongs to one project, and each command of package.json names one. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ASKED, EVERYDAY, everydayProjectOf, FROZEN, GENERATED, type Everyday } from "../projects.ts";

const files = readdirSync("test", { recursive: true, encoding: "utf8" }).map(
  (file) => `test/${file.replaceAll("\\", "/")}`,
);
const everyday: Readonly<Record<string, Everyday>> = EVERYDAY;
const places = Object.values(everyday).flatMap((project) => Object.keys(project.places));
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const named = new Set(
  Object.values(scripts).flatMap((script) =>
    [...script.matchAll(/--project (\w+)/g)].map(([, name = ""]) => name),
  ),
);

describe("the table of projects", () => {
  test("names each place once, and only what there is", () => {
    expect(places).toEqual([...new Set(places)]);
    expect(places.filter((place) => !existsSync(place))).toEqual([]);
  });

  test("has an everyday project for each test file", () => {
    const tests = files.filter((file) => file.endsWith(".test.ts"));
    const used = new Set(tests.map(everydayProjectOf));
    expect([...used].sort()).toEqual(Object.keys(EVERYDAY).sort());
  });

  test("has one project that is asked for by name for each other file of tests", () => {
    const others = files.filter((file) => /\.(vm|browser|interop|corpus)\.ts$/.test(file));
    for (const file of others) {
      const takers = Object.keys(ASKED).filter((name) => ASKED[name]?.files.test(file));
      expect([file, takers.length]).toEqual([file, 1]);
    }
  });

  test("asks for everyday files only as their long form", () => {
    for (const [name, { files: taken, isLongForm }] of Object.entries(ASKED)) {
      const tests = files.filter((file) => file.endsWith(".test.ts") && taken.test(file));
      const strange = tests.filter((file) => !file.endsWith("corpus.test.ts"));
      expect([name, strange.length > 0]).toEqual([name, isLongForm === true]);
    }
  });

  test("has a command for each project that is asked for, and for the quick one", () => {
    expect([...named].sort()).toEqual(["quick", ...Object.keys(ASKED)].sort());
  });
});

test("npm run generate runs each test that writes a document, but what is frozen", () => {
  const writers = files.filter(
    (file) =>
      file.endsWith(".ts") &&
      /\bexpectGenerated(Part)?\(|process\.env(\.|\[")UPDATE\b/.test(readFileSync(file, "utf8")),
  );
  const known = [...Object.keys({ ...GENERATED, ...FROZEN }), "test/support/generated.ts"];
  expect(writers.sort()).toEqual(known.sort());
});

test("no other file configures vitest", () => {
  expect(files.filter((file) => /vitest\.config/.test(file))).toEqual([]);
  expect(Object.values(scripts).filter((script) => script.includes("--config"))).toEqual([]);
});
