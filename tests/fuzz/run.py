#!/usr/bin/python3
"""Holds the scanner against the readers: makes pickles, has the executable judge them, loads those that pass.

    make fuzz                                     100,000 pickles
    /usr/bin/python3 tests/fuzz/run.py COUNT [SEED] [EXECUTABLE]

Ends with the counts, and with exit code 1 where loading a pickle that passed ran, opened or imported something.
Such pickles are kept in artifacts/fuzz. Without the libraries (apt-get install python3-sklearn python3-torch
python3-joblib python3-pandas python3-scipy python3-statsmodels python3-lz4), Python's own unpicklers are the readers.
"""
import importlib
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings

import grammar
import readers

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEPT = os.path.join(ROOT, "artifacts", "fuzz")
CHUNK = 5000
# A sample takes one name in so many.
SAMPLE, EVERY = 10_000, 12
STANDARD = ["builtins", "collections", "argparse", "types", "pathlib", "datetime", "decimal", "fractions", "uuid",
            "array", "re", "random", "typing", "string", "zoneinfo", "copyreg", "_codecs", "ipaddress", "functools",
            "operator", "os", "io", "enum", "pickle", "dataclasses"]


def scan(executable, folder):
    """The files of a folder that the standard preset's scanner does not refuse."""
    done = subprocess.run([executable, "validate", folder, "--only", "pickleScan", "--format", "json"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode not in (0, 8):
        sys.exit(f"{executable}: exit {done.returncode}\n{done.stderr.decode()}")
    report = json.loads(done.stdout)
    refused = {finding["file"] for finding in report["validators"][0]["findings"]
               if finding["severity"] in ("suspicious", "dangerous")}
    if "" in refused:
        sys.exit(f"the scan did not end: {report['validators'][0]['findings'][0]}")
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name not in refused]


def candidates():
    """Every (module, name) that the installed libraries have, the same object twice at most."""
    listed = os.path.join(ROOT, "fetcher", "Validation", "Pickle", "classes.txt")
    with open(listed) as lines:
        modules = [line[1:].strip() for line in lines if line.startswith("=")]
    for name in STANDARD + readers.LIBRARIES + modules:
        try:
            importlib.import_module(name)
        except BaseException:
            continue
    seen = {}
    for module in sorted(sys.modules):
        if module.split(".")[0] not in readers.LIBRARIES and module not in STANDARD:
            continue
        for name, value in sorted(vars(sys.modules[module]).items()):
            if isinstance(value, type(sys)) or not (callable(value) or type(value).__module__ == "torch"):
                continue
            home = getattr(value, "__module__", None) == module
            count = seen[(id(value), name)] = seen.get((id(value), name), 0) + (0 if home else 1)
            if home or count <= 1:
                yield module, name, value


def attributes(value):
    """The names that a class's own code knows: what a state could set in place of a method."""
    if not isinstance(value, type):
        return []
    found = [name for name in dir(value) if not name.startswith("__")][:40]
    for method in ("__setstate__", "__reduce__", "__getattr__", "__setattr__"):
        code = getattr(getattr(value, method, None), "__code__", None)
        if code:
            found += list(code.co_names) + [const for const in code.co_consts if isinstance(const, str)]
    return found


def allowed_names(executable, every):
    """The candidates that the scanner lets a pickle name, and whether it lets it call them."""
    found = {f"{index}.pkl": entry for index, entry in enumerate(candidates()) if index % every == 0}
    passed = {}
    for how, end in (("named", b"0N."), ("held", b"\x85."), ("called", b")R."), ("made", b")\x81.")):
        with tempfile.TemporaryDirectory() as folder:
            for file, (module, name, _) in found.items():
                if how == "named" or file in passed["named"]:
                    write(folder, file, b"\x80\x02" + grammar.named(module, name) + end)
            passed[how] = {os.path.basename(path) for path in scan(executable, folder)}
    only_held = passed["held"] - passed["called"] - passed["made"]
    return [(module, name, attributes(value), file in only_held)
            for file, (module, name, value) in found.items() if file in passed["named"]]


def seeds(names):
    """What the libraries write for each class that can be made without arguments; a child makes them, since some
    crash."""
    made, at = [], 0
    while at < len(names):
        source, sink = os.pipe()
        child = os.fork()
        if child == 0:
            with os.fdopen(sink, "wb") as output:
                for index in range(at, len(names)):
                    pickle.dump((index, seed_of(*names[index][:2])), output)
                    output.flush()
            os._exit(0)
        os.close(sink)
        with os.fdopen(source, "rb") as results:
            try:
                while True:
                    at, data = pickle.load(results)
                    if data:
                        made.append(grammar.opcodes(data))
            except EOFError:
                at += 1 if at + 1 == len(names) else 2
        os.waitpid(child, 0)
    return made


def seed_of(module, name):
    warnings.simplefilter("ignore")
    value = getattr(sys.modules[module], name)
    signal.alarm(5)
    try:
        data = pickle.dumps(value() if isinstance(value, type) else value, 2)
    except BaseException:
        return None
    return data if 20 < len(data) < 4000 else None


def write(folder, name, data):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def load(paths, names):
    """Has the readers load files, in a process of their own."""
    command = [sys.executable, os.path.join(ROOT, "tests", "fuzz", "readers.py"), names]
    sandbox = ["unshare", "--net", "--mount", "--user", "--map-root-user", "sh", "-c",
               'mount --make-rprivate / && mount -o remount,bind,ro / && exec "$@"', "sh"]
    if subprocess.run(sandbox + ["true"], stderr=subprocess.DEVNULL).returncode != 0:
        sandbox = []
    done = subprocess.run(sandbox + command, input="\n".join(paths), stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"readers.py: exit {done.returncode}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def main(count, seed, executable):
    names = allowed_names(executable, EVERY if count < SAMPLE else 1)
    made = grammar.Grammar(names, seeds(names), seed)
    has_lz4 = "lz4" in sys.modules
    kinds = [kind for kind in grammar.CONTAINERS if has_lz4 or kind[0] != ".pkl.lz4"]
    print(f"{len(names)} names, {len(made.seeds)} honest objects, seed {seed}", flush=True)
    passed = loaded = 0
    bad, versions = [], {}
    shutil.rmtree(KEPT, ignore_errors=True)
    os.makedirs(KEPT)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as listed:
        json.dump(names, listed)
        listed.flush()
        for start in range(0, count, CHUNK):
            with tempfile.TemporaryDirectory() as folder:
                for index in range(start, min(start + CHUNK, count)):
                    extension, wrap = kinds[index % len(kinds)]
                    write(folder, f"{index}{extension}", wrap(made.pickle(index)))
                harmless = scan(executable, folder)
                passed += len(harmless)
                for message in load(harmless, listed.name):
                    if message[0] == "versions":
                        versions = message[1]
                    elif message[0] == "end":
                        loaded += message[2] > 0
                    else:
                        bad.append(message[1:])
                        shutil.copy(message[1], KEPT)
                        print("found", *message, flush=True)
            print(f"{min(start + CHUNK, count)} pickles, {passed} passed, {loaded} loaded, {len(bad)} found", flush=True)
    print("readers:", ", ".join(f"{name} {version}" for name, version in sorted(versions.items())))
    print(f"{int(not bad)} passed, {int(bool(bad))} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    arguments = sys.argv[1:] + [None] * 3
    sys.exit(main(int(arguments[0] or 100_000), arguments[1] or "1",
                  arguments[2] or os.path.join(ROOT, "artifacts", "bin", "nix-ai-models")))
