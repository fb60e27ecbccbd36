import { test } from "vitest";
import { expectGenerated } from "../support/generated.ts";
import { consentDocument } from "./document.ts";

test("grammar/consent.md is the table", () => {
  expectGenerated("grammar/consent.md", consentDocument());
});
