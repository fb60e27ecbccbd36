/** An expected failure by its kind, and by facts of it that matter; for `toEqual` and `rejects.toEqual`. */
import { expect } from "vitest";

export function fault(kind: string, facts: object = {}): object {
  return expect.objectContaining({ fault: expect.objectContaining({ kind, ...facts }) as unknown }) as object;
}
