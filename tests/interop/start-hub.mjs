// Starts the test hub over a new temporary folder, for a test that runs in Node.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

const binaries = join(import.meta.dirname, "../../artifacts/dotnet/bin/TestHub");
const built = ["debug", "release"]
  .map((configuration) => join(binaries, configuration, "test-hub.dll"))
  .find(existsSync);

/**
 * @param files {Object<string, string|Uint8Array|object>} the folder's contents by path: text, bytes, or an object to
 * write as JSON
 */
export async function startHub(files, ...options) {
  if (!built) throw new Error("the test hub is not built: dotnet build tests/hub");
  const root = await mkdtemp(join(tmpdir(), "test-hub-"));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    const isRaw = typeof content === "string" || content instanceof Uint8Array;
    await writeFile(join(root, path), isRaw ? content : JSON.stringify(content));
  }

  const hub = spawn("dotnet", [built, "--root", root, "--until-stdin-closes", ...options], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => hub.once("exit", resolve));
  const line = await new Promise((resolve, reject) => {
    createInterface(hub.stdout).once("line", resolve);
    ended.then(() => reject(new Error("the test hub did not start")));
  });
  const { endpoint, cdn } = JSON.parse(line);
  return {
    endpoint,
    cdn,
    record: async () => (await fetch(`${endpoint}/_record`)).json(),
    async stop() {
      hub.stdin.end();
      await ended;
      await rm(root, { recursive: true });
    },
  };
}
