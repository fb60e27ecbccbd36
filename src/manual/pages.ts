/**
 * Finds the pages of the manual by name. A page is made only when it is asked for, because some read every
 * model.
 */
import { exitCodesPage } from "./exit-codes.ts";
import { faultsPage } from "./faults.ts";
import type { Page } from "./page.ts";

const MANUAL: Readonly<Record<string, () => Page | Promise<Page>>> = {
  recipe: async () => (await import("./recipe.ts")).recipePage(),
  models: async () => (await import("./models.ts")).modelsPage(),
  probes: async () => (await import("./probes.ts")).probesPage(),
  settings: async () => (await import("./settings.ts")).settingsPage(),
  faults: faultsPage,
  "exit-codes": exitCodesPage,
};

/** The names of the pages, in the order of the index. */
export const MANUAL_PAGES: readonly string[] = Object.keys(MANUAL);

/** Returns undefined for a name that no page has. */
export async function manualPage(name: string): Promise<Page | undefined> {
  return Object.hasOwn(MANUAL, name) ? MANUAL[name]?.() : undefined;
}
