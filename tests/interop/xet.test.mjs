// The test hub speaks Xet as an independent client expects it, and cuts files where that client does.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { downloadFile, listFiles } from "@huggingface/hub";
import { fileHash, getChunks, hashToHex } from "@huggingface/xetchunk-wasm";
import { startHub } from "./start-hub.mjs";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

// The same on every run: sha256 in counter mode.
const random = (length, seed) =>
  Buffer.concat(
    Array.from({ length: Math.ceil(length / 32) }, (_, i) => createHash("sha256").update(`${seed} ${i}`).digest()),
  ).subarray(0, length);
const weights = (length, seed) => random(length, seed).map((byte, i) => (i % 4 === 3 ? 0x3c + (byte & 1) : byte));
const block = random(300_000, "block");

// This client accepts a boundary up to 64 bytes before the shortest chunk, as xet-core did until 2026; these files have
// none there.
const models = {
  "random.bin": random(2_000_001, "r15"),
  "weights.safetensors": weights(1_500_000, "w6"),
  "zeros.bin": Buffer.alloc(1_500_000),
  "repeated.bin": Buffer.concat([block, random(200_000, "a"), block, random(200_000, "b"), block]),
  "small.bin": Buffer.from([1, 2, 3]),
};

describe("@huggingface/hub's Xet client on test-hub", () => {
  let hub, hubUrl;

  before(async () => {
    const files = Object.entries(models).map(([name, bytes]) => [`models/acme/chunks/main/${name}`, bytes]);
    const locked = { gated: "auto", tokens: ["hf_good"] };
    hub = await startHub(
      {
        ...Object.fromEntries(files),
        "models/acme/locked/main/model.bin": models["random.bin"],
        "models/acme/locked/repo.json": locked,
      },
      "--xet",
      "--xorb-size",
      "400000",
    );
    hubUrl = hub.endpoint;
  });
  after(() => hub.stop());

  it("names every file as the client would when it uploads it", async () => {
    for await (const entry of listFiles({ repo: "acme/chunks", hubUrl })) {
      if (entry.path === "repeated.bin") continue;
      const bytes = new Uint8Array(models[entry.path]);
      assert.equal(entry.xetHash, hashToHex(fileHash(getChunks(bytes))), entry.path);
    }
  });

  for (const parallelDownloads of [true, false])
    it(`sends every file byte for byte, ${parallelDownloads ? "in parallel" : "one range at a time"}`, async () => {
      for (const [path, bytes] of Object.entries(models)) {
        const file = await downloadFile({ repo: "acme/chunks", path, parallelDownloads, hubUrl });
        assert.equal(file.constructor.name, "XetBlob");
        assert.equal(sha256(new Uint8Array(await file.arrayBuffer())), sha256(bytes), path);
        const [from, to] = [Math.floor(bytes.length / 3), bytes.length - 1];
        const part = await file.slice(from, to).arrayBuffer();
        assert.equal(sha256(new Uint8Array(part)), sha256(bytes.subarray(from, to)), `part of ${path}`);
      }
      assert.ok((await hub.record()).some((request) => request.on === "xorb"));
    });

  it("gives the store's token to readers, and the hub's token to the hub alone", async () => {
    const file = await downloadFile({ repo: "acme/locked", path: "model.bin", accessToken: "hf_good", hubUrl });
    assert.equal(sha256(new Uint8Array(await file.arrayBuffer())), sha256(models["random.bin"]));
    const hf = sha256("hf_good").slice(0, 8);
    const record = (await hub.record()).filter((request) => request.repo === "acme/locked");
    assert.ok(record.every((request) => (request.origin === "hub") === (request.token === hf)));
    assert.ok(record.some((request) => request.on === "xorb" && !request.authorization));
  });
});
