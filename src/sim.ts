/** The public page of `dbgseq/sim`: open a simulated probe, define a simulated device of data, code and the parts that ship. */
export * from "./simulator/page.ts";
