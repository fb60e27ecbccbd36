/** Compares versions of packs (semantic versioning 2.0.0) with what is asked of them. */

/**
 * A range is `1.2.3` exactly, `>=1.2.3`, `^1.2.3` of the same major, `~1.2.3` of the same major and minor, or
 * any.
 */
export interface VersionRange {
  readonly kind: "any" | "exact" | "at-least" | "same-major" | "same-minor";
  readonly version: string;
}

const SIGNS = { "": "exact", "=": "exact", ">=": "at-least", "^": "same-major", "~": "same-minor" } as const;

/** Returns undefined if the text is not a version. */
export function parseRange(text: string): VersionRange | undefined {
  const [, sign, version] = /^(|=|>=|\^|~)(\d+(?:\.\d+){0,2}(?:[-+][\w.+-]*)?)$/.exec(text.trim()) ?? [];
  if (version === undefined) return undefined;
  return { kind: SIGNS[sign as keyof typeof SIGNS], version };
}

export function satisfies(version: string, range: VersionRange): boolean {
  const order = compareVersions(version, range.version);
  const [major, minor] = numbers(version);
  const [wantedMajor, wantedMinor] = numbers(range.version);
  switch (range.kind) {
    case "any":
      return true;
    case "exact":
      return order === 0;
    case "at-least":
      return order >= 0;
    case "same-major":
      return order >= 0 && major === wantedMajor;
    case "same-minor":
      return order >= 0 && major === wantedMajor && minor === wantedMinor;
  }
}

/**
 * Returns a negative number if `one` is older. Build metadata does not count; a pre-release is older than its
 * release.
 */
export function compareVersions(one: string, other: string): number {
  const [ones, others] = [numbers(one), numbers(other)];
  for (let at = 0; at < 3; at++) {
    const difference = (ones[at] ?? 0) - (others[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return comparePreRelease(preRelease(one), preRelease(other));
}

function withoutBuild(version: string): string {
  return version.replace(/\+.*$/, "");
}

function numbers(version: string): readonly number[] {
  return (withoutBuild(version).split("-", 1)[0] ?? "").split(".").map(Number);
}

function preRelease(version: string): readonly string[] {
  const dash = withoutBuild(version).indexOf("-");
  return dash < 0
    ? []
    : withoutBuild(version)
        .slice(dash + 1)
        .split(".");
}

function comparePreRelease(one: readonly string[], other: readonly string[]): number {
  if (one.length === 0 || other.length === 0) return other.length - one.length;
  for (const [at, part] of one.entries()) {
    const against = other[at];
    if (against === undefined) return 1;
    const numeric = [part, against].map((text) => /^\d+$/.test(text));
    const order =
      numeric[0] === true && numeric[1] === true
        ? Number(part) - Number(against)
        : numeric[0] !== numeric[1]
          ? Number(numeric[1]) - Number(numeric[0])
          : Number(part > against) - Number(part < against);
    if (order !== 0) return order;
  }
  return one.length - other.length;
}
