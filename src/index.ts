/** The public page of `dbgseq`. */
export { Session } from "./session/session.ts";
export { openSession, type OpenRequest } from "./session/open.ts";
export { DeviceContext } from "./session/context.ts";
export { Failure } from "./lib/fault.ts";
