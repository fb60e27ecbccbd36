/** A registry on loopback with the packages of some tarballs, and nothing else: npm asks it as it asks any. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";

export interface Registry {
  readonly url: string;
  /** What was asked for and is not there. */
  readonly missed: readonly string[];
  close(): Promise<void>;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
}

export async function registryOf(tarballs: readonly string[]): Promise<Registry> {
  const missed: string[] = [];
  const packages = tarballs.map((path) => {
    const bytes = readFileSync(path);
    const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
    return { file: `/-/${basename(path)}`, bytes, integrity, manifest: manifestOf(path) };
  });
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    const file = packages.find((one) => one.file === path);
    const versions = packages.filter(({ manifest }) => `/${manifest.name}` === path);
    if (file !== undefined) response.end(file.bytes);
    else if (versions.length > 0) response.end(JSON.stringify(document(versions, urlOf())));
    else {
      missed.push(path);
      response.statusCode = 404;
      response.end("{}");
    }
  });
  const urlOf = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: urlOf(),
    missed,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

interface Packed {
  readonly file: string;
  readonly integrity: string;
  readonly manifest: Manifest;
}

function document(versions: readonly Packed[], url: string): object {
  const all = versions.map(({ file, integrity, manifest }) => [
    manifest.version,
    { ...manifest, dist: { integrity, tarball: url + file } },
  ]);
  const { name = "", version = "" } = versions[0]?.manifest ?? {};
  return { name, "dist-tags": { latest: version }, versions: Object.fromEntries(all) as object };
}

function manifestOf(tarball: string): Manifest {
  const { stdout, stderr, status } = spawnSync("tar", ["-xzOf", tarball, "package/package.json"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  const manifest = JSON.parse(stdout) as Manifest & { readonly scripts?: { readonly install?: string } };
  // As the registry marks it: npm would not look for the script without this.
  return { ...manifest, ...(manifest.scripts?.install === undefined ? {} : { hasInstallScript: true }) };
}
