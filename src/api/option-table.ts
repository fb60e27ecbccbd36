/** The table of options for faces that make flags, forms or pages of it. */
export { foreignWord } from "../options/foreign.ts";
export { given, OPTION_NAMES, rowOf, type Given, type OptionName, type Values } from "../options/given.ts";
export { parseGrant } from "../options/grants.ts";
export type { Numbers } from "../options/kinds.ts";
export type { Effective } from "../options/resolve.ts";
