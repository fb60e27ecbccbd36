/** Which hosts are this machine and no other. */

/** As it is written: no name but localhost is looked up, for what a name means may change. IPv6 may stand in brackets. */
export function isLoopback(host: string): boolean {
  const plain = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  return plain === "localhost" || plain === "::1" || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(plain);
}
