#!/usr/bin/python3
"""Writes honest.txt: files as the libraries themselves write them, one a line: name, base64.

Made with Debian 12's python3-torch 1.13, -numpy 1.24, -sklearn 1.2, -joblib 1.2, -pandas 1.5, -scipy 1.10,
-statsmodels 0.13, -skimage 0.19. The tests read honest.txt and need none of them.
"""
import argparse, array, base64, bz2, collections, datetime, decimal, enum, fractions, gzip, io, lzma, os, pathlib, pickle, random, sys, tempfile, types, uuid, zlib

import joblib
import lz4.frame
import numpy as np
import pandas as pd
import scipy.interpolate
import scipy.signal
import scipy.sparse
import scipy.spatial
import scipy.stats
import skimage.transform
import statsmodels.formula.api
import sklearn.cluster
import sklearn.compose
import sklearn.ensemble
import sklearn.feature_extraction.text
import sklearn.feature_selection
import sklearn.gaussian_process
import sklearn.linear_model
import sklearn.naive_bayes
import sklearn.neighbors
import sklearn.neural_network
import sklearn.pipeline
import sklearn.preprocessing
import sklearn.svm
import sklearn.tree
import torch
import zstandard

np.random.seed(1)
torch.manual_seed(1)
files = {}


def dump(name, value, protocol=4):
    files[f"{name}.pkl"] = pickle.dumps(value, protocol)


def save(name, value, **options):
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    files[f"{name}.pt"] = buffer.getvalue()


def jobdump(name, value, **options):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x")
        joblib.dump(value, path, **options)
        with open(path, "rb") as file:
            files[f"{name}.joblib"] = file.read()


plain = {"none": None, "bools": (True, False), "int": [0, -1, 255, 65536, 2**31, -2**63, 2**200], "float": [1.5, float("inf"), float("nan")],
         "str": ["", "ascii", "ünï", "\\u0041\n'\"", "\U0001f600"], "bytes": [b"", b"\x00\xff", bytes(300)], "set": {1, 2}, "frozen": frozenset("ab"),
         "complex": 1 + 2j, "bytearray": bytearray(b"xy"), "slice": slice(1, 2, 3), "range": range(3), "ellipsis": ...}
arrays = {"f8": np.random.rand(3, 4), "i2": np.arange(5, dtype="<i2"), "big": np.arange(4, dtype=">f4"), "bool": np.array([True]), "str": np.array(["a", "bcd"]),
          "bytes": np.array([b"a"]), "object": np.array([{"a": 1}, None], dtype=object), "record": np.zeros(2, dtype=[("a", "f4"), ("b", "i8", (2,))]),
          "fortran": np.asfortranarray(np.random.rand(2, 3)), "scalar": np.float32(1.5), "int64": np.int64(3), "date": np.array(["2020-01-01"], dtype="M8[D]"),
          "dtype": np.dtype("f2"), "type": np.float32, "empty": np.zeros((0, 3)), "objects in a record": np.array([(1, "x")], dtype=[("n", "i4"), ("o", "O")]),
          "masked": np.ma.array([1, 2], mask=[0, 1]), "matrix": np.matrix([[1, 2]]), "ufunc": np.log1p, "str scalar": np.str_("x"), "void": np.zeros(1, "f4,i4")[0]}
loop = []
loop.append(loop)
for protocol in range(6):
    dump(f"plain-{protocol}", plain, protocol)
    dump(f"arrays-{protocol}", arrays, protocol)
    dump(f"containers-{protocol}", [collections.OrderedDict(a=1), collections.Counter("aab"), collections.deque([1], 3), collections.defaultdict(list, a=[1]), loop], protocol)
dump("random-state", [np.random.RandomState(1), np.random.default_rng(1), np.random.Generator(np.random.PCG64(1))])
dump("standard-library", [pathlib.PosixPath("/a"), argparse.Namespace(a=1), datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc), datetime.timedelta(1),
     decimal.Decimal("1.5"), fractions.Fraction(1, 2), uuid.UUID(int=1), types.SimpleNamespace(a=1), array.array("d", [1.0])])

linear = torch.nn.Linear(3, 2)
network = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.GELU(), torch.nn.Dropout(), torch.nn.LSTM(2, 2), torch.nn.MultiheadAttention(2, 1))
adam = torch.optim.AdamW(linear.parameters())
linear(torch.ones(1, 3)).sum().backward()
adam.step()
for zipped in (True, False):
    options = {"_use_new_zipfile_serialization": zipped}
    kind = "zip" if zipped else "legacy"
    save(f"state-{kind}", linear.state_dict(), **options)
    save(f"checkpoint-{kind}", {"model": network.state_dict(), "optimizer": adam.state_dict(), "epoch": 3, "rng": torch.get_rng_state(),
         "scheduler": torch.optim.lr_scheduler.StepLR(adam, 1).state_dict(), "args": argparse.Namespace(lr=0.1)}, **options)
    save(f"module-{kind}", network, **options)
    save(f"optimizer-{kind}", adam, **options)
    save(f"tensors-{kind}", [torch.zeros(2, dtype=dtype) for dtype in (torch.float16, torch.bfloat16, torch.int8, torch.bool, torch.complex64, torch.uint8)]
         + [torch.ones(2, 2).t(), torch.arange(4)[1:3], torch.nn.Parameter(torch.ones(1)), torch.eye(2).to_sparse(), torch.quantize_per_tensor(torch.ones(2), 0.1, 1, torch.quint8),
            torch.Size([1]), torch.device("cpu"), torch.float32, torch.empty(2, device="meta"), torch.eye(2).to_sparse_csr()], **options)
    parameter = torch.nn.Parameter(torch.ones(2))
    parameter.note = "kept"
    save(f"attributes-{kind}", [parameter], **options)
dump("tensor-2", torch.arange(3.0), 2)
dump("tensor-4", {"a": torch.arange(3.0), "b": linear.state_dict()})
buffer = io.BytesIO()
torch.jit.save(torch.jit.script(linear), buffer)
files["script.pt"] = buffer.getvalue()

X, y = np.random.rand(20, 3), np.arange(20) % 2
pipeline = sklearn.pipeline.Pipeline([("s", sklearn.preprocessing.StandardScaler()), ("k", sklearn.feature_selection.SelectKBest(k=2)),
                                      ("c", sklearn.svm.SVC(probability=True))]).fit(X, y)
models = {"forest": sklearn.ensemble.RandomForestClassifier(3, max_depth=2), "boost": sklearn.ensemble.GradientBoostingClassifier(n_estimators=2, max_depth=1),
          "hist": sklearn.ensemble.HistGradientBoostingClassifier(max_iter=2, max_leaf_nodes=3), "logistic": sklearn.linear_model.LogisticRegression(),
          "sgd": sklearn.linear_model.SGDClassifier(), "knn": sklearn.neighbors.KNeighborsClassifier(2, algorithm="kd_tree"), "bayes": sklearn.naive_bayes.GaussianNB(),
          "mlp": sklearn.neural_network.MLPClassifier((2,), max_iter=2), "kmeans": sklearn.cluster.KMeans(2, n_init=1),
          "gp": sklearn.gaussian_process.GaussianProcessClassifier(), "ball": sklearn.neighbors.KNeighborsClassifier(2, algorithm="ball_tree"),
          "isolation": sklearn.ensemble.IsolationForest(n_estimators=2), "nu": sklearn.svm.OneClassSVM()}
dump("pipeline", pipeline, 5)
jobdump("pipeline", pipeline)
for name, model in models.items():
    model.fit(X, y)
    dump(f"sklearn-{name}", model, 5)
    jobdump(f"sklearn-{name}", model, compress=3)
text = sklearn.feature_extraction.text.TfidfVectorizer().fit(["a small text", "another text"])
jobdump("text", text)
columns = sklearn.compose.ColumnTransformer([("n", sklearn.preprocessing.FunctionTransformer(np.log1p), [0]), ("o", sklearn.preprocessing.OneHotEncoder(), [1])]).fit(X)
dump("columns", columns)
jobdump("arrays", arrays)
jobdump("arrays-old", {"a": np.arange(3.0), "b": np.array(["x"], dtype=object)}, protocol=2)
for method in ("zlib", "gzip", "bz2", "lzma", "xz", "lz4"):
    jobdump(f"arrays-{method}", {"a": np.arange(3.0), "b": "x"}, compress=(method, 3))
dump("pandas", [pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}), pd.Series([1.5]), pd.Timestamp("2020-01-01"), pd.date_range("2020", periods=2), pd.Categorical(["a"])])
dump("pandas-types", [pd.DataFrame({"a": [1, 2]}).set_index("a"), pd.Timedelta(1), pd.NaT, pd.NA, pd.Timestamp("2020", tz="UTC"), pd.period_range("2020", periods=2, freq="M"),
     pd.interval_range(0, 3), pd.arrays.SparseArray([0, 1]), pd.array([1, None], dtype="Int64"), pd.Series(["a"], dtype="string")])
dump("records", np.rec.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]))
dump("kmeans", sklearn.cluster.BisectingKMeans(2, n_init=1).fit(X))
dump("kde", scipy.stats.gaussian_kde([1.0, 2.0, 3.0]))
dump("sparse", [scipy.sparse.csr_matrix(np.eye(2)), scipy.sparse.coo_matrix(np.eye(2))])
for name in ("f8", "str", "record", "object", "date", "fortran"):
    buffer = io.BytesIO()
    np.save(buffer, arrays[name])
    files[f"{name}.npy"] = buffer.getvalue()
for name, writer in (("plain", np.savez), ("folded", np.savez_compressed)):
    buffer = io.BytesIO()
    writer(buffer, a=arrays["f8"], b=arrays["str"])
    files[f"{name}.npz"] = buffer.getvalue()
simple = pickle.dumps({"a": [1, 2]})
files["simple.pkl.gz"] = gzip.compress(simple, mtime=0)
files["simple.pkl.bz2"] = bz2.compress(simple)
files["simple.pkl.xz"] = lzma.compress(simple)
files["simple.pkl.lzma"] = lzma.compress(simple, format=lzma.FORMAT_ALONE)
files["simple.pkl.lz4"] = lz4.frame.compress(simple)
files["simple.pkl.zst"] = zstandard.compress(simple)
files["simple.pkl.z"] = zlib.compress(simple)

# transformers is not in Debian; its training_args.bin is on most pages of the Hub. These classes stand for its own under their names.
def stand_in(module, name, base=object, **body):
    made = type(name, (base,), {"__module__": module, **body}) if base is object else base(name, body["members"], module=module)
    for end in [i for i, character in enumerate(module + ".") if character == "."]:
        sys.modules.setdefault(module[:end], types.ModuleType(module[:end]))
    sys.modules[module].__dict__[name] = made
    return made


strategy = stand_in("transformers.trainer_utils", "IntervalStrategy", enum.Enum, members={"NO": "no"})
hub = stand_in("transformers.trainer_utils", "HubStrategy", enum.Enum, members={"EVERY_SAVE": "every_save"})
scheduler = stand_in("transformers.trainer_utils", "SchedulerType", enum.Enum, members={"LINEAR": "linear"})
optimizer = stand_in("transformers.training_args", "OptimizerNames", enum.Enum, members={"ADAMW": "adamw_torch"})
distributed = stand_in("accelerate.utils.dataclasses", "DistributedType", enum.Enum, members={"NO": "NO"})
state = stand_in("accelerate.state", "PartialState")()
state.__dict__.update(device=torch.device("cpu"), distributed_type=distributed.NO, num_processes=1)
arguments = stand_in("transformers.training_args", "TrainingArguments")()
arguments.__dict__.update(output_dir="out", evaluation_strategy=strategy.NO, hub_strategy=hub.EVERY_SAVE, lr_scheduler_type=scheduler.LINEAR, optim=optimizer.ADAMW,
                          distributed_state=state, learning_rate=5e-5, report_to=["tensorboard"], _n_gpu=1, fsdp_config={"min_num_params": 0})
save("training_args", arguments)

# What scipy, statsmodels, skimage and pandas hold beyond plain data: bound methods, formulas, triangulations, offsets.
points = np.random.rand(8, 2)
frame = pd.DataFrame({"y": X @ [1.0, 2, 3], "a": X[:, 0], "b": X[:, 1]})
for protocol in (2, 4):
    dump(f"interpolators-{protocol}", [scipy.interpolate.interp1d(range(5), range(5), kind=kind) for kind in ("linear", "nearest", "cubic")]
         + [scipy.interpolate.Rbf(points[:, 0], points[:, 1], points[:, 0]), scipy.interpolate.CubicSpline(range(5), range(5))], protocol)
    dump(f"distributions-{protocol}", [scipy.stats.norm(1, 2), scipy.stats.binom(5, 0.5), scipy.stats.gamma(2.0), scipy.stats.poisson], protocol)
    dump(f"geometry-{protocol}", [scipy.spatial.Delaunay(points), scipy.spatial.ConvexHull(points), scipy.spatial.transform.Rotation.from_euler("x", [1.0]),
         skimage.transform.AffineTransform(scale=2)], protocol)
    dump(f"formula-{protocol}", statsmodels.formula.api.ols("y ~ a + np.log(b)", frame).fit(), protocol)
    dump(f"offsets-{protocol}", [pd.offsets.BusinessHour(), pd.offsets.CustomBusinessDay(), pd.interval_range(0, 2).array], protocol)
    dump(f"numpy-{protocol}", [np.polynomial.Polynomial([1, 2]), np.poly1d([1, 2]), np.char.array(["a"]), np.ma.array([1, 2], mask=[0, 1]), random.Random(1),
         collections.UserDict(a=1), scipy.signal.StateSpace([[1.0]], [[1.0]], [[1.0]], [[0.0]])], protocol)
dump("bins", sklearn.preprocessing.KBinsDiscretizer(3, encode="ordinal").fit(X))
jobdump("bins", sklearn.preprocessing.KBinsDiscretizer(3).fit(X))


# Neither jax, nor torch_geometric, nor a torch with distributed checkpoints of today is in Debian.
def filled(cls, **attributes):
    made = object.__new__(cls)
    made.__dict__.update(attributes)
    return made


def rebuild(function, arguments, state, properties):
    pass


stand_in("jax._src.array", "ArrayImpl")
rebuild.__module__, rebuild.__qualname__ = "jax._src.array", "_reconstruct_array"
sys.modules["jax._src.array"]._reconstruct_array = rebuild


class Weights:
    def __reduce__(self):
        return (rebuild, (*np.arange(3.0).__reduce__()[:3], {"weak_type": False}))


for protocol in (2, 4):
    dump(f"jax-{protocol}", {"params": {"w": Weights()}}, protocol)
data, edges, features = (stand_in("torch_geometric.data.data", name) for name in ("Data", "DataEdgeAttr", "DataTensorAttr"))
graph = filled(data, _edge_attr_cls=edges, _tensor_attr_cls=features)
graph._store = filled(stand_in("torch_geometric.data.storage", "GlobalStorage"), _mapping={"x": torch.zeros(2)}, _parent=graph)
save("graph", graph)
memory = stand_in("torch.distributed.checkpoint.metadata", "_MEM_FORMAT_ENCODING", enum.Enum, members={"CONTIGUOUS": 0})
whole, tensor, chunk, index = (stand_in("torch.distributed.checkpoint.metadata", name)
                               for name in ("Metadata", "TensorStorageMetadata", "ChunkStorageMetadata", "MetadataIndex"))
properties = stand_in("torch.distributed.checkpoint.metadata", "TensorProperties")
properties.__getstate__ = lambda self: (torch.float32, torch.strided, False, memory(0), False)
properties.__setstate__ = lambda self, state: None
stored = filled(stand_in("torch.distributed.checkpoint.filesystem", "_StorageInfo"), relative_path="__0_0.distcp", offset=0, length=10)
dump("distributed", filled(whole, storage_data={filled(index, fqn="w", offset=torch.Size([0]), index=0): stored}, planner_data=None, state_dict_metadata={
    "w": filled(tensor, properties=properties(), size=torch.Size([2]), chunks=[filled(chunk, offsets=torch.Size([0]), sizes=torch.Size([2]))])}))

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "honest.txt"), "w") as out:
    for name, content in sorted(files.items()):
        out.write(f"{name} {base64.b64encode(zlib.compress(content, 9)).decode()}\n")
print(len(files), "files")
