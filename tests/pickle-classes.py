#!/usr/bin/python3
"""Lists the classes whose instances a pickle may make and fill:
    fetcher/Validation/Pickle/classes.txt.

    apt-get install python3-sklearn python3-torch python3-scipy python3-pandas python3-statsmodels \
        python3-joblib python3-xgboost python3-skimage python3-networkx
    /usr/bin/python3 tests/pickle-classes.py > fetcher/Validation/Pickle/classes.txt

A module is left out if it opens a file for writing, a program or a connection while it is imported.
Each module of the libraries is imported and each class asked for what Python runs while it loads an
instance: __setstate__, __reduce__, __reduce_ex__, __new__, __init_subclass__, __getattr__,
__getattribute__, __setattr__, __del__, setters of properties, methods that opcodes call. A class is
listed where it has none of them, or where each was read; READ says what was seen. One that was not
read is left out, which refuses it.

The line with ~ has the methods that code which was read calls: a state may not hold something else
under their names. A line with ! is a module, with all below it, of which no class is taken. =
begins a module; the other lines are a class and its letters: d takes items by key, l takes items at
its end, s has slots and no setter that would run, h may not be a key (it has a __hash__ or __eq__ of
its own), e is an enumeration, - may only be named as an argument of its library's own makers.
"""
import ast
import builtins
import collections
import contextlib
import enum
import importlib
import inspect
import io
import os
import pkgutil
import sys
import textwrap
import warnings

LIBRARIES = ["sklearn", "torch", "scipy", "pandas", "statsmodels", "joblib", "xgboost", "skimage",
    "networkx"]

# Modules whose import acts, or that are programs.
SKIPPED = ("test", "tests", "testing", "__main__", "conftest", "setup", "externals",
    "cpp_extension", "tensorboard",
           "f2py", "sandbox", "examples", "datasets", "benchmarks", "bottleneck", "collect_env",
           "loky", "backend_bases")

# Packages where nothing that a model holds is, and much that runs code.
CLOSED = ("torch.distributed.nn", "torch.ao.quantization.fx._model_report", "torch.jit", "torch.fx", "torch.package", "torch.hub", "torch._dynamo", "torch._inductor",
    "torch.utils.data.datapipes",
          "torch.distributed.rpc", "torch.distributed.elastic", "torch.distributed.launcher",
    "torch.multiprocessing", "torch.testing", "torch.onnx",
          "torch.utils.benchmark", "torch.utils.show_pickle", "torch.ops", "torch.classes",
    "torch.futures", "torch.autograd", "torch.utils.model_zoo",
          "pandas.io", "pandas.core.computation", "pandas.plotting", "joblib", "networkx.drawing",
    "scipy.io", "scipy._build_utils", "statsmodels.iolib",
          "skimage.io", "skimage.viewer", "skimage.data", "xgboost.dask", "xgboost.spark",
    "xgboost.tracker", "xgboost.rabit", "sklearn.utils._openmp_helpers")

# What was read in Debian's sources, and why it is harmless with any state that the scanner lets through
# (a literal dictionary, names that Python does not call). By the class that defines it.
READ = {
    "sklearn.base.BaseEstimator.__setstate__": "warns where the version differs, then updates __dict__",
    "sklearn.utils._bunch.Bunch.__setstate__": "does nothing",
    "sklearn.utils._bunch.Bunch.__getattr__": "items by name; the scanner checks their names as attributes",
    "sklearn.utils._bunch.Bunch.__setattr__": "writes an item",
    "sklearn.isotonic.IsotonicRegression.__setstate__": "BaseEstimator's, then builds its interpolation from arrays",
    "torch.nn.modules.module.Module.__setstate__": "updates __dict__ and adds missing hooks",
    "torch.nn.modules.module.Module.__getattr__": "looks into _parameters, _buffers, _modules",
    "torch.nn.modules.module.Module.__setattr__": "is not run: BUILD writes __dict__",
    "torch.nn.modules.rnn.RNNBase.__setattr__": "is not run",
    "statsmodels.base.wrapper.ResultsWrapper.__setstate__": "updates __dict__",
    "statsmodels.base.wrapper.ResultsWrapper.__getattribute__": "attributes of the results, wrapped",
    "statsmodels.base.data.ModelData.__setstate__": "updates __dict__; evaluates a formula where the state has "
    "restore_design_info, which the scanner refuses",
    "statsmodels.tsa._stl.STL.__new__": "makes an instance",
    "scipy.stats._distn_infrastructure.rv_generic.__setstate__": "updates __dict__, then exec of _parse_arg_template, "
    "which the scanner compares with scipy's own",
    "scipy.stats._distn_infrastructure.rv_discrete.__new__": "makes an instance, of rv_sample where values are given",
    "scipy.signal._ltisys.LinearTimeInvariant.__new__": "makes an instance",
    "scipy.signal._ltisys.lti.__new__": "makes an instance of a class by the number of arguments",
    "scipy.signal._ltisys.dlti.__new__": "makes an instance of a class by the number of arguments",
    "scipy.signal._ltisys.TransferFunction.__new__": "makes an instance; converts one system",
    "scipy.signal._ltisys.ZerosPolesGain.__new__": "makes an instance; converts one system",
    "scipy.signal._ltisys.StateSpace.__new__": "makes an instance; converts one system",
    "scipy.spatial._qhull._QhullUser.__del__": "closes _qhull, which the scanner wants to be None",
    "scipy.optimize._optimize.OptimizeResult.__getattr__": "items by name; their names are checked",
    "scipy.optimize._optimize.OptimizeResult.__setattr__": "writes an item",
    "scipy.sparse._base.spmatrix.__getattr__": "A, T, H, real, imag, size",
    "pandas.core.arrays.sparse.array.SparseArray.__setstate__": "updates __dict__; a tuple is refused",
    "pandas.core.generic.NDFrame.__setstate__": "takes _mgr and attributes, by their names",
    "pandas.core.generic.NDFrame.__getattr__": "columns by name",
    "pandas.core.generic.NDFrame.__setattr__": "writes an attribute or a column",
    "xgboost.core.Booster.__setstate__": "reads its own format from bytes, then updates __dict__",
    "xgboost.core.Booster.__del__": "frees what __setstate__ made",
}
# Below these, each __setstate__ (or __new__ of a named tuple) was read.
READ_PREFIXES = {
    "torch.nn.modules.": "Module's, and defaults for what older versions lack",
    "torch.ao.nn.": "Module's, and tensors",
    "torch.optim.": "Optimizer's, then setdefault on its groups",
    "networkx.classes.": "sets its fields from the state's items",
}
# Classes whose makers are listed one by one in LibraryGlobals: they may be named as an argument.
NAMED = ("pandas.core.indexes.", "pandas.core.arrays.", "pandas.core.dtypes.", "pandas._libs.",
    "sklearn.metrics._dist_metrics",
         "sklearn.neighbors._kd_tree", "sklearn.neighbors._ball_tree", "sklearn._loss.",
    "sklearn.tree.", "sklearn.linear_model._sgd_fast")
HOOKS = ["__setstate__", "__new__", "__getattr__", "__getattribute__", "__setattr__", "__del__",
    "__set_name__"]
ITEM_METHODS = {"dict": ["__setitem__", "update"], "list": ["append", "extend"]}


def definer(cls, name):
    for base in cls.__mro__:
        if name in vars(base):
            return base
    return None


def is_builtin(base):
    return base is None or base.__module__ in (
        "builtins", "abc", "typing", "collections", "collections.abc", "enum", "numbers", "dataclasses")


def was_read(base, name):
    key = f"{base.__module__}.{base.__qualname__}.{name}"
    return key in READ or name == "__setstate__" and any(key.startswith(prefix) for prefix in READ_PREFIXES)


def sets(value):
    """Whether setting the attribute runs code."""
    if isinstance(value, property):
        return value.fset is not None
    return (inspect.isdatadescriptor(value) and not inspect.ismemberdescriptor(value)
            and not inspect.isgetsetdescriptor(value))


def letters(cls):
    """The class's letters, or None and the first method that was not read."""
    if issubclass(cls, enum.Enum):
        return "e", None
    for name in HOOKS:
        base = definer(cls, name)
        if is_builtin(base) or was_read(base, name):
            if not is_builtin(base):
                note_calls(cls, name)
            continue
        if name == "__new__" and issubclass(cls, tuple) and hasattr(cls, "_fields"):
            continue
        return None, f"{base.__module__}.{base.__qualname__}.{name}"
    if issubclass(cls, type) or issubclass(cls, BaseException):
        return None, "a type or an exception"
    result = ""
    if issubclass(cls, dict) and all(is_builtin(definer(cls, name)) for name in ITEM_METHODS["dict"]):
        result += "d"
    if issubclass(cls, list) and all(is_builtin(definer(cls, name)) for name in ITEM_METHODS["list"]):
        result += "l"
    setters = any(sets(value) for base in cls.__mro__ for value in vars(base).values())
    if any(vars(base).get("__slots__") for base in cls.__mro__) and not setters:
        result += "s"
    hashes = definer(cls, "__hash__"), definer(cls, "__eq__")
    if not all(is_builtin(base) or "__dataclass_fields__" in vars(base) for base in hashes):
        result += "h"
    return "".join(sorted(result)), None


ACTS = []
ACTIVE = []
ACTING = ("subprocess.", "socket.", "os.system", "os.mkdir", "os.remove", "tempfile.", "ctypes.dlopen")
REAL_ERROR = sys.stderr


CALLED = set()


def note_calls(cls, name, depth=3):
    """Notes the methods that a class's own method calls on what a state may be: a state may not replace
    them."""
    function = inspect.getattr_static(definer(cls, name), name)
    function = getattr(function, "__func__", function)
    if depth == 0 or not inspect.isfunction(function) or (cls, name) in NOTED:
        return
    NOTED.add((cls, name))
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            root = node.func
            while isinstance(root, ast.Attribute):
                root = root.value
            known = isinstance(root, ast.Constant) or isinstance(root, ast.Name) and root.id in function.__globals__
            if not known:
                CALLED.add(node.func.attr)
            is_own = isinstance(node.func.value, ast.Name) and node.func.value.id == "self"
            if is_own and definer(cls, node.func.attr):
                note_calls(cls, node.func.attr, depth - 1)


NOTED = set()


def is_closed(module):
    return any(module == closed or module.startswith(closed + ".") for closed in CLOSED)


def modules(library):
    root = importlib.import_module(library)
    yield root
    for info in pkgutil.walk_packages(root.__path__, library + ".", onerror=lambda name: None):
        parts = info.name.split(".")
        if any(part in SKIPPED or part.startswith("test_") for part in parts) or is_closed(info.name):
            continue
        del ACTS[:]
        try:
            module = importlib.import_module(info.name)
        except BaseException:
            continue
        if ACTS:
            ACTIVE.append(info.name)
            print(info.name, "acts while it is imported:", ACTS[0], file=REAL_ERROR)
        else:
            yield module


def watch(event, arguments):
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    if writes and not str(arguments[0]).endswith(".pyc") or event.startswith(ACTING):
        ACTS.append(f"{event} {str(arguments)[:80]}")


def main():
    warnings.simplefilter("ignore")
    sys.dont_write_bytecode = True
    sys.addaudithook(watch)
    found, refused, versions = {}, collections.Counter(), []
    real = sys.stdout
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for library in LIBRARIES:
            try:
                versions.append(f"{library} {importlib.import_module(library).__version__}")
            except ImportError:
                continue
            for module in modules(library):
                for name, cls in list(vars(module).items()):
                    if not isinstance(cls, type) or cls.__name__ != name or not name.isidentifier():
                        continue
                    if cls.__module__.split(".")[0] != library or is_closed(cls.__module__):
                        continue
                    try:
                        kind, why = letters(cls)
                    except Exception as error:
                        kind, why = None, repr(error)
                    if kind is None and cls.__module__.startswith(NAMED):
                        kind = "-"
                    if kind is None:
                        refused[why] += 1
                    else:
                        found[(cls.__module__, name)] = kind
    print("# Made by tests/pickle-classes.py; do not edit. " + ", ".join(versions), file=real)
    for module in sorted({*CLOSED, *ACTIVE}):
        print(f"!{module}", file=real)
    print("~" + " ".join(sorted(CALLED)), file=real)
    last = None
    for (module, name), kind in sorted(found.items()):
        if module != last:
            print(f"={module}", file=real)
            last = module
        print(f"{name} {kind}".rstrip(), file=real)
    for why, count in refused.most_common():
        print(count, why, file=sys.stderr)


main()
