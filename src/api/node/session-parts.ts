/** The parts of a session under Node, in one place to load when there is a session. */
export { openRequest } from "../open-request.ts";
export { Session } from "../session.ts";
export { probeToOpen } from "./probe-to-open.ts";
