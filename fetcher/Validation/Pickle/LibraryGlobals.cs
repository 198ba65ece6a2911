using static NixAiModels.Validation.Pickle.PermittedUses;

namespace NixAiModels.Validation.Pickle;

/// <summary>What known libraries write that is more than tensors: reported, since loading it needs and trusts that
/// library, and not refused.</summary>
/// <remarks>A class may be instantiated without its initialiser and given its state; its initialiser may not be called
/// but for those listed. A function may be held as a value (an activation, a score) and not be called.</remarks>
internal static class LibraryGlobals
{
    // Extension modules, whose own makers fill arrays and numbers.
    private static readonly string[] CythonBelow =
    [
        "sklearn._loss",
        "sklearn.ensemble",
        "sklearn.linear_model",
        "sklearn.metrics",
        "sklearn.neighbors",
        "sklearn.tree",
        "sklearn.utils",
    ];

    private static readonly GlobalRule Class = new(Severity.Report, New | Build);
    private static readonly GlobalRule State = Class with { TakesData = true };
    private static readonly GlobalRule Enumeration = new(Severity.Report, Call | New, CallShape.OneConstant);
    private static readonly GlobalRule Value = new(Severity.Report, Call | New | Build);
    private static readonly GlobalRule Maker = new(Severity.Report, Call | New | Build, CallShape.DataAndTypes)
    {
        TakesData = true,
    };

    private static readonly Dictionary<string, (string Names, GlobalRule Rule)> StandardLibrary = new(
        StringComparer.Ordinal
    )
    {
        ["argparse"] = ("Namespace", Value with { PermittedUses = New | Build }),
        ["types"] = ("SimpleNamespace", Value),
        ["pathlib"] = ("Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath", Value),
        ["pathlib._local"] = ("Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath", Value),
        ["datetime"] = ("datetime date time timedelta timezone", Value),
        ["decimal"] = ("Decimal", Value),
        ["fractions"] = ("Fraction", Value),
        ["uuid"] = ("UUID SafeUUID", Value),
        ["ipaddress"] = ("IPv4Address IPv6Address IPv4Network IPv6Network", Value),
        ["array"] = ("array _array_reconstructor", Maker),
        ["re"] = ("_compile", Value),
        ["random"] = ("Random", Value with { TakesData = true }),
        ["typing"] = ("Any Union Optional List Dict Tuple", LibraryFunctions.Rule),
        ["string"] = ("Formatter Template", Value with { PermittedUses = New | Build }),
        ["zoneinfo"] = ("ZoneInfo", LibraryFunctions.Rule),
        ["collections"] = ("UserDict UserList UserString ChainMap", new GlobalRule(Severity.Report, New | Build)),
        ["joblib.numpy_pickle_compat"] = ("NDArrayWrapper ZNDArrayWrapper", Class),
        ["joblib.numpy_pickle"] = ("NDArrayWrapper ZNDArrayWrapper", Class),
        ["sklearn.externals.joblib.numpy_pickle"] = ("NDArrayWrapper ZNDArrayWrapper", Class),
        ["torch"] = ("relu tanh sigmoid softmax selu rrelu celu relu_ sigmoid_ tanh_ gelu", LibraryFunctions.Rule),
        ["torch._C"] = ("Generator", LibraryFunctions.Rule),
        ["numpy"] = ("vectorize poly1d", Class),
        ["jax._src.array"] = ("_reconstruct_array", new GlobalRule(Severity.Report, Call, CallShape.JaxArray)),
        ["jax._src.device_array"] = (
            "reconstruct_device_array",
            new GlobalRule(Severity.Report, Call, CallShape.JaxArray)
        ),
        // torch_geometric/data/data.py, storage.py: __setstate__ fills __dict__; _parent becomes a weak reference.
        ["torch_geometric.data.data"] = ("Data DataEdgeAttr DataTensorAttr", Class),
        ["torch_geometric.data.hetero_data"] = ("HeteroData", Class),
        ["torch_geometric.data.storage"] = ("BaseStorage NodeStorage EdgeStorage GlobalStorage", Class),
        ["torch_geometric.data.feature_store"] = ("TensorAttr", Class),
        ["torch_geometric.data.graph_store"] = ("EdgeAttr", Class),
        // torch/distributed/checkpoint/metadata.py, filesystem.py: dataclasses.
        ["torch.distributed.checkpoint.metadata"] = (
            "Metadata TensorStorageMetadata ChunkStorageMetadata BytesStorageMetadata MetadataIndex StorageMeta",
            Class
        ),
        ["torch.distributed.checkpoint.filesystem"] = ("_StorageInfo _StoragePrefix", Class),
        ["numpy.polynomial.polynomial"] = ("Polynomial", Class),
        ["numpy.polynomial.chebyshev"] = ("Chebyshev", Class),
        ["numpy.polynomial.legendre"] = ("Legendre", Class),
        ["numpy.polynomial.laguerre"] = ("Laguerre", Class),
        ["numpy.polynomial.hermite"] = ("Hermite", Class),
        ["numpy.polynomial.hermite_e"] = ("HermiteE", Class),
        ["torch.distributed.fsdp.api"] = ("ShardingStrategy StateDictType BackwardPrefetch", Enumeration),
        // tokenizers/bindings/python/src: __setstate__ parses JSON, or takes an added token's fields.
        ["tokenizers"] = ("Tokenizer AddedToken", State),
        ["tokenizers.models"] = ("Model BPE Unigram WordLevel WordPiece", State),
        ["tokenizers.normalizers"] = (
            "Normalizer BertNormalizer ByteLevel Lowercase NFC NFD NFKC NFKD Nmt Precompiled Prepend Replace Sequence "
                + "Strip StripAccents",
            State
        ),
        ["tokenizers.pre_tokenizers"] = (
            "PreTokenizer BertPreTokenizer ByteLevel CharDelimiterSplit Digits FixedLength Metaspace Punctuation "
                + "Sequence Split UnicodeScripts Whitespace WhitespaceSplit",
            State
        ),
        ["tokenizers.processors"] = (
            "PostProcessor BertProcessing ByteLevel RobertaProcessing Sequence TemplateProcessing",
            State
        ),
        ["tokenizers.decoders"] = (
            "Decoder BPEDecoder ByteFallback ByteLevel CTC DecodeStream Fuse Metaspace Replace Sequence Strip "
                + "WordPiece",
            State
        ),
        // catboost/core.py: __setstate__ reads its own format from bytes and keeps the rest as parameters.
        ["catboost.core"] = ("CatBoost CatBoostClassifier CatBoostRegressor CatBoostRanker", Class),
        ["pandas._libs.missing"] = ("NA", LibraryFunctions.Rule),
        ["pandas"] = (
            "DataFrame Series Index RangeIndex MultiIndex CategoricalIndex DatetimeIndex IntervalIndex "
                + "PeriodIndex TimedeltaIndex Categorical",
            Class
        ),
        ["scipy.interpolate._interpolate"] = (
            "interp1d._call_linear interp1d._call_linear_np interp1d._call_nearest interp1d._call_previousnext "
                + "interp1d._call_spline interp1d._call_nan_spline",
            LibraryFunctions.Rule
        ),
    };

    // Methods that an instance's own state holds, bound to it: getattr(instance, name).
    private static readonly Dictionary<string, string> Methods = new(StringComparer.Ordinal)
    {
        ["scipy.interpolate._rbf"] =
            "_h_multiquadric _h_inverse_multiquadric _h_gaussian _h_linear _h_cubic _h_quintic _h_thin_plate",
        ["scipy.stats._discrete_distns"] = "_entropy _cdf_single _ppf_single _mom0_sc _mom1_sc",
        ["scipy.stats._continuous_distns"] = "_entropy _cdf_single _ppf_single _mom0_sc _mom1_sc",
    };

    // Functions and initialisers that these libraries' own pickles call.
    private static readonly Dictionary<string, string[]> Makers = new(StringComparer.Ordinal)
    {
        ["torch.distributed.checkpoint.metadata"] = ["TensorProperties", "_MEM_FORMAT_ENCODING"],
        ["torch.distributed._shard.sharded_tensor.metadata"] = ["TensorProperties", "MEM_FORMAT_ENCODING"],
        ["torch.nn.backends.thnn"] = ["_get_thnn_function_backend"],
        ["sklearn.tree._tree"] = ["Tree"],
        ["sklearn.linear_model._sgd_fast"] =
        [
            "Hinge",
            "SquaredHinge",
            "Log",
            "ModifiedHuber",
            "SquaredLoss",
            "Huber",
            "EpsilonInsensitive",
            "SquaredEpsilonInsensitive",
        ],
        ["pandas.core.indexes.base"] = ["_new_Index"],
        ["pandas.core.indexes.datetimes"] = ["_new_DatetimeIndex"],
        ["pandas.core.indexes.period"] = ["_new_PeriodIndex"],
        ["pandas.core.indexes.interval"] = ["_new_IntervalIndex"],
        ["pandas.core.dtypes.dtypes"] =
        [
            "CategoricalDtype",
            "PeriodDtype",
            "IntervalDtype",
            "DatetimeTZDtype",
            "SparseDtype",
        ],
        ["pandas.core.internals.managers"] = ["BlockManager", "SingleBlockManager"],
        ["pandas.core.internals.blocks"] = ["new_block"],
        ["pandas._libs.internals"] = ["_unpickle_block"],
        ["pandas._libs.arrays"] = ["__pyx_unpickle_NDArrayBacked"],
        ["pandas"] = ["StringDtype", "CategoricalDtype", "DatetimeTZDtype", "PeriodDtype", "IntervalDtype"],
        ["pyarrow.lib"] = ["_restore_array", "chunked_array", "py_buffer", "type_for_alias"],
        ["pandas._libs.sparse"] = ["IntIndex", "BlockIndex"],
        ["pandas._libs.tslibs.timestamps"] = ["_unpickle_timestamp"],
        ["pandas._libs.tslibs.timedeltas"] = ["_timedelta_unpickle"],
        ["pandas._libs.tslibs.nattype"] = ["__nat_unpickle", "_nat_unpickle"],
        ["pandas._libs.tslibs.period"] = ["Period"],
        ["scipy.spatial.transform._rotation"] = ["Rotation"],
        ["scipy.spatial.transform.rotation"] = ["Rotation"],
        ["pandas._libs.interval"] = ["__pyx_unpickle_IntervalMixin", "Interval"],
        ["pandas._libs.tslibs.offsets"] =
        [
            "DateOffset",
            "BusinessHour",
            "CustomBusinessHour",
            "CustomBusinessDay",
            "CustomBusinessMonthBegin",
            "CustomBusinessMonthEnd",
            "SemiMonthBegin",
            "SemiMonthEnd",
            "WeekOfMonth",
            "LastWeekOfMonth",
            "Easter",
            "FY5253",
            "FY5253Quarter",
            "Nano",
            "Micro",
            "Milli",
            "Second",
            "Minute",
            "Hour",
            "Day",
            "BusinessDay",
            "BDay",
            "Week",
            "MonthBegin",
            "MonthEnd",
            "BusinessMonthBegin",
            "BusinessMonthEnd",
            "QuarterBegin",
            "QuarterEnd",
            "BQuarterBegin",
            "BQuarterEnd",
            "YearBegin",
            "YearEnd",
            "BYearBegin",
            "BYearEnd",
        ],
        ["pytz"] = ["_UTC", "_p"],
        ["dateutil.tz.tz"] = ["tzutc"],
        ["zoneinfo"] = ["ZoneInfo._unpickle"],
        ["scipy.stats._kde"] = ["gaussian_kde"],
        ["scipy.stats.kde"] = ["gaussian_kde"],
    };

    /// <summary>The rule of a name, or <see langword="null"/> if no known library has it.</summary>
    public static GlobalRule? Find(string module, string name)
    {
        if (StandardLibrary.TryGetValue(module, out var listed) && listed.Names.Split(' ').Contains(name))
            return listed.Rule;
        if (Makers.TryGetValue(module, out var makers) && makers.Contains(name))
            return Maker;
        // A dotted name walks attributes, a double underscore reaches into Python itself; a module __main__ is a
        // program, which its import runs.
        if (
            !IsPlain(name)
            || !module.All(character => character == '.' || char.IsAsciiLetterOrDigit(character) || character == '_')
            || module.Split('.').Contains("__main__")
        )
        {
            return null;
        }

        if (
            IsBelow(module, CythonBelow)
            && (name is "newObj" || name.StartsWith("Cy", StringComparison.Ordinal) || IsCythonMaker(name))
        )
        {
            return Maker;
        }

        if (name.StartsWith("__", StringComparison.Ordinal))
            return null;
        if (
            module.StartsWith("scipy.sparse.", StringComparison.Ordinal)
            && (name.EndsWith("_matrix", StringComparison.Ordinal) || name.EndsWith("_array", StringComparison.Ordinal))
        )
        {
            return Class;
        }

        if (ReadClasses.Find(module, name) is { } read)
            return read;
        if (IsBelow(module, ["__torch__"]))
            return Class with { PermittedUses = New | Build | Call };
        return LibraryFunctions.Has(module, name) ? LibraryFunctions.Rule : null;
    }

    /// <summary>Whether a class is one whose instances hold that method of theirs.</summary>
    public static bool HoldsMethod(GlobalValue type, string name) =>
        Methods.TryGetValue(type.Module, out var names) && names.Split(' ').Contains(name);

    private static bool IsPlain(string name) =>
        name.Length > 0 && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');

    private static bool IsCythonMaker(string name) =>
        name.StartsWith("__pyx_unpickle_", StringComparison.Ordinal)
        && name.Length > 15
        && char.IsAsciiLetterUpper(name[15]);

    /// <summary>Whether a module is one of these or below one.</summary>
    public static bool IsBelow(string module, string[] roots)
    {
        foreach (var root in roots)
        {
            if (module == root || (module.StartsWith(root, StringComparison.Ordinal) && module[root.Length] == '.'))
                return true;
        }

        return false;
    }
}
