// The test hub speaks the protocol that an independent client expects.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import {
  datasetInfo,
  downloadFile,
  fileDownloadInfo,
  listFiles,
  modelInfo,
  pathsInfo,
  snapshotDownload,
  whoAmI,
} from "@huggingface/hub";
import { startHub } from "./start-hub.mjs";

const weights = Uint8Array.from({ length: 1_500_000 }, (_, i) => (i * 31) % 251);
const rows = new TextEncoder().encode("id,text\n1,hello\n");
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const blobId = (bytes) => createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
const collect = async (entries) => {
  const all = [];
  for await (const entry of entries) all.push(entry);
  return all;
};

const files = {
  "models/acme/tiny/main/config.json": '{ "model_type": "bert" }\n',
  "models/acme/tiny/main/README.md": "# Tiny\n".repeat(500),
  "models/acme/tiny/main/onnx/model.onnx": weights,
  "models/acme/tiny/main/a b/ü+.txt": "odd name\n",
  "models/acme/tiny/refs%2Fpr%2F1/config.json": "{ }\n",
  "models/alone/main/config.json": "{ }\n",
  "models/acme/old/repo.json": { renamed_to: "acme/locked" },
  "models/acme/locked/main/config.json": "{ }\n",
  "models/acme/locked/main/model.safetensors": weights,
  "models/acme/locked/repo.json": { gated: "auto", tokens: ["hf_good"], unaccepted_tokens: ["hf_other"] },
  "datasets/acme/rows/main/data/train.csv": rows,
  "datasets/acme/rows/main/data/train.parquet": weights,
};

for (const options of [[], ["--prefix", "/hf", "--page-size", "2", "--resolve-cache", "--weak-etags"]]) {
  describe(`@huggingface/hub on test-hub ${options.join(" ")}`, () => {
    let hub, cache, hubUrl;

    before(async () => {
      hub = await startHub(files, ...options);
      hubUrl = hub.endpoint;
      cache = await mkdtemp(join(tmpdir(), "hf-cache-"));
    });
    after(async () => {
      await hub.stop();
      await rm(cache, { recursive: true });
    });

    it("lists all files of a model, page by page", async () => {
      const entries = await collect(listFiles({ repo: "acme/tiny", recursive: true, hubUrl }));
      assert.deepEqual(
        entries.filter((entry) => entry.type === "file").map((entry) => entry.path),
        ["README.md", "a b/ü+.txt", "config.json", "onnx/model.onnx"],
      );
      const onnx = entries.find((entry) => entry.path === "onnx/model.onnx");
      assert.equal(onnx.size, weights.length);
      assert.equal(onnx.lfs.oid, sha256(weights));
      const config = Buffer.from(files["models/acme/tiny/main/config.json"]);
      assert.equal(entries.find((entry) => entry.path === "config.json").oid, blobId(config));
    });

    it("lists one folder, and only it", async () => {
      const top = await collect(listFiles({ repo: "acme/tiny", hubUrl }));
      assert.deepEqual(top.map((entry) => entry.path), ["README.md", "a b", "config.json", "onnx"]);
      const folder = await collect(listFiles({ repo: "acme/tiny", path: "onnx", expand: true, hubUrl }));
      assert.deepEqual(folder.map((entry) => entry.path), ["onnx/model.onnx"]);
      assert.match(folder[0].lastCommit.id, /^[0-9a-f]{40}$/);
    });

    it("downloads regular and LFS files", async () => {
      const config = await downloadFile({ repo: "acme/tiny", path: "config.json", hubUrl });
      assert.equal(await config.text(), files["models/acme/tiny/main/config.json"]);
      const model = await downloadFile({ repo: "acme/tiny", path: "onnx/model.onnx", hubUrl });
      assert.equal(sha256(new Uint8Array(await model.arrayBuffer())), sha256(weights));
      const part = await model.slice(1000, 2000).arrayBuffer();
      assert.deepEqual(new Uint8Array(part), weights.slice(1000, 2000));
      const pointer = await downloadFile({ repo: "acme/tiny", path: "onnx/model.onnx", raw: true, hubUrl });
      assert.match(await pointer.text(), /^version https:\/\/git-lfs/);
    });

    it("tells size and tag of a file, and null for one that is not there", async () => {
      const info = await fileDownloadInfo({ repo: "acme/tiny", path: "onnx/model.onnx", hubUrl });
      assert.equal(info.size, weights.length);
      assert.ok(info.etag.includes(sha256(weights)));
      assert.equal(await fileDownloadInfo({ repo: "acme/tiny", path: "none", hubUrl }), null);
    });

    it("reads a revision with slashes and a repository without a namespace", async () => {
      const file = await downloadFile({ repo: "acme/tiny", path: "config.json", revision: "refs/pr/1", hubUrl });
      assert.equal(await file.text(), "{ }\n");
      assert.equal((await collect(listFiles({ repo: "alone", hubUrl }))).length, 1);
    });

    it("asks for the facts of paths", async () => {
      const paths = ["config.json", "onnx/model.onnx", "none"];
      const infos = await pathsInfo({ repo: "acme/tiny", paths, expand: true, hubUrl });
      assert.deepEqual(infos.map((info) => info.path), ["config.json", "onnx/model.onnx"]);
      assert.equal(infos[1].lfs.oid, sha256(weights));
    });

    it("downloads a model and a dataset into a cache whose scan has no warnings", async () => {
      const model = await snapshotDownload({ repo: "acme/tiny", cacheDir: cache, hubUrl });
      assert.equal(sha256(await readFile(join(model, "onnx/model.onnx"))), sha256(weights));
      assert.ok(model.endsWith((await modelInfo({ name: "acme/tiny", additionalFields: ["sha"], hubUrl })).sha));
      const rowsRepo = { type: "dataset", name: "acme/rows" };
      const dataset = await snapshotDownload({ repo: rowsRepo, cacheDir: cache, hubUrl });
      assert.deepEqual(new Uint8Array(await readFile(join(dataset, "data/train.csv"))), rows);
      assert.ok((await datasetInfo({ name: "acme/rows", hubUrl })).id);

      const scanCache = () =>
        promisify(execFile)(process.execPath, [join(import.meta.dirname, "scan-cache.mjs"), cache]);
      const repos = JSON.parse((await scanCache()).stdout);
      assert.deepEqual(
        repos.map((repo) => `${repo.type} ${repo.name} ${repo.revisions[0].refs}`).sort(),
        ["dataset acme/rows main", "model acme/tiny main"],
      );
      await writeFile(join(cache, "stray"), "");
      await assert.rejects(scanCache, { code: 1 });
    });

    it("downloads a gated and renamed repository with a token, which the CDN never sees", async () => {
      const cacheDir = join(cache, "gated");
      const folder = await snapshotDownload({ repo: "acme/locked", accessToken: "hf_good", cacheDir, hubUrl });
      assert.equal(sha256(await readFile(join(folder, "model.safetensors"))), sha256(weights));
      const renamed = await downloadFile({ repo: "acme/old", path: "config.json", accessToken: "hf_good", hubUrl });
      assert.equal(await renamed.text(), "{ }\n");
      assert.equal((await whoAmI({ accessToken: "hf_good", hubUrl })).type, "user");

      const record = await hub.record();
      const toCdn = record.filter((request) => request.origin === "cdn");
      assert.ok(toCdn.some((request) => request.repo === "acme/locked" && request.status === 206));
      assert.ok(!toCdn.some((request) => request.authorization));
    });

    for (const [token, status] of [[undefined, 401], ["hf_other", 403], ["hf_unknown", 401]])
      it(`is refused a gated file with ${token ?? "no token"}: ${status}`, async () => {
        const attempt = downloadFile({ repo: "acme/locked", path: "config.json", accessToken: token, hubUrl });
        await assert.rejects(attempt, { statusCode: status });
      });
  });
}
