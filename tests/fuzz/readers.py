"""Loads files with the libraries' own readers, in a process that may not do anything, and prints what it tried.

    unshare --net --mount --user --map-root-user /usr/bin/python3 readers.py NAMES <paths

A line of output is a path, the reader, and the event. A child per hundreds of files loads them, with an audit hook
that refuses; no child can write, fork a program, or use more than its memory and time. Functions that the scanner
lets a pickle hold but not call are replaced by some that tell.
"""
import importlib
import io
import json
import os
import pickle
import re
import resource
import signal
import sys
import types
import warnings

LIBRARIES = ["numpy", "torch", "scipy", "sklearn", "pandas", "joblib", "statsmodels", "xgboost", "skimage",
             "networkx", "lz4"]
BATCH = 200
SECONDS = 10
MEMORY = 16 << 30

# scipy runs this with exec in __setstate__ of its distributions: its own text, with other arguments' names.
TEMPLATE = re.compile(r"\s*def _parse_args\(self, (?:\w+, )*\s*loc=0(?:, scale=1)?\):\n    return \([\w, ]*\), loc, "
                      r"(?:scale|1)\n")
# What is quiet: Python's own bookkeeping, and reads of what is installed.
QUIET = ("pickle.find_class", "object.__getattr__", "object.__setattr__", "object.__delattr__", "builtins.id",
         "sys._getframe", "marshal.loads", "array.__new__", "gc.", "cpython.", "sys.unraisablehook", "code.__new__",
         "ctypes.addressof", "ctypes.cdata", "re.", "warnings.")
INSTALLED = ("/usr/lib/", "/usr/share/", "<frozen ", "/usr/local/lib/", "/etc/python3")


class Forbidden(BaseException):
    """What the hook raises: no `except Exception` of a library can swallow it."""


armed = None
template = False


def hook(event, arguments):
    global template
    if armed is None or event.startswith(QUIET):
        return
    if is_installed(event, arguments):
        return
    armed.append(f"{event} {str(arguments)[:200]}")
    raise Forbidden(event)


def is_installed(event, arguments):
    global template
    if event == "import":
        root = str(arguments[0]).split(".")[0]
        known = root in LIBRARIES or root in sys.stdlib_module_names or str(arguments[0]) in sys.modules
        return known or imports_itself()
    if event == "open":
        path, mode, flags = arguments
        return str(path).startswith(INSTALLED) and not (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if event in ("os.listdir", "os.scandir", "os.stat"):
        return str(arguments[0]).startswith(INSTALLED)
    if event == "compile":
        source, name = arguments
        source = source.decode() if isinstance(source, bytes) else source
        template = bool(source) and bool(TEMPLATE.match(source))
        # numpy reads the header of an array with ast.literal_eval.
        return template or imports_itself() or (name == "<unknown>" and str(source).startswith("{'descr': ")) or str(name).startswith(INSTALLED)
    if event == "exec":
        code = arguments[0]
        if template and code.co_filename == "<string>":
            template = False
            return True
        return imports_itself() or code.co_filename.startswith(INSTALLED) and code.co_name == "<module>"
    return False


def imports_itself():
    """Whether it is an installed module that is being imported."""
    frame = sys._getframe(3)
    while frame:
        if frame.f_code.co_name == "<module>" and frame.f_code.co_filename.startswith(INSTALLED):
            return True
        frame = frame.f_back
    return False


class Told:
    """Stands for a function that may be held and not called."""

    def __init__(self, name):
        self.name = name

    def __call__(self, *arguments, **named):
        if armed is not None:
            armed.append(f"call of {self.name}, which may only be held")
        raise Forbidden(self.name)

    def __reduce__(self):
        return self.name


def prepare(names):
    """Imports everything first, so that loading imports nothing, and replaces what may only be held."""
    warnings.simplefilter("ignore")
    for library in LIBRARIES:
        try:
            importlib.import_module(library)
        except ImportError:
            continue
    for module, name, _, held in names:
        try:
            owner = importlib.import_module(module)
        except BaseException:
            continue
        value = getattr(owner, name, None)
        if held and isinstance(value, (types.FunctionType, types.BuiltinFunctionType)):
            setattr(owner, name, Told(f"{module}.{name}"))


def readers(path, data):
    """Which readers take a file of that name, each as (name, how to load it)."""
    extension = path[path.index(".", path.rindex("/")):]
    take = {}
    if extension in (".pkl", ".joblib", ".pth"):
        take["_pickle"] = lambda: pickle.loads(data)
        take["pickle"] = lambda: pickle._loads(data)
    if "joblib" in sys.modules and extension not in (".pt", ".pth", ".npy", ".npz"):
        take["joblib.load"] = lambda: sys.modules["joblib"].load(io.BytesIO(data))
    compression = {".pkl": None, ".pkl.gz": "gzip", ".pkl.bz2": "bz2", ".pkl.xz": "xz"}
    if "pandas" in sys.modules and extension in compression:
        take["pandas.read_pickle"] = lambda: sys.modules["pandas"].read_pickle(io.BytesIO(data), compression[extension])
    if "torch" in sys.modules and extension in (".pkl", ".pt", ".pth"):
        take["torch.load"] = lambda: sys.modules["torch"].load(io.BytesIO(data))
    if "numpy" in sys.modules and extension in (".npy", ".npz"):
        take["numpy.load"] = lambda: load_arrays(data)
    return take.items()


def load_arrays(data):
    loaded = sys.modules["numpy"].load(io.BytesIO(data), allow_pickle=True)
    return [loaded[name] for name in loaded.files] if hasattr(loaded, "files") else loaded


def late(signum, frame):
    raise TimeoutError


def load_all(paths, output):
    """In the child: loads each file with each reader, and writes a line for each event."""
    global armed
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, late)
    null = os.open("/dev/null", os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    for path in paths:
        with open(path, "rb") as file:
            data = file.read()
        loaded = 0
        for name, load in readers(path, data):
            os.write(output, json.dumps(["begin", path, name]).encode() + b"\n")
            events = []
            signal.alarm(SECONDS)
            armed = events
            try:
                load()
                loaded += 1
            except BaseException:
                pass
            armed = None
            signal.alarm(0)
            for event in events:
                os.write(output, json.dumps(["event", path, name, event]).encode() + b"\n")
        os.write(output, json.dumps(["end", path, loaded]).encode() + b"\n")


def run(paths):
    """In the parent: children for batches; one that died goes on after the file that it died of."""
    while paths:
        batch, paths = paths[:BATCH], paths[BATCH:]
        source, sink = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(source)
            try:
                load_all(batch, sink)
            finally:
                os._exit(0)
        os.close(sink)
        last, done = None, 0
        with os.fdopen(source) as lines:
            for line in lines:
                message = json.loads(line)
                last = message
                if message[0] == "end":
                    done += 1
                if message[0] != "begin":
                    print(line, end="", flush=True)
        _, status = os.waitpid(child, 0)
        if done < len(batch):
            how = signal.Signals(status & 127).name if status & 127 else f"exit {status >> 8}"
            print(json.dumps(["crash", batch[done], last[2] if last else None, how]), flush=True)
            paths = batch[done + 1:] + paths


if __name__ == "__main__":
    with open(sys.argv[1]) as listed:
        prepare(json.load(listed))
    sys.addaudithook(hook)
    print(json.dumps(["versions", {name: getattr(sys.modules[name], "__version__", "") for name in LIBRARIES
                                   if name in sys.modules} | {"python": sys.version.split()[0]}]), flush=True)
    run(sys.stdin.read().split())
