// Downloads a repository into $HF_HUB_CACHE as @huggingface/hub does, as a user who is in one other group:
// `node download-to-cache.mjs USER GROUP HUB REPO`. Prints the snapshot's path.
import { snapshotDownload } from "@huggingface/hub";

const [user, group, hubUrl, repo] = process.argv.slice(2);
// Not before: others may not be able to read this checkout.
process.setgroups([Number(group)]);
process.setgid(Number(user));
process.setuid(Number(user));
console.debug = () => {};
console.log(await snapshotDownload({ repo, hubUrl, cacheDir: process.env.HF_HUB_CACHE }));
