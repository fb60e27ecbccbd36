/** What answers does so within this, on any machine. */
export const IN_TIME_US = 600_000_000;
