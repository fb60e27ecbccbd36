/** Names what a session waits for, by the last event that it reported. Pure. */
import type { SessionEvent } from "../../api/session.ts";

/** Completes `waiting for`; undefined if the event begins nothing that may last. */
export function waitedFor(event: SessionEvent): string | undefined {
  switch (event.kind) {
    case "notice":
      return /^waiting for (.*)/s.exec(event.text)?.[1] ?? event.text;
    case "flow":
    case "act":
      return event.text;
    case "enter":
      return `sequence "${event.name}"`;
    case "access":
    case "condition":
    case "doubtful-condition":
    case "atomic":
      return `sequence "${event.site.sequence}" at ${lineOf(event.site.span)}`;
    default:
      return undefined;
  }
}

type Span = Extract<SessionEvent, { kind: "access" }>["site"]["span"];

function lineOf({ source, start }: Span): string {
  return `${source.path}:${source.position(start).line}`;
}
