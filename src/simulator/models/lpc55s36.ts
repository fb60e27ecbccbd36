/**
 * Models the LPC55S36: data in YAML, with the debug mailbox, which decides whether AP 0 is open. The YAML
 * names the public sources.
 */
import { Source } from "../../lib/source.ts";
import { DEBUG_MAILBOX_OPTION, DebugMailbox } from "../controllers/debug-mailbox.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import yaml from "./lpc55s36.yaml";

export function lpc55s36(): Model {
  return defineModel({
    extends: new Source("lpc55s36.yaml", yaml),
    options: { mailbox: DEBUG_MAILBOX_OPTION },
    build(soc, context) {
      new DebugMailbox(soc, context, { index: 2, opens: 0, behaves: context.options.mailbox });
    },
  });
}
