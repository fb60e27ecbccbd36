/** Tells which hosts are this machine and no other. */

/**
 * A text with too large a number is not an address but a name: it could be looked up in the domains that the
 * system searches.
 */
const LOOPBACK = /^(?:::ffff:)?127(?:\.(?:25[0-5]|2[0-4]\d|[01]?\d?\d)){3}$/;

/**
 * Judges the host as it is written: only the name localhost is accepted, because the meaning of a name may
 * change. IPv6 may stand in brackets.
 */
export function isLoopback(host: string): boolean {
  const plain = withoutBrackets(host).toLowerCase();
  return plain === "localhost" || plain === "::1" || LOOPBACK.test(plain);
}

/** Returns an IPv6 address in the form that the system takes. */
export function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}
