/** What grammar/platforms.md says of commands, paths, signals and shells is what the source has. */
import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { SHELLS } from "../../src/cli/completion/scripts.ts";
import { packRoot } from "../../src/pack/find.ts";
import { remedyOf, VERSIONS, type Distribution, type NativeSystem } from "../../src/probe/usb/install.ts";
import { CONTAINER_STEPS, WSL_STEPS } from "../../src/doctor/finding.ts";
import { GROUP_STEP, RULES_FILE } from "../../src/doctor/udev.ts";
import { EXIT } from "../../src/session/exit-codes.ts";

const text = readFileSync("grammar/platforms.md", "utf8");
/** As a reader sees it: where lines break does not matter. */
const flowing = text.replace(/\s+/g, " ");

const quotedIn = (step: string, pattern: RegExp): readonly string[] =>
  [...step.matchAll(pattern)].map(([, command = ""]) => command);

describe("grammar/platforms.md", () => {
  test.each<Distribution>(["debian", "fedora", "arch", "alpine"])("has %s's commands", (distribution) => {
    const system: NativeSystem = {
      ...{ platform: "linux", arch: "riscv64", distribution, hasLibudev: true, isRoot: true },
      ...{ place: { folder: "/p", isGlobal: false }, folder: "node_modules/usb" },
    };
    const [tools, build] = remedyOf("usb", "no-build", system)?.split(" && ") ?? [];
    for (const command of [remedyOf("usb", "no-libudev", system), tools, build])
      expect(flowing).toContain(`\`${command ?? "?"}\``);
  });

  test("has the packages' versions", () => {
    for (const [name, version] of Object.entries(VERSIONS))
      expect(flowing).toMatch(new RegExp(`${name}.{1,3}${version}`));
  });

  test("has what doctor advises about rules, groups, containers and WSL2", () => {
    expect(flowing).toContain(RULES_FILE);
    for (const command of quotedIn(GROUP_STEP, /(sudo \w+ [^;&]*\w)/g))
      expect(flowing).toContain(`\`${command}\``);
    for (const word of [
      "--device /dev/bus/usb",
      "-v /dev/bus/usb:/dev/bus/usb",
      "--device-cgroup-rule 'c 189:* rmw'",
    ]) {
      expect(CONTAINER_STEPS.join(" ")).toContain(word);
      expect(flowing).toContain(word);
    }
    for (const command of quotedIn(WSL_STEPS.join("; "), /(usbipd \w+(?: --\w+)*(?: BUSID)?)/g))
      expect(flowing).toContain(command);
  });

  test("has the paths of packs", () => {
    const shown = (env: Readonly<Record<string, string>>, platform: string) =>
      `\`${packRoot(env, platform)?.replaceAll("/", platform === "win32" ? "\\" : "/") ?? "?"}\``;
    expect(flowing).toContain(shown({ XDG_CACHE_HOME: "$XDG_CACHE_HOME" }, "linux"));
    expect(flowing).toContain(shown({ HOME: "~" }, "darwin"));
    expect(flowing).toContain(shown({ LOCALAPPDATA: "%LOCALAPPDATA%" }, "win32"));
  });

  test("has the codes of ends", () => {
    const rows = new Map(
      [...text.matchAll(/^\| .*?(SIG\w+).*\| (\d+) \|$/gm)].map(([, name = "", code = ""]) => [
        name,
        Number(code),
      ]),
    );
    expect(Object.fromEntries(rows)).toEqual({
      ...{ SIGINT: EXIT.interrupted, SIGQUIT: EXIT.quit, SIGBREAK: EXIT.interrupted },
      ...{ SIGHUP: EXIT.hungUp, SIGTERM: EXIT.terminated },
    });
  });

  test("has every shell that can be completed", () => {
    for (const shell of SHELLS) expect(flowing).toContain(`dbgseq completion ${shell}`);
  });

  test("says that it was not run", () => {
    expect(flowing).toMatch(
      /Windows, macOS, WSL2 and containers was read from sources .* \*\*was not run there\*\*/,
    );
  });
});

interface Workflow {
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly strategy?: { readonly matrix: { readonly os?: readonly string[] } };
        readonly steps: readonly { readonly run?: string }[];
      }
    >
  >;
}

test("the workflow runs the quick tests on three systems, and says that it was not verified", () => {
  const source = readFileSync(".github/workflows/ci.yml", "utf8");
  const { jobs } = load(source) as Workflow;
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  expect(source).toMatch(/^# Not verified:/);
  expect(jobs["quick"]?.strategy?.matrix.os).toEqual(["ubuntu-latest", "macos-latest", "windows-latest"]);
  expect(jobs["quick"]?.steps.map(({ run }) => run)).toContain("npm run quick");
  const asked = Object.values(jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run = "" }) => quotedIn(run, /npm run ([\w:]+)/g)),
  );
  for (const name of asked) expect(scripts).toHaveProperty([name]);
});
