// Scans a Hugging Face cache as its clients do: `node scan-cache.mjs CACHE_DIR`.
// Prints the repositories with their revisions, refs and files as JSON. Warnings go to stderr, with exit code 1.
// The scan is @huggingface/hub's scanCacheDir. It ignores plain files in the cache and broken links in subfolders, for
// which Python's scan_cache_dir warns; this script checks them itself.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { scanCacheDir } from "@huggingface/hub";

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node scan-cache.mjs CACHE_DIR");
  process.exit(2);
}

const scan = await scanCacheDir(folder);
const warnings = scan.warnings.map((warning) => warning.message);
for (const entry of await readdir(folder))
  if (!(await stat(join(folder, entry))).isDirectory()) warnings.push(`not a directory: ${entry}`);

const repos = [];
for (const { id, path, revisions } of scan.repos) {
  const seen = [];
  for (const revision of revisions) {
    const files = (await readdir(revision.path, { recursive: true })).sort();
    for (const file of files)
      await stat(join(revision.path, file)).catch((error) => warnings.push(`${join(path, file)}: ${error.message}`));
    seen.push({ commit: revision.commitOid, refs: revision.refs, size: revision.size, files });
  }
  repos.push({ type: id.type, name: id.name, revisions: seen });
}

console.log(JSON.stringify(repos, null, 2));
for (const warning of warnings) console.error(`warning: ${warning}`);
process.exit(warnings.length > 0 ? 1 : 0);
