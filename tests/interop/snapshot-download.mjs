// Downloads a snapshot into a Hugging Face cache with the npm client: `node snapshot-download.mjs REPO REVISION CACHE`.
// The hub is HF_ENDPOINT's.
import { snapshotDownload } from "@huggingface/hub";

const [repo, revision, cacheDir] = process.argv.slice(2);
console.log(await snapshotDownload({ repo, revision, cacheDir, hubUrl: process.env.HF_ENDPOINT }));
