#!/usr/bin/env python3
"""Lists the classes of libraries that Debian does not have, from their sources:
    fetcher/Validation/Pickle/sources.txt.

    python3 tests/pickle-sources.py CLONES > fetcher/Validation/Pickle/sources.txt

CLONES has a clone of each repository in SOURCES, at CLONES/OWNER+NAME/repo. Nothing of them is
imported or run: each module is parsed at the revisions that SOURCES names, each class's bases are
followed through the library, to the classes of classes.txt and to those of Python. A class is listed
where neither it nor a base of it has a method that runs while an instance is loaded, or where each
of them was read: READ says what was seen. One that has, one with a base that nobody knows and one
that a decorator changes is left out, which refuses it; so is one that is harmless in one of the
revisions and not in another.

KEPT says which modules and classes of a library pickles hold. The form of the list is that of
classes.txt; each dot before a module stands for a leading part of the module before it. A line with @
is a package's other name.
"""
import ast
import collections
import fnmatch
import io
import os
import subprocess
import sys
import tarfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Package, repository, folder in it, revisions. Debian's package lies unpacked at CLONES/debian.
TRANSFORMERS = ["v4.30.0", "v4.57.6", "v5.1.0"]
SOURCES = [
    ("transformers", "FyrbyAdditive/transformers", "src/transformers", TRANSFORMERS),
    ("ultralytics", "3dEYE/ultralytics", "ultralytics", ["8d4e6e841c89"]),
    ("lightning", "Lightning-AI/pytorch-lightning", "src/lightning", ["7f0c3436cd3f"]),
    ("lightning_utilities", "Lightning-AI/utilities", "src/lightning_utilities", ["c89c402"]),
    ("torchmetrics", "Lightning-AI/torchmetrics", "src/torchmetrics", ["dab033394560"]),
    ("sentence_transformers", "UKPLab/sentence-transformers", "sentence_transformers", ["85ec64559f44"]),
    ("timm", "huggingface/pytorch-image-models", "timm", ["aa4b5850c154"]),
    ("fairseq", "facebookresearch/fairseq", "fairseq", ["3d262bb25690"]),
    ("accelerate", "huggingface/accelerate", "src/accelerate", ["16cb6eb80dd9"]),
    ("peft", "huggingface/peft", "src/peft", ["5d602fdbff04"]),
    ("trl", "huggingface/trl", "trl", ["f2cd57710ae3"]),
    ("datasets", "huggingface/datasets", "src/datasets", ["b7cb10b0e38a"]),
    ("diffusers", "huggingface/diffusers", "src/diffusers", ["58eb52c0803e"]),
    ("omegaconf", "omry/omegaconf", "omegaconf", ["63b63041ed30"]),
    ("lightgbm", "microsoft/LightGBM", "python-package/lightgbm", ["bae0b7ba9533"]),
    ("nltk", "nltk/nltk", "nltk", ["f2a92bd7e360"]),
    ("gensim", "piskvorky/gensim", "gensim", ["37f90ec121eb"]),
    ("hmmlearn", "hmmlearn/hmmlearn", "src/hmmlearn", ["e01a10e99df1"]),
    ("category_encoders", "scikit-learn-contrib/category_encoders", "category_encoders", ["ba55132abced"]),
    ("imblearn", "scikit-learn-contrib/imbalanced-learn", "imblearn", ["8504e95f0160"]),
    ("pyannote", "pyannote/pyannote-audio", "src/pyannote", ["b749285c"]),
    ("einops", "arogozhnikov/einops", "einops", ["ccb89f2"]),
    ("deepspeed", "deepspeedai/DeepSpeed", "deepspeed", ["edaa72212"]),
    ("torchvision", "debian", "usr/lib/python3/dist-packages/torchvision", ["0.14.1-2"]),
]
# Names under which the same modules were published before.
ALIASES = {"pytorch_lightning": "lightning.pytorch", "lightning_fabric": "lightning.fabric"}

SKIPPED = ["test", "tests", "testing*", "test_*", "__main__", "conftest", "cli", "commands", "scripts", "examples",
           "benchmark*", "convert_*", "*_convert_*", "dummy_*", "modular_*", "setup", "sandbox",
           "model_parallel", "experimental"]
# Modules, or MODULE:CLASS, that pickles hold; all where a package is not named.
KEPT = {
    "transformers": [
        "configuration_utils", "models.*.configuration_*", "tokenization_*", "models.*.tokenization_*",
        "processing_utils", "models.*.processing_*", "image_processing_*", "models.*.image_processing_*",
        "feature_extraction_*", "models.*.feature_extraction_*", "training_args*", "trainer_utils", "trainer_pt_utils",
        "trainer_callback", "debug_utils", "generation.configuration_utils", "utils.quantization_config",
        "data.data_collator", "pipelines.*:*Pipeline", "activations", "pytorch_utils", "modeling_layers", "cache_utils",
        "integrations.deepspeed", "utils.generic", "image_utils", "image_transforms", "modeling_utils",
    ] + [f"models.{name}.modeling_{name}" for name in (
        "albert bart beit bert bert_generation big_bird bigbird_pegasus blip bloom camembert clip codegen cohere "
        "convnext convnextv2 ctrl data2vec deberta deberta_v2 deit depth_anything detr dinov2 distilbert dpt electra "
        "encoder_decoder ernie esm falcon funnel gemma gemma2 gemma3 gpt2 gpt_bigcode gpt_neo gpt_neox gptj hubert "
        "layoutlm layoutlmv2 layoutlmv3 led llama longformer longt5 luke m2m_100 mamba marian mbart mistral mixtral "
        "mobilebert mobilevit modernbert mpnet mpt mt5 nystromformer olmo openai opt pegasus phi phi3 prophetnet "
        "qwen2 qwen3 resnet roberta roformer sam segformer siglip speech_encoder_decoder speecht5 squeezebert swin "
        "swinv2 t5 tapas trocr upernet videomae vilt vision_encoder_decoder vision_text_dual_encoder vit vit_mae vits "
        "wav2vec2 wav2vec2_bert wavlm whisper xglm xlm xlm_roberta xlm_roberta_xl xlnet").split()],
    "ultralytics": ["nn.*", "models.*", "utils", "utils.loss", "utils.tal", "utils.torch_utils", "utils.metrics",
                    "utils.ops", "engine.results", "engine.model", "cfg"],
    "lightning": ["pytorch", "pytorch.callbacks*", "pytorch.core.*", "pytorch.loops.*", "pytorch.trainer.states",
                  "pytorch.utilities.*", "pytorch.loggers.*", "pytorch.demos.*", "fabric.utilities.*",
                  "fabric.loggers.*"],
    "sentence_transformers": ["models.*", "losses.*", "SentenceTransformer", "similarity_functions", "training_args",
                              "util.*", "cross_encoder.CrossEncoder", "sparse_encoder.models.*", "model_card"],
    "timm": ["layers.*", "models.*", "optim.*", "scheduler.*", "data.config", "data.mixup", "loss.*"],
    "fairseq": ["data.dictionary", "data.encoders.*", "dataclass.*", "logging.meters", "*:*Config", "*:*Dictionary"],
    "accelerate": ["state", "parallelism_config", "utils.dataclasses", "utils.deepspeed", "utils.other", "optimizer",
                   "scheduler"],
    "peft": ["config", "utils.*", "tuners.*", "peft_model", "mapping*"],
    "trl": ["trainer.*:*Config", "trainer.*:*Arguments", "models.*"],
    "datasets": ["features.*", "info", "splits", "naming", "utils.version"],
    "diffusers": ["configuration_utils", "models.unets.*", "models.autoencoders.*", "models.attention*",
                  "models.resnet", "models.embeddings", "models.modeling_utils", "models.*sampling", "schedulers.*",
                  "training_utils", "image_processor"],
    "nltk": ["tokenize.*", "stem.*", "tag.*", "probability", "lm.*", "classify.*", "tree.*", "chunk.*", "collocations"],
    "gensim": ["models.*", "corpora.*", "similarities.*", "utils", "matutils"],
    "pyannote": ["audio.core.*:Specifications", "audio.core.*:Problem", "audio.core.*:Resolution",
                 "audio.core.*:Introspection", "audio.core.*:Output"],
    "deepspeed": ["runtime.fp16.loss_scaler", "utils.tensor_fragment", "runtime.zero.config"],
    "torchvision": ["models.*", "ops.*", "transforms.*"],
}


def is_kept(package, module, name):
    kept = KEPT.get(package)
    if kept is None:
        return True
    for pattern in kept:
        place, _, names = f"{package}.{pattern}".partition(":")
        if fnmatch.fnmatchcase(module, place) and fnmatch.fnmatchcase(name, names or "*"):
            return True
    return False


CALLED = set()
HOOKS = ["__setstate__", "__new__", "__getattr__", "__getattribute__", "__del__"]
PLAIN = {
    "object", "builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol", "tuple", "str", "int", "float",
    "bytes", "bool",
    "frozenset", "set", "dict", "list", "collections.OrderedDict", "collections.UserDict", "collections.UserList",
    "collections.abc.Mapping", "collections.abc.MutableMapping", "collections.abc.Sequence",
    "collections.abc.MutableSequence", "collections.abc.Iterable", "collections.abc.Iterator", "collections.abc.Sized",
    "collections.abc.Callable", "collections.abc.Hashable", "collections.abc.Set", "collections.abc.MutableSet",
    "collections.abc.Container", "collections.abc.Collection", "collections.abc.Generator",
    "typing.Mapping", "typing.MutableMapping", "typing.Sequence", "typing.Iterable", "typing.Iterator", "typing.Dict",
    "typing.List", "typing.Callable", "typing.NamedTuple", "typing.Hashable", "typing.MutableSequence",
    "collections.namedtuple", "argparse.Namespace", "types.SimpleNamespace", "typing_extensions.Protocol",
    "collections.Counter", "collections.defaultdict", "typing_extensions.Generic", "typing.OrderedDict",
}
ENUMS = {"enum." + name for name in ("Enum", "IntEnum", "Flag", "IntFlag", "StrEnum")}
DICTS = {"dict", "collections.OrderedDict", "collections.defaultdict", "collections.Counter", "typing.Dict",
         "typing.OrderedDict"}
LISTS = {"list", "typing.List"}


class Class:
    def __init__(self, module, node):
        self.module, self.name = module, node.name
        self.bases, self.methods, self.decorators, self.metaclass = [], {}, [], None


class Module:
    def __init__(self, name, is_package):
        self.name, self.is_package = name, is_package
        self.names, self.stars, self.classes, self.aliases = {}, [], {}, {}


def statements(body):
    """The statements of a module or class, those under if, try and with too."""
    for node in body:
        yield node
        for field in ("body", "orelse", "finalbody"):
            if isinstance(node, (ast.If, ast.Try, ast.With)):
                yield from statements(getattr(node, field, []))
        for handler in getattr(node, "handlers", []):
            yield from statements(handler.body)


def dotted(node):
    if isinstance(node, ast.Subscript):
        return dotted(node.value)
    if isinstance(node, ast.Call):
        return dotted(node.func)
    if isinstance(node, ast.Attribute):
        root = dotted(node.value)
        return root and f"{root}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else None


def parse(name, is_package, text):
    module = Module(name, is_package)
    package = name if is_package else name.rpartition(".")[0]
    for node in statements(ast.parse(text).body):
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.split(".")[0]
                module.names[alias.asname or root] = alias.name if alias.asname else root
        elif isinstance(node, ast.ImportFrom):
            base = package
            for _ in range(node.level - 1):
                base = base.rpartition(".")[0]
            source = ".".join(part for part in (base if node.level else "", node.module) if part)
            for alias in node.names:
                if alias.name == "*":
                    module.stars.append(source)
                else:
                    module.names[alias.asname or alias.name] = f"{source}.{alias.name}"
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            if isinstance(node.value, (ast.Name, ast.Attribute)):
                module.aliases[node.targets[0].id] = dotted(node.value)
            elif isinstance(node.value, ast.Call) and dotted(node.value) in ("namedtuple", "collections.namedtuple"):
                made = Class(name, ast.ClassDef(node.targets[0].id, [], [], [], []))
                made.bases = ["=collections.namedtuple"]
                module.classes[made.name] = made
        elif isinstance(node, ast.ClassDef):
            found = module.classes.setdefault(node.name, Class(name, node))
            found.bases += [dotted(base) or "?" for base in node.bases]
            found.decorators += node.decorator_list
            for keyword in node.keywords:
                if keyword.arg == "metaclass":
                    found.metaclass = dotted(keyword.value) or "?"
            for inner in statements(node.body):
                if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    found.methods[inner.name] = inner
                elif isinstance(inner, ast.Assign):
                    for target in inner.targets:
                        if isinstance(target, ast.Name):
                            found.methods[target.id] = inner
    return module


class Library:
    """The modules of all packages, each at one revision."""

    def __init__(self, known, packages):
        self.modules, self.known, self.packages = {}, known, packages
        self.lines = {}

    def resolve(self, path, depth=0):
        """A class, or the dotted name of something outside."""
        head, _, tail = path.rpartition(".")
        if depth > 20:
            return path
        module = self.modules.get(head)
        if module is None:
            # A package's name that another module re-exports as an attribute.
            outer = self.resolve(head, depth + 1) if "." in head and head.split(".")[0] in self.packages else head
            return path if outer == head or not isinstance(outer, str) else self.resolve(f"{outer}.{tail}", depth + 1)
        return self.look_up(module, tail, depth + 1) or path

    def look_up(self, module, name, depth=0):
        if name in module.classes:
            return module.classes[name]
        if name in module.aliases and depth < 20:
            return self.expression(module, module.aliases[name], depth + 1)
        if name in module.names:
            return self.resolve(module.names[name], depth + 1)
        for star in module.stars:
            if star in self.modules and depth < 20:
                found = self.look_up(self.modules[star], name, depth + 1)
                if found is not None:
                    return found
            elif star not in self.modules and (star.split(".")[0], name) in self.known:
                return f"{star}.{name}"
        return None

    def expression(self, module, text, depth=0):
        if text.startswith("="):
            return text[1:]
        head, _, rest = text.partition(".")
        found = self.look_up(module, head, depth)
        if found is None:
            return text
        if not rest:
            return found
        return self.resolve(f"{found}.{rest}", depth + 1) if isinstance(found, str) else "?"

    def line(self, cls):
        """The class and all its bases, each a Class or the dotted name of one outside."""
        if cls in self.lines:
            return self.lines[cls]
        seen, waiting = [], [cls]
        while waiting:
            current = waiting.pop(0)
            if current in seen:
                continue
            seen.append(current)
            if isinstance(current, Class):
                module = self.modules[current.module]
                waiting += [self.expression(module, base) for base in current.bases]
        self.lines[cls] = seen
        return seen

    def letters(self, cls):
        """The class's letters, or None and the first thing that was not read."""
        result, is_enumeration, own_hash = set(), False, False
        is_dict = is_list = False
        for base in self.line(cls):
            if isinstance(base, str):
                known = self.known.get((base.split(".")[0], base.rpartition(".")[2]))
                if base in ENUMS:
                    is_enumeration = True
                elif known is not None:
                    is_enumeration |= "e" in known
                    is_dict |= "d" in known
                    is_list |= "l" in known
                    own_hash |= "h" in known
                    if known == "-":
                        return None, f"base {base}"
                elif base not in PLAIN and base not in READ:
                    return None, f"base {base}"
                is_dict |= base in DICTS
                is_list |= base in LISTS
                continue
            for decorator in base.decorators:
                name = dotted(decorator) or "?"
                short = name.rpartition(".")[2]
                if short not in DECORATORS and not short.startswith("register"):
                    return None, f"decorator {name}"
                if short == "dataclass" and isinstance(decorator, ast.Call) and any(
                        keyword.arg == "slots" for keyword in decorator.keywords):
                    return None, "dataclass with slots"
            if base.metaclass and base.metaclass.rpartition(".")[2] not in METACLASSES:
                return None, f"metaclass {base.metaclass}"
            for name in HOOKS + ["_missing_"]:
                if name in base.methods:
                    if not was_read(base.module, base.name, name):
                        return None, f"{base.module}.{base.name}.{name}"
                    self.note_calls(cls, base, name)
            own_hash |= "__hash__" in base.methods or "__eq__" in base.methods
        for base in self.line(cls):
            if isinstance(base, Class):
                is_dict &= not {"__setitem__", "update"} & set(base.methods) or was_read(
                    base.module, base.name, "__setitem__")
                is_list &= not {"append", "extend"} & set(base.methods)
        if is_enumeration:
            return "e", None
        return ("d" if is_dict else "") + ("h" if own_hash else "") + ("l" if is_list else ""), None

    def note_calls(self, cls, base, name, depth=3):
        """Notes the methods that code which was read calls on what a state may be: it may not replace them."""
        method = base.methods.get(name)
        if depth == 0 or not isinstance(method, ast.FunctionDef):
            return
        names = self.modules[base.module].names
        for node in ast.walk(method):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            root = node.func
            while isinstance(root, ast.Attribute):
                root = root.value
            if not (isinstance(root, ast.Constant) or isinstance(root, ast.Name) and root.id in names):
                CALLED.add(node.func.attr)
            if isinstance(node.func.value, ast.Name) and node.func.value.id == "self":
                for other in self.line(cls):
                    if isinstance(other, Class) and node.func.attr in other.methods:
                        self.note_calls(cls, other, node.func.attr, depth - 1)
                        break


# Run when a class is made; they give it back with documentation, in a table, or with other initialisers and forwards.
DECORATORS = {
    "dataclass", "total_ordering", "runtime_checkable", "unique", "auto_docstring", "add_start_docstrings",
    "add_end_docstrings", "requires", "use_kernelized_func", "use_kernel_forward_from_hub",
    "use_experts_implementation", "maybe_allow_in_graph", "with_incremental_state", "Substitution", "Appender",
    "deprecated",
}
# What they add is run by calls and by isinstance.
METACLASSES = {"ABCMeta", "EnumMeta", "EnumWithContains", "StrEnumMeta"}
MODULE = "a torch Module, whose own __setstate__ is found first"
VOCABULARY = "reads the SentencePiece vocabulary at vocab_file or in sp_model_proto; sp_model_kwargs is a dictionary"
READ = {
    "transformers.configuration_utils.PretrainedConfig.__getattribute__": "attributes by attribute_map, of which the "
    "scanner checks the names",
    "transformers.configuration_utils.PreTrainedConfig.__getattribute__": "the same",
    "transformers.tokenization_utils_base.SpecialTokensMixin.__getattr__": "special tokens by name",
    "transformers.tokenization_utils_base.PreTrainedTokenizerBase.__getattr__": "special tokens by name",
    "transformers.utils.generic.ExplicitEnum._missing_": "raises",
    "transformers.feature_extraction_utils.BatchFeature.__getattr__": "items of data; their names are checked",
    "transformers.feature_extraction_utils.BatchFeature.__setstate__": "takes data",
    "transformers.tokenization_utils_base.BatchEncoding.__getattr__": "items of data; their names are checked",
    "transformers.tokenization_utils_base.BatchEncoding.__setstate__": "takes data and encodings",
    **{f"transformers.models.{name}.__setstate__": VOCABULARY for name in (
        "albert.tokenization_albert.AlbertTokenizer barthez.tokenization_barthez.BarthezTokenizer "
        "bartpho.tokenization_bartpho.BartphoTokenizer big_bird.tokenization_big_bird.BigBirdTokenizer "
        "bert_generation.tokenization_bert_generation.BertGenerationTokenizer camembert.tokenization_camembert."
        "CamembertTokenizer code_llama.tokenization_code_llama.CodeLlamaTokenizer cpm.tokenization_cpm.CpmTokenizer "
        "deberta_v2.tokenization_deberta_v2.SPMTokenizer ernie_m.tokenization_ernie_m.ErnieMTokenizer "
        "deprecated.ernie_m.tokenization_ernie_m.ErnieMTokenizer fnet.tokenization_fnet.FNetTokenizer "
        "gemma.tokenization_gemma.GemmaTokenizer gpt_sw3.tokenization_gpt_sw3.GPTSw3Tokenizer "
        "layoutxlm.tokenization_layoutxlm.LayoutXLMTokenizer llama.tokenization_llama.LlamaTokenizer "
        "mbart.tokenization_mbart.MBartTokenizer mbart50.tokenization_mbart50.MBart50Tokenizer "
        "mluke.tokenization_mluke.MLukeTokenizer nllb.tokenization_nllb.NllbTokenizer "
        "pegasus.tokenization_pegasus.PegasusTokenizer plbart.tokenization_plbart.PLBartTokenizer "
        "reformer.tokenization_reformer.ReformerTokenizer rembert.tokenization_rembert.RemBertTokenizer "
        "seamless_m4t.tokenization_seamless_m4t.SeamlessM4TTokenizer siglip.tokenization_siglip.SiglipTokenizer "
        "speecht5.tokenization_speecht5.SpeechT5Tokenizer t5.tokenization_t5.T5Tokenizer "
        "udop.tokenization_udop.UdopTokenizer xglm.tokenization_xglm.XGLMTokenizer "
        "xlm_prophetnet.tokenization_xlm_prophetnet.XLMProphetNetTokenizer deprecated.xlm_prophetnet."
        "tokenization_xlm_prophetnet.XLMProphetNetTokenizer xlm_roberta.tokenization_xlm_roberta.XLMRobertaTokenizer "
        "xlnet.tokenization_xlnet.XLNetTokenizer").split()},
    **{f"transformers.models.{name}.__setstate__": "takes the state and imports sacremoses or rjieba" for name in (
        "biogpt.tokenization_biogpt.BioGptTokenizer flaubert.tokenization_flaubert.FlaubertTokenizer "
        "fsmt.tokenization_fsmt.FSMTTokenizer herbert.tokenization_herbert.HerbertTokenizer "
        "xlm.tokenization_xlm.XLMTokenizer roformer.tokenization_roformer.RoFormerTokenizer").split()},
    "torchmetrics.metric.Metric.__setstate__": "updates __dict__ and wraps update and compute",
    "timm.optim.*.__setstate__": "Optimizer's, then setdefault on its groups",
    "timm.layers.ml_decoder.TransformerDecoderLayerOptimal.__setstate__": "Module's, and a default",
    "diffusers.configuration_utils.ConfigMixin.__getattr__": "items of _internal_dict; none before there is a state",
    "diffusers.configuration_utils.FrozenDict.__setitem__": "an item, or an error",
    "diffusers.models.modeling_utils.ModelMixin.__getattr__": MODULE,
    "peft.tuners.*.__getattr__": MODULE,
    "peft.peft_model.PeftModel.__getattr__": MODULE,
    "peft.mixed_model.PeftMixedModel.__getattr__": MODULE,
    "ultralytics.engine.model.Model.__getattr__": MODULE,
    "ultralytics.nn.autobackend.AutoBackend.__getattr__": MODULE,
    "ultralytics.utils.SimpleClass.__getattr__": "raises",
    "ultralytics.utils.IterableSimpleNamespace.__getattr__": "raises",
    "lightning.fabric.utilities.data.AttributeDict.__getattr__": "items by name, of which the scanner checks the names",
    "accelerate.state.PartialState.__getattr__": "raises",
    "accelerate.state.AcceleratorState.__getattr__": "raises",
    "omegaconf.base.Node.__setstate__": "updates __dict__",
    "omegaconf.basecontainer.BaseContainer.__setstate__": "completes the types of _metadata, then updates __dict__",
    "omegaconf.dictconfig.DictConfig.__getattr__": "items; BaseContainer's __setstate__ is found first",
    "omegaconf.listconfig.ListConfig.__getattr__": "items; BaseContainer's __setstate__ is found first",
    "lightgbm.basic.Booster.__setstate__": "reads its own text format, which the scanner wants to be a string",
    "lightgbm.basic.Booster.__del__": "frees what __setstate__ made",
    "lightgbm.engine.CVBooster.__setstate__": "updates __dict__",
    "nltk.tokenize.punkt.PunktLanguageVars.__setstate__": "does nothing",
    "nltk.probability.FreqDist.__setitem__": "an item",
    "einops.layers.R*Mixin.__setstate__": "parses pattern; axes_lengths is a dictionary",
    "fairseq.models.transformer.transformer_config.TransformerConfig.__getattr__": "attributes of attributes by name; "
    "none before there is a state",
    "torch.optim.lr_scheduler.LRScheduler": "_LRScheduler's new name: updates __dict__",
}


def was_read(module, name, method=None):
    key = f"{module}.{name}.{method}" if method else f"{module}.{name}"
    return any(fnmatch.fnmatchcase(key, pattern) for pattern in READ)


def introspected():
    """What classes.txt says of the classes of each library, by name; None where two modules differ."""
    known, library = {}, None
    with open(os.path.join(ROOT, "fetcher", "Validation", "Pickle", "classes.txt")) as lines:
        for line in lines:
            if line[0] == "=":
                library = line[1:].split(".")[0].strip()
            elif line[0] not in "#!~":
                name, _, letters = line.strip().partition(" ")
                key = (library, name)
                known[key] = letters if known.get(key, letters) == letters else None
    return {key: letters for key, letters in known.items() if letters is not None}


def read(clones, repository, folder, revision):
    """The text of each module below a folder of a repository, by path."""
    if "/" not in repository:
        root = os.path.join(clones, repository, folder)
        for place, _, names in sorted(os.walk(root)):
            for name in sorted(names):
                if name.endswith(".py"):
                    with open(os.path.join(place, name), encoding="utf-8") as file:
                        yield os.path.relpath(file.name, root), file.read()
        return
    clone = os.path.join(clones, repository.replace("/", "+"), "repo")
    packed = subprocess.run(["git", "-C", clone, "archive", "--format=tar", revision, folder + "/*.py"], check=True,
                            stdout=subprocess.PIPE).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            if member.isfile() and member.name.endswith(".py"):
                text = archive.extractfile(member).read().decode("utf-8", "replace")
                yield os.path.relpath(member.name, folder), text


def load(clones, package, repository, folder, revision):
    modules = {}
    for path, text in read(clones, repository, folder, revision):
        parts = path[:-3].split(os.sep)
        is_package = parts[-1] == "__init__"
        name = ".".join([package] + parts[:len(parts) - is_package])
        if any(fnmatch.fnmatch(part, skipped) for part in name.split(".")[1:] for skipped in SKIPPED):
            continue
        try:
            modules[name] = parse(name, is_package, text)
        except SyntaxError:
            pass
    return modules


def relative(module, last):
    """A module with a dot for each leading part that it shares with the module before."""
    parts, before = module.split("."), last.split(".")
    shared = 0
    while shared < min(len(parts), len(before)) and parts[shared] == before[shared]:
        shared += 1
    return "." * shared + ".".join(parts[shared:])


def main():
    known = introspected()
    newest = {package: load(sys.argv[1], package, repository, folder, revisions[-1])
              for package, repository, folder, revisions in SOURCES}
    found = {}
    refused = collections.defaultdict(list)
    for package, repository, folder, revisions in SOURCES:
        for revision in revisions:
            library = Library(known, list(newest))
            for other in newest:
                library.modules.update(newest[other])
            if revision != revisions[-1]:
                for name in newest[package]:
                    del library.modules[name]
                library.modules.update(load(sys.argv[1], package, repository, folder, revision))
            for name, module in sorted(library.modules.items()):
                if name.split(".")[0] != package:
                    continue
                for cls in module.classes.values():
                    if not is_kept(package, name, cls.name):
                        continue
                    letters, reason = library.letters(cls)
                    key = (name, cls.name)
                    if letters is None:
                        refused[reason].append(".".join(key))
                        found[key] = None
                    elif key not in found:
                        found[key] = letters
                    elif found[key] is not None and found[key] != letters:
                        refused["differs between revisions"].append(".".join(key))
                        found[key] = None
    print("# Made by tests/pickle-sources.py; do not edit.")
    for package, repository, _, revisions in SOURCES:
        print(f"# {package} {' '.join(revisions)} ({repository})")
    for name, module in sorted(ALIASES.items()):
        print(f"@{name} {module}")
    print("~" + " ".join(sorted(CALLED)))
    last = ""
    for (module, name), letters in sorted((key, letters) for key, letters in found.items() if letters is not None):
        if module != last:
            print("=" + relative(module, last))
            last = module
        print(f"{name} {letters}".rstrip())
    for reason, names in sorted(refused.items(), key=lambda item: -len(item[1])):
        print(len(names), reason, " ".join(names[:3]), file=sys.stderr)


main()
