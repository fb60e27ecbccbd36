/** Which hosts are this machine and no other. */

/** What has too large a number in it is not an address, but a name: it could be looked up in the domains that the system searches. */
const LOOPBACK = /^(?:::ffff:)?127(?:\.(?:25[0-5]|2[0-4]\d|[01]?\d?\d)){3}$/;

/** As it is written: no name but localhost is looked up, for what a name means may change. IPv6 may stand in brackets. */
export function isLoopback(host: string): boolean {
  const plain = withoutBrackets(host).toLowerCase();
  return plain === "localhost" || plain === "::1" || LOOPBACK.test(plain);
}

/** As the system takes an IPv6 address. */
export function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}
