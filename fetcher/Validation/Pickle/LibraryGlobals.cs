using static NixAiModels.Validation.Pickle.PermittedUses;

namespace NixAiModels.Validation.Pickle;

/// <summary>What known libraries write that is more than tensors: reported, since loading it needs and trusts that
/// library, and not refused.</summary>
/// <remarks>A class may be instantiated without its initialiser and given its state; its initialiser may not be called
/// but for those listed. A function may be held as a value (an activation, a score) and not be called.</remarks>
internal static class LibraryGlobals
{
    // Modules below these, whatever the version calls them.
    private static readonly string[] ClassesBelow =
    [
        "torch.nn.modules",
        "torch.nn.parameter",
        "torch.optim",
        "torch.ao.nn",
        "torch.ao.quantization",
        "torch.quantization",
        "torch.nn.quantized",
        "torch.nn.intrinsic",
        "torch.nn.qat",
        "torch.cuda.amp",
        "torch.amp",
        "torch.distributed.checkpoint.metadata",
        "torch.distributed.tensor.placement_types",
        "torch.distributed._tensor.placement_types",
        "torch.utils.data.dataset",
        "torch.utils.data.sampler",
        "torch.distributions",
        "torchvision.models",
        "torchvision.ops",
        "torchvision.transforms",
        "timm.models",
        "timm.layers",
        "sklearn",
        "scipy.sparse",
        "scipy.stats",
        "scipy.spatial",
        "scipy.interpolate",
        "pandas.core",
        "pandas._libs",
        "xgboost",
        "lightgbm",
        "catboost",
        "imblearn",
        "statsmodels",
        "gensim",
        "nltk",
        "hmmlearn",
        "transformers",
        "tokenizers",
        "accelerate",
        "peft",
        "datasets",
        "trl",
        "sentence_transformers",
        "diffusers",
        "ultralytics",
        "fairseq.data",
        "omegaconf",
        "pytorch_lightning",
        "lightning",
        "lightning_fabric",
        "torchmetrics",
        "skops",
        "category_encoders",
    ];

    private static readonly string[] FunctionsBelow =
    [
        "sklearn",
        "scipy.special",
        "scipy.stats",
        "torch.nn.functional",
        "torch.nn.init",
        "torch._C._nn",
        "numpy",
    ];

    // Neither modules nor functions that load or write files.
    private static readonly HashSet<string> NumpyArithmetic = new(
        (
            "log log1p log2 log10 exp expm1 sqrt square mean median sum abs absolute sin cos tan tanh sign "
            + "add multiply subtract divide power maximum minimum arctan arcsin arccos sinh cosh floor ceil "
            + "rint reciprocal negative exp2 cbrt std var min max amin amax clip nan"
        ).Split(' '),
        StringComparer.Ordinal
    );

    private static readonly GlobalRule Class = new(Severity.Report, New | Build | SetItems | Append);
    private static readonly GlobalRule Function = new(Severity.Report, Nothing);
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
        ["random"] = ("Random", Value),
        ["typing"] = ("Any Union Optional List Dict Tuple", Function),
        ["string"] = ("Formatter Template", Value with { PermittedUses = New | Build }),
        ["zoneinfo"] = ("ZoneInfo", Function),
        ["collections"] = ("UserDict UserList UserString ChainMap", new GlobalRule(Severity.Report, New | Build)),
        ["joblib.numpy_pickle_compat"] = ("NDArrayWrapper ZNDArrayWrapper", Class),
        ["joblib.numpy_pickle"] = ("NDArrayWrapper ZNDArrayWrapper", Class),
        ["sklearn.externals.joblib.numpy_pickle"] = ("NDArrayWrapper ZNDArrayWrapper", Class),
        ["torch"] = ("relu tanh sigmoid softmax selu rrelu celu relu_ sigmoid_ tanh_ gelu", Function),
        ["torch._C"] = ("Generator", Function),
        ["torch.distributed.fsdp.api"] = ("ShardingStrategy StateDictType BackwardPrefetch", Enumeration),
        ["pandas"] = ("DataFrame Series Index RangeIndex MultiIndex", Class),
    };

    // Functions and initialisers that these libraries' own pickles call.
    private static readonly Dictionary<string, string[]> Makers = new(StringComparer.Ordinal)
    {
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
        ["pandas.core.dtypes.dtypes"] = ["PeriodDtype", "IntervalDtype", "DatetimeTZDtype", "SparseDtype"],
        ["pandas.core.internals.managers"] = ["BlockManager", "SingleBlockManager"],
        ["pandas.core.internals.blocks"] = ["new_block"],
        ["pandas._libs.internals"] = ["_unpickle_block"],
        ["pandas._libs.arrays"] = ["__pyx_unpickle_NDArrayBacked"],
        ["pandas._libs.sparse"] = ["IntIndex", "BlockIndex"],
        ["pandas._libs.tslibs.timestamps"] = ["_unpickle_timestamp"],
        ["pandas._libs.tslibs.timedeltas"] = ["_timedelta_unpickle"],
        ["pandas._libs.tslibs.nattype"] = ["__nat_unpickle", "_nat_unpickle"],
        ["pandas._libs.tslibs.period"] = ["Period"],
        ["pandas._libs.tslibs.offsets"] =
        [
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
            module.StartsWith("sklearn.", StringComparison.Ordinal)
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

        if (IsClassName(name) && IsBelow(module, ClassesBelow))
        {
            return
                module.Split('.')[0] is "transformers" or "accelerate" or "peft" or "trl" or "lightning_fabric"
                && IsEnumeration(name)
                ? Enumeration
                : Class;
        }

        if (IsBelow(module, ["__torch__"]))
            return Class with { PermittedUses = New | Build | Call };
        return
            name.TrimStart('_') is [var first, ..]
            && char.IsAsciiLetterLower(first)
            && IsBelow(module, FunctionsBelow)
            && IsFunction(module, name)
            ? Function
            : null;
    }

    private static bool IsPlain(string name) =>
        name.Length > 0 && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');

    private static bool IsClassName(string name) =>
        char.IsAsciiLetterUpper(name.TrimStart('_') is { Length: > 0 } bare ? bare[0] : '_');

    private static bool IsCythonMaker(string name) =>
        name.StartsWith("__pyx_unpickle_", StringComparison.Ordinal)
        && name.Length > 15
        && char.IsAsciiLetterUpper(name[15]);

    private static bool IsEnumeration(string name) =>
        name.EndsWith("Strategy", StringComparison.Ordinal)
        || name.EndsWith("Type", StringComparison.Ordinal)
        || name.EndsWith("Names", StringComparison.Ordinal)
        || name.EndsWith("Mode", StringComparison.Ordinal)
        || name.EndsWith("Backend", StringComparison.Ordinal)
        || name.EndsWith("Option", StringComparison.Ordinal);

    private static bool IsBelow(string module, string[] roots)
    {
        foreach (var root in roots)
        {
            if (module == root || (module.StartsWith(root, StringComparison.Ordinal) && module[root.Length] == '.'))
                return true;
        }

        return false;
    }

    private static bool IsFunction(string module, string name) =>
        module is not ("numpy" or "numpy.core._multiarray_umath" or "numpy._core._multiarray_umath")
            ? !module.StartsWith("numpy.", StringComparison.Ordinal) && !DangerousGlobals.IsModule(name)
            : NumpyArithmetic.Contains(name);
}
