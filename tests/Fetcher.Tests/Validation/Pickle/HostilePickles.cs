namespace NixAiModels.Tests.Validation.Pickle;

/// <summary>Hostile shapes of one pickle, by name.</summary>
internal static class HostilePickles
{
    private static readonly byte[] Payload = P().Payload().Stop();

    // An instance, the state from the memo's order: a class of a library stands for what the state holds.
    private static byte[] Held(PickleAssembler state, string close, string use = "b") =>
        P(2)
            .Global("argparse", "Namespace")
            .Op(")\x81")
            .Raw(state.Bytes.AsSpan(2))
            .Global("sklearn.linear_model._base", "LinearRegression")
            .Op(close)
            .Text("x")
            .Op(use)
            .Stop();

    private static PickleAssembler Filler(PickleAssembler assembler, int count)
    {
        for (var index = 0; index < count; index++)
            assembler.Int(index).Op("N");
        return assembler;
    }

    public static IReadOnlyDictionary<string, byte[]> All { get; } =
        new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            // What a state names is called by the opcodes that follow it
            ["a map of names leads BUILD to a class that the state holds"] = P(2)
                .Global("transformers.configuration_utils", "PretrainedConfig")
                .Op(")\x81}(")
                .Text("attribute_map")
                .Op("}")
                .Text("__setstate__")
                .Text("x")
                .Op("s")
                .Text("x")
                .Global("sklearn.linear_model._base", "LinearRegression")
                .Op("ub}")
                .Text("a")
                .Text("b")
                .Op("sb")
                .Stop(),
            ["a map of names for a method that a library calls"] = P(2)
                .Global("transformers.configuration_utils", "PretrainedConfig")
                .Op(")\x81}(")
                .Text("attribute_map")
                .Op("}")
                .Text("keys")
                .Text("x")
                .Op("sub")
                .Stop(),
            ["an object is changed after its state was set"] = P(2)
                .Global("argparse", "Namespace")
                .Op(")\x81}")
                .Text("a")
                .Text("b")
                .Op("sb}")
                .Text("c")
                .Text("d")
                .Op("sb")
                .Stop(),
            // Methods of an object that more than its own state runs
            ["slots, whose setters run"] = P(2)
                .Global("transformers.configuration_utils", "PretrainedConfig")
                .Op(")")
                .Raw(0x81)
                .Op("N}")
                .Text("a")
                .Text("b")
                .Op("s")
                .Raw(0x86)
                .Op("b")
                .Stop(),
            ["a key whose class has a __hash__"] = P(2)
                .Op("}")
                .Global("omegaconf.dictconfig", "DictConfig")
                .Op(")")
                .Raw(0x81)
                .Op("Ns")
                .Stop(),
            ["a list of what an object iterates over"] = P(2)
                .Global("builtins", "list")
                .Global("argparse", "Namespace")
                .Op(")")
                .Raw(0x81)
                .Tuple(1)
                .Reduce()
                .Stop(),
            ["a dictionary of pairs that are objects"] = P(2)
                .Global("collections", "OrderedDict")
                .Op("]")
                .Global("argparse", "Namespace")
                .Op(")")
                .Raw(0x81)
                .Op("a")
                .Tuple(1)
                .Reduce()
                .Stop(),
            ["options of SentencePiece that are an object"] = P(2)
                .Global("transformers.models.t5.tokenization_t5", "T5Tokenizer")
                .Op(")\x81}")
                .Text("sp_model_kwargs")
                .Global("argparse", "Namespace")
                .Op(")")
                .Raw(0x81)
                .Op("sb")
                .Stop(),
            ["a pointer that LightGBM frees"] = P(2)
                .Global("lightgbm.basic", "Booster")
                .Op(")\x81}")
                .Text("_handle")
                .Int(1)
                .Op("sb")
                .Stop(),
            ["a method that torchmetrics calls"] = P(2)
                .Global("torchmetrics.metric", "Metric")
                .Op(")\x81}")
                .Text("_wrap_update")
                .Global("sklearn.linear_model._base", "LinearRegression")
                .Op("sb")
                .Stop(),
            // Names
            ["os.system"] = P().Payload().Stop(),
            ["posix.system"] = P(2).Global("posix", "system").Text("x").Tuple(1).Reduce().Stop(),
            ["builtins.eval"] = P().Payload("builtins", "eval").Stop(),
            ["Python 2's name of builtins"] = P(2).Global("__builtin__", "exec").Text("x").Tuple(1).Reduce().Stop(),
            ["an unknown module"] = P().Payload("modeling_evil", "run").Stop(),
            ["a name of __main__"] = P().StackGlobal("__main__", "Model").Op(")\x81").Stop(),
            ["importing alone"] = P().StackGlobal("evil_module", "x").Stop(),
            ["a dotted name under an allowed module"] = P().Payload("torch", "os.system").Stop(),
            ["a dotted name under an allowed class"] = P().Payload("collections", "OrderedDict.fromkeys").Stop(),
            ["a private module under an allowed one"] = P().Payload("collections", "_sys.modules.get").Stop(),
            ["os.path"] = P().Payload("os.path", "os.system").Stop(),
            ["a function of a class library"] = P().Payload("sklearn.utils", "os").Stop(),
            ["an initialiser of a class library"] = P()
                .StackGlobal("sklearn.externals.joblib.memory", "Memory")
                .Text("/tmp")
                .Tuple(1)
                .Reduce()
                .Stop(),
            ["an underscore reaches Python"] = P().Payload("numpy", "__builtins__").Stop(),
            ["torch.load"] = P().Payload("torch", "load").Stop(),
            ["torch.hub.load"] = P().Payload("torch.hub", "load").Stop(),
            ["numpy.memmap is called"] = P().StackGlobal("numpy", "memmap").Text("/etc/x").Tuple(1).Reduce().Stop(),
            ["functools.partial"] = P()
                .StackGlobal("functools", "partial")
                .StackGlobal("os", "system")
                .Tuple(1)
                .Reduce()
                .Stop(),
            ["operator.attrgetter"] = P().Payload("operator", "attrgetter").Stop(),
            ["pickle.loads"] = P().StackGlobal("pickle", "loads").Data(Payload).Tuple(1).Reduce().Stop(),
            ["a name with a space"] = P().Payload("os ", "system").Stop(),
            ["a fullwidth name"] = P().Payload("ｏｓ", "system").Stop(),

            ["a module __torch__ of one's own"] = P().StackGlobal("__torch__evil.x", "Model").Op(")\x81").Stop(),
            ["an empty name, whose module Python imports first"] = new PickleAssembler(null)
                .Global("evil_module", "")
                .Stop(),
            ["a module with a space"] = new PickleAssembler(null).Global("my module", "run").Op(")R").Stop(),
            ["a module that is imported when it is looked at"] = P()
                .StackGlobal("nltk.lazyimport", "LazyModule")
                .Op(")\x81}b")
                .Stop(),
            ["a data set from the network"] = P().StackGlobal("sklearn.datasets._openml", "fetch_openml").Stop(),

            ["a module that runs a program while it is imported"] = P()
                .StackGlobal("torch.profiler._pattern_matcher", "Pattern")
                .Stop(),
            ["a listed name in a module that writes a file while it is imported"] = P()
                .StackGlobal("torch.distributed.nn.api.remote_module", "Module")
                .Stop(),
            ["a mapping whose items become its attributes"] = P(2)
                .Global("collections", "OrderedDict")
                .Op(")Rq\0")
                .Text("__setstate__")
                .Global("argparse", "Namespace")
                .Op("sh\0b")
                .Stop(),
            ["a name made by a call as a key of a Bunch"] = P(2)
                .Global("sklearn.utils._bunch", "Bunch")
                .Op(")\x81q\0")
                .Global("torch.torch_version", "TorchVersion")
                .Text("__setstate__")
                .Op("\x85R")
                .Global("argparse", "Namespace")
                .Op("sh\0b")
                .Stop(),
            ["what a triangulation closes"] = P(2)
                .Global("scipy.spatial._qhull", "Delaunay")
                .Op(")\x81}")
                .Text("_qhull")
                .Global("argparse", "Namespace")
                .Op(")\x81sb")
                .Stop(),
            ["a formula that calls"] = P(2)
                .Global("statsmodels.base.data", "PandasData")
                .Op(")\x81}(")
                .Text("restore_design_info")
                .Op("\x88")
                .Text("frame")
                .Global("pandas.core.frame", "DataFrame")
                .Op(")\x81")
                .Text("formula")
                .Text("y ~ eval('x')")
                .Op("ub")
                .Stop(),
            ["a formula on columns that are no frame"] = P(2)
                .Global("statsmodels.base.data", "PandasData")
                .Op(")\x81}(")
                .Text("restore_design_info")
                .Op("\x88")
                .Text("frame")
                .Op("}")
                .Text("formula")
                .Text("y ~ C(a)")
                .Op("ub")
                .Stop(),
            ["a bound method"] = P(2)
                .Global("builtins", "getattr")
                .Global("sklearn.linear_model._base", "LinearRegression")
                .Op(")\x81")
                .Text("fit")
                .Op("\x86R")
                .Stop(),
            ["a jax array of something else"] = P(2)
                .Global("jax._src.array", "_reconstruct_array")
                .Global("argparse", "Namespace")
                .Op(")N}")
                .Op("\x85\x85")
                .Op("R")
                .Stop(),
            ["a method that an optimizer calls while it is loaded"] = P(2)
                .Global("torch.optim.sparse_adam", "SparseAdam")
                .Op(")\x81}")
                .Text("_hook_for_profile")
                .Global("scipy.special", "expit")
                .Op("sb")
                .Stop(),
            ["a class in a scalar under a method's name"] = P(2)
                .Global("torch.optim.sparse_adam", "SparseAdam")
                .Op(")\x81}")
                .Text("_hook_for_profile")
                .Global("numpy.core.multiarray", "scalar")
                .Global("numpy", "dtype")
                .Text("O8")
                .Op("\x89\x88\x87R(K\x03")
                .Text("|")
                .Op("NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb")
                .Global("argparse", "Namespace")
                .Op("\x86Rsb")
                .Stop(),
            ["getattr alone"] = P().StackGlobal("builtins", "getattr").Stop(),
            ["getattr on a module"] = P()
                .StackGlobal("builtins", "getattr")
                .StackGlobal("sklearn.utils", "fixes")
                .Text("os")
                .Tuple(2)
                .Reduce()
                .Stop(),
            ["what getattr gave is called"] = P()
                .StackGlobal("builtins", "getattr")
                .StackGlobal("transformers.training_args", "TrainingArguments")
                .Text("to_json")
                .Tuple(2)
                .Reduce()
                .Text("x")
                .Tuple(1)
                .Reduce()
                .Stop(),
            ["what getattr gave is a name"] = P()
                .StackGlobal("builtins", "getattr")
                .StackGlobal("transformers.training_args", "TrainingArguments")
                .Text("x")
                .Tuple(2)
                .Reduce()
                .Text("x")
                .Raw(0x93)
                .Stop(),
            ["getattr of a method"] = P()
                .StackGlobal("builtins", "getattr")
                .StackGlobal("pandas.core.frame", "DataFrame")
                .Text("query")
                .Tuple(2)
                .Reduce()
                .Stop(),
            ["getattr as a factory"] = P()
                .StackGlobal("collections", "defaultdict")
                .StackGlobal("builtins", "getattr")
                .Tuple(1)
                .Reduce()
                .Stop(),

            // States that are not literal dictionaries with literal keys
            ["a state that is an OrderedDict"] = Held(
                P(2).Global("collections", "OrderedDict").Op(")R(").Text("__setstate__"),
                "ub"
            ),
            ["a state that is a Counter"] = Held(
                P(2).Global("collections", "Counter").Op(")R(").Text("__setstate__"),
                "ub"
            ),
            ["slots that are an OrderedDict"] = Held(
                P(2).Op("N").Global("collections", "OrderedDict").Op(")R(").Text("__setstate__"),
                "u\x86b"
            ),
            ["a key that str() made"] = Held(
                P(2).Op("}(").Global("builtins", "str").Text("__setstate__").Tuple(1).Reduce(),
                "ub"
            ),
            ["a method that APPEND calls"] = Held(P(2).Op("}(").Text("append"), "ub", "a"),
            ["a method that ADDITEMS calls"] = Held(P(2).Op("}(").Text("add"), "ub", "(K\x01\x90"),
            ["a method behind more attributes than are followed"] = Held(
                Filler(P(2).Op("}("), 500_000).Text("__setstate__"),
                "ub"
            ),
            ["a method behind a dictionary of more items than are kept"] = Held(
                Filler(P(2).Op("}("), 500_000).Op("u0}(").Text("__setstate__"),
                "ub"
            ),

            // Names that are computed
            ["a name from a call"] = P()
                .StackGlobal("builtins", "str")
                .Text("os")
                .Tuple(1)
                .Reduce()
                .Text("system")
                .Raw(0x93)
                .Text("x")
                .Tuple(1)
                .Reduce()
                .Stop(),
            ["a name from bytes"] = P().Text("os").Data("system"u8.ToArray()).Raw(0x93).Stop(),
            ["names from the memo"] = P()
                .Text("os")
                .Raw((byte)'q', 7)
                .Op("0")
                .Text("system")
                .Raw((byte)'q', 9)
                .Op("0h\x07h\x09\x93")
                .Text("x")
                .Tuple(1)
                .Reduce()
                .Stop(),
            ["names from text memo keys"] = new PickleAssembler(null)
                .Line('V', "os")
                .Line('p', "1_0")
                .Op("0")
                .Line('V', "system")
                .Line('p', " 11")
                .Op("0")
                .Line('g', "10")
                .Line('g', "+11")
                .Raw(0x93)
                .Line('V', "x")
                .Tuple(1)
                .Reduce()
                .Stop(),
            ["names under huge memo keys"] = P()
                .Text("os")
                .Raw((byte)'r', 255, 255, 255, 255)
                .Op("0")
                .Text("system")
                .Raw(0x94)
                .Op("0")
                .Raw((byte)'j', 255, 255, 255, 255)
                .Raw((byte)'h', 1)
                .Raw(0x93)
                .Text("x")
                .Tuple(1)
                .Reduce()
                .Stop(),
            ["names escaped in UNICODE"] = new PickleAssembler(null)
                .Line('V', @"\u006fs")
                .Line('V', @"\U00000073ystem")
                .Raw(0x93)
                .Line('V', "x")
                .Tuple(1)
                .Reduce()
                .Stop(),
            ["names escaped in STRING"] = new PickleAssembler(null)
                .Line('S', @"'\x6f\163'")
                .Line('S', "\"sys\\164em\"")
                .Raw(0x93)
                .Line('S', "'x'")
                .Tuple(1)
                .Reduce()
                .Stop(),
            ["names of Python 2's strings"] = new PickleAssembler(null)
                .Raw([(byte)'U', 2, .. "os"u8])
                .Raw([(byte)'T', 6, 0, 0, 0, .. "system"u8])
                .Raw(0x93)
                .Text("x")
                .Tuple(1)
                .Reduce()
                .Stop(),
            ["names through DUP"] = P().Text("os").Op("20").Text("system").Raw(0x93).Text("x").Tuple(1).Reduce().Stop(),

            // Ways to call
            ["INST"] = new PickleAssembler(null).Op("(").Line('S', "'x'").Op("i").Op("os\nsystem\n").Stop(),
            ["OBJ"] = P(1).Op("(").Global("os", "system").Text("x").Op("o").Stop(),
            ["NEWOBJ"] = P().StackGlobal("subprocess", "Popen").Text("x").Tuple(1).Raw(0x81).Stop(),
            ["NEWOBJ_EX"] = P()
                .StackGlobal("subprocess", "Popen")
                .Op(")}")
                .Text("args")
                .Text("x")
                .Op("s")
                .Raw(0x92)
                .Stop(),
            ["filter through tuple"] = P()
                .StackGlobal("builtins", "tuple")
                .StackGlobal("builtins", "filter")
                .StackGlobal("os", "system")
                .Op("]")
                .Text("x")
                .Op("a")
                .Tuple(2)
                .Raw(0x81)
                .Tuple(1)
                .Raw(0x81)
                .Stop(),
            ["calling an object"] = P().StackGlobal("collections", "OrderedDict").Op(")R)R").Stop(),
            ["calling a string"] = P().Text("os.system").Text("x").Tuple(1).Reduce().Stop(),
            ["arguments that are no tuple"] = P().StackGlobal("collections", "OrderedDict").Op("]R").Stop(),
            ["copyreg.__newobj__ of Popen"] = P()
                .StackGlobal("copyreg", "__newobj__")
                .StackGlobal("subprocess", "Popen")
                .Text("x")
                .Tuple(2)
                .Reduce()
                .Stop(),
            ["copyreg._reconstructor of a function"] = P()
                .StackGlobal("copyreg", "_reconstructor")
                .StackGlobal("os", "system")
                .StackGlobal("builtins", "object")
                .Op("N")
                .Tuple(3)
                .Reduce()
                .Stop(),
            ["copyreg.__newobj_ex__"] = P()
                .StackGlobal("copyreg", "__newobj_ex__")
                .StackGlobal("subprocess", "Popen")
                .Op(")}")
                .Tuple(3)
                .Reduce()
                .Stop(),
            ["_rebuild_from_type_v2 calls a function"] = P()
                .StackGlobal("torch._tensor", "_rebuild_from_type_v2")
                .Op("(")
                .StackGlobal("collections", "OrderedDict")
                .StackGlobal("torch", "Tensor")
                .Op(")}tR")
                .Stop(),
            ["_rebuild_from_type_v2 of os.system"] = P()
                .StackGlobal("torch._tensor", "_rebuild_from_type_v2")
                .Op("(")
                .StackGlobal("os", "system")
                .StackGlobal("torch", "Tensor")
                .Text("x")
                .Tuple(1)
                .Op("}tR")
                .Stop(),
            ["defaultdict's factory"] = P()
                .StackGlobal("collections", "defaultdict")
                .StackGlobal("torch.storage", "_load_from_bytes")
                .Tuple(1)
                .Reduce()
                .Stop(),
            ["an argument that could be called"] = P()
                .StackGlobal("torch._utils", "_rebuild_parameter")
                .StackGlobal("torch.storage", "_load_from_bytes")
                .Op("\x88)")
                .Tuple(3)
                .Reduce()
                .Stop(),
            ["numpy imports by name"] = P()
                .StackGlobal("numpy.core", "_ufunc_reconstruct")
                .Text("os")
                .Text("system")
                .Tuple(2)
                .Reduce()
                .Stop(),
            ["numpy's generators by function"] = P()
                .StackGlobal("numpy.random._pickle", "__generator_ctor")
                .Text("x")
                .StackGlobal("torch.storage", "_load_from_bytes")
                .Tuple(2)
                .Reduce()
                .Stop(),
            ["a codec of one's own"] = P()
                .StackGlobal("_codecs", "encode")
                .Text("x")
                .Text("evil_codec")
                .Tuple(2)
                .Reduce()
                .Stop(),
            ["a nested torch file"] = P()
                .StackGlobal("torch.storage", "_load_from_bytes")
                .Data(Payload)
                .Tuple(1)
                .Reduce()
                .Stop(),
            ["a nested torch file through a codec"] = P(2)
                .Global("torch.storage", "_load_from_bytes")
                .Global("_codecs", "encode")
                .Raw((byte)'X', 46, 0, 0, 0)
                .Raw("cos\nsystem\n(X\x0C\0\0\0echo hostiletR.                "u8[..46])
                .Text("latin1")
                .Tuple(2)
                .Reduce()
                .Tuple(1)
                .Reduce()
                .Stop(),
            // é is one byte in Latin-1 and two in UTF-8: where the string ends depends on the codec.
            ["a nested torch file that another codec reads otherwise"] = P()
                .StackGlobal("torch.storage", "_load_from_bytes")
                .StackGlobal("_codecs", "encode")
                .Text("U.ééééééééééééééééééééééécos\nsystem\n(S'echo'\ntR.0N.")
                .Text("utf-8")
                .Tuple(2)
                .Reduce()
                .Tuple(1)
                .Reduce()
                .Stop(),
            ["an initialiser without arguments"] = P().StackGlobal("ultralytics.engine.model", "Model").Op(")R").Stop(),
            ["a loader kept in a dictionary"] = P()
                .Op("}")
                .Text("a")
                .StackGlobal("torch.storage", "_load_from_bytes")
                .Op("s")
                .Stop(),
            ["a loader kept in an attribute"] = P()
                .StackGlobal("transformers.training_args", "TrainingArguments")
                .Op(")\x81}")
                .Text("infer")
                .StackGlobal("torch.storage", "_load_from_bytes")
                .Op("sb")
                .Stop(),
            ["a loader kept in a list"] = P().Op("](").StackGlobal("_codecs", "encode").Op("e").Stop(),
            ["a nested torch file that is computed"] = P()
                .StackGlobal("torch.storage", "_load_from_bytes")
                .StackGlobal("builtins", "bytes")
                .Op("]")
                .Tuple(1)
                .Reduce()
                .Tuple(1)
                .Reduce()
                .Stop(),
            ["the copyreg extension registry"] = P()
                .StackGlobal("copyreg", "_inverted_registry")
                .Int(7)
                .Text("os")
                .Text("system")
                .Tuple(2)
                .Op("s0")
                .Raw(0x82, 7)
                .Text("x")
                .Tuple(1)
                .Reduce()
                .Stop(),
            ["an extension code"] = P().Raw(0x84, 1, 2, 3, 4).Text("x").Tuple(1).Reduce().Stop(),

            // Ways to change
            ["BUILD on a function"] = P()
                .StackGlobal("torch._utils", "_rebuild_tensor_v2")
                .Op("N}")
                .Text("a")
                .Text("os")
                .Op("s")
                .Tuple(2)
                .Build()
                .Stop(),
            ["BUILD plants __setstate__"] = P()
                .StackGlobal("collections", "OrderedDict")
                .Op(")R}")
                .Text("__setstate__")
                .StackGlobal("torch.storage", "_load_from_bytes")
                .Op("sb")
                .Data(Payload)
                .Build()
                .Stop(),
            ["BUILD plants extend"] = P()
                .StackGlobal("collections", "deque")
                .Op(")R}")
                .Text("extend")
                .StackGlobal("torch.storage", "_load_from_bytes")
                .Op("sb")
                .Stop(),
            ["BUILD plants add, ADDITEMS calls it"] = P()
                .StackGlobal("collections", "OrderedDict")
                .Op(")R}")
                .Text("add")
                .StackGlobal("collections", "Counter")
                .Op("sb(")
                .Text("x")
                .Raw(0x90)
                .Stop(),
            ["a state that a library runs"] = P()
                .StackGlobal("statsmodels.base.data", "PandasData")
                .Op(")\x81}")
                .Text("formula")
                .Text("y ~ __import__('os')")
                .Op("sb")
                .Stop(),
            ["joblib's other file, elsewhere"] = P()
                .StackGlobal("joblib.numpy_pickle", "NDArrayWrapper")
                .Op(")\x81}")
                .Text("filename")
                .Text("/tmp/x.npy")
                .Op("sb")
                .Stop(),
            ["joblib's other file, above"] = P()
                .StackGlobal("joblib.numpy_pickle_compat", "ZNDArrayWrapper")
                .Op(")\x81}")
                .Text("filename")
                .Text("../x.npy")
                .Op("sb")
                .Stop(),
            ["BUILD's slots reach the class"] = P()
                .StackGlobal("argparse", "Namespace")
                .Op(")\x81N}")
                .Text("__class__")
                .StackGlobal("pathlib", "PosixPath")
                .Op("s")
                .Tuple(2)
                .Build()
                .Stop(),
            ["BUILD on a call's result"] = P()
                .StackGlobal("torch", "Size")
                .Op(")R")
                .Op("}")
                .Text("a")
                .Text("b")
                .Op("sb")
                .Stop(),
            ["SETITEM on an unknown object"] = P().StackGlobal("torch", "Size").Op(")R").Int(1).Int(2).Op("s").Stop(),
            ["APPEND on a number"] = P().Int(1).Int(2).Op("a").Stop(),
            ["a numpy type that lies about objects"] = P()
                .StackGlobal("numpy", "dtype")
                .Text("O8")
                .Op("\x89\x88")
                .Tuple(3)
                .Reduce()
                .Op("(")
                .Int(3)
                .Text("|")
                .Op("NNN")
                .Int(-1)
                .Int(-1)
                .Int(0)
                .Op("tb")
                .Stop(),
            ["a persistent id of one's own"] = P().Text("anything").Op("Q").Stop(),

            // Tricks of the stream
            ["the second pickle"] = [.. P().Op("]").Stop(), .. Payload],
            ["the third, in another protocol"] =
            [
                .. P().Op("]").Stop(),
                .. P(2).Op("N").Stop(),
                .. new PickleAssembler(null).Global("os", "system").Op("(").Line('S', "'x'").Op("tR").Stop(),
            ],
            ["a truncated stream"] = P().Payload().Op("0").Raw((byte)'X', 9, 0, 0, 0, 1).Bytes,
            ["a missing memo entry"] = P().Payload().Op("0h\x63").Stop(),
            ["an opcode that does not exist"] = P().Payload().Op("0").Raw(0xFE).Stop(),
            ["a negative string"] = P().Payload().Raw((byte)'T', 255, 255, 255, 255).Stop(),
            ["a frame past the end"] = P().Raw(0x95, 255, 255, 255, 0, 0, 0, 0, 0).Payload().Stop(),
            ["a frame of one byte"] = P().Raw(0x95, 1, 0, 0, 0, 0, 0, 0, 0).Payload().Stop(),
            ["frames of no bytes"] = P()
                .Raw(0x95, 0, 0, 0, 0, 0, 0, 0, 0)
                .Raw(0x95, 0, 0, 0, 0, 0, 0, 0, 0)
                .Payload()
                .Stop(),
            // C's unpickler, reading from a file object that has no peek (torch's zip entries are such), drops what is
            // left of a frame.
            ["a name cut by a frame's end"] = P()
                .Raw(0x95, 13, 0, 0, 0, 0, 0, 0, 0)
                .Op("ctorch.optim.")
                .Op("code\nInteractiveConsole\n)R")
                .Stop(),
            ["a text cut by a frame's end"] = P()
                .Raw(0x95, 17, 0, 0, 0, 0, 0, 0, 0)
                .Raw(0x8C, 15)
                .Op("collections.AAA")
                .Op("collections.Counter")
                .Text("Counter")
                .Raw(0x93)
                .Op(")R")
                .Stop(),
            ["a frame inside a frame"] = P()
                .Raw(0x95, 40, 0, 0, 0, 0, 0, 0, 0)
                .Raw(0x95, 1, 0, 0, 0, 0, 0, 0, 0)
                .Op("]")
                .Text("a text that fills the outer frame")
                .Op("0")
                .Stop(),
            ["an import that runs a program"] = P().StackGlobal("sklearn.__main__", "Classifier").Stop(),
            ["PROTO again"] = P(0).Raw(0x80, 5).Payload().Stop(),
            ["odd integers"] = new PickleAssembler(null)
                .Line('I', " 0x1_0 ")
                .Line('L', "-0b1L")
                .Line('I', "010")
                .Line('F', " 1_0.5e3 ")
                .Line('F', "-Infinity")
                .Op("0000")
                .Op("0")
                .Payload()
                .Stop(),
            ["a wide LONG"] = P().Raw([0x8B, 100, 0, 0, 0, .. new byte[100]]).Op("0").Payload().Stop(),
            ["marks that nobody needs"] = P().Op(new string('(', 50_000)).Payload().Stop(),
            ["POP takes a mark"] = P().Op("(0").Payload().Stop(),
            ["a picture's beginning"] =
            [
                .. "GIF89a"u8,
                1,
                0,
                1,
                (byte)'0',
                .. new PickleAssembler(null).Global("os", "system").Op("(").Line('S', "'x'").Op("tR").Stop(),
            ],
            ["more pickles than anybody reads"] =
            [
                .. P().Op("N").Stop(),
                .. Enumerable.Repeat("N."u8.ToArray(), 100_001).SelectMany(pickle => pickle),
                .. Payload,
            ],
            ["an out-of-band buffer"] = P(5).Payload().Raw(0x97).Stop(),
        };

    private static PickleAssembler P(int protocol = 4) => new(protocol);
}
