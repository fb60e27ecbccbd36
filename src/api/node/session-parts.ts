/** What a session under Node is made of, in one place to load when there is to be one. */
export { openRequest } from "../open-request.ts";
export { Session } from "../session.ts";
export { probeToOpen } from "./probe-to-open.ts";
