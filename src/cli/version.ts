/** The version of this program. */
declare const DBGSEQ_VERSION: string | undefined;

/** Replaced by the bundler; unknown if run from source. */
export const VERSION = typeof DBGSEQ_VERSION === "string" ? DBGSEQ_VERSION : "0.0.0-source";
