/** Which hosts count as this machine, where consent is asked for all others. */
import { expect, test } from "vitest";
import { isLoopback } from "../../src/probe/tcp/loopback.ts";

test.each([
  "localhost",
  "LOCALHOST",
  "::1",
  "[::1]",
  "127.0.0.1",
  "127.255.3.04",
  "::ffff:127.0.0.1",
  "[::FFFF:127.1.2.3]",
])("%s is this machine", (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each([
  "",
  "0.0.0.0",
  "::",
  "127.1",
  "127.0.0.1.example",
  "localhost.example",
  "127.0.0.1\n",
  "::ffff:10.0.0.1",
  // No addresses, but names, which the domains that the system searches may have.
  "127.0.0.256",
  "127.0.999.1",
])("%j may be another machine", (host) => {
  expect(isLoopback(host)).toBe(false);
});
