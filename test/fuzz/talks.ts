/** Kinds that talk over TCP: each side of ours against one that does harm. */
import type { Kind } from "./cases.ts";
import { GARBLED } from "./talk-garbled.ts";
import { HOSTILE } from "./talk-hostile.ts";
import { LYING } from "./talk-lies.ts";

export const TALKS: readonly Kind[] = [GARBLED, LYING, HOSTILE];
