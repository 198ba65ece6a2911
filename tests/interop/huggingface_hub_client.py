"""Uses a cache with Python's huggingface_hub: `HF_HUB_CACHE=DIR python3 huggingface_hub_client.py STEP [WORD…]`.

Prints one line of JSON.
"""
import json, os, sys

step, words = sys.argv[1], sys.argv[2:]
if step.startswith("offline"):
    os.environ["HF_HUB_OFFLINE"] = "1"
from huggingface_hub import hf_hub_download, scan_cache_dir, snapshot_download, try_to_load_from_cache

if step == "offline-find":  # REPO REVISION FILE [TYPE]
    repo, revision, file = words[:3]
    kind = {"revision": revision, "repo_type": words[3] if len(words) > 3 else None}
    folder = snapshot_download(repo, local_files_only=True, **kind)
    cached = try_to_load_from_cache(repo, file, **kind)
    text = open(hf_hub_download(repo, file, **kind)).read()
    print(json.dumps({"folder": folder, "cached": cached, "text": text}))
elif step == "offline-snapshot":  # REPO REVISION: the commit, as vLLM and others pass it
    print(json.dumps({"folder": snapshot_download(words[0], revision=words[1])}))
elif step == "scan":
    scan = scan_cache_dir()
    print(json.dumps({"warnings": [str(warning) for warning in scan.warnings],
                      "revisions": sorted(revision.commit_hash for repo in scan.repos for revision in repo.revisions)}))
elif step == "online-load":  # REPO [FILE]
    path = hf_hub_download(words[0], words[1]) if len(words) > 1 else snapshot_download(words[0])
    print(json.dumps({"path": path, "size": os.stat(path).st_size}))
elif step == "delete":  # REVISION
    try:
        scan_cache_dir().delete_revisions(words[0]).execute()
        print(json.dumps({"deleted": True}))
    except OSError as error:
        print(json.dumps({"deleted": False, "error": str(error)}))
