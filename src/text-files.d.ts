/** Text files that are part of the program: esbuild and vitest import them as strings (build.mjs, vitest.config.ts). */
declare module "*.seq" {
  const text: string;
  export default text;
}
declare module "*.yaml" {
  const text: string;
  export default text;
}
