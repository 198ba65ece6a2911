using static NixAiModels.Validation.Pickle.PermittedUses;

namespace NixAiModels.Validation.Pickle;

/// <summary>The allow-list: what PyTorch, numpy and joblib write to say "a tensor", and Python's own containers. Each
/// was judged by what it does with hostile arguments; where that matters, its <see cref="CallShape"/> says which
/// arguments pass.</summary>
internal static class TensorGlobals
{
    private const string StorageClasses =
        "DoubleStorage FloatStorage HalfStorage BFloat16Storage LongStorage IntStorage ShortStorage CharStorage "
        + "ByteStorage BoolStorage ComplexDoubleStorage ComplexFloatStorage QUInt8Storage QInt8Storage "
        + "QInt32Storage QUInt4x2Storage QUInt2x4Storage "
        + "UntypedStorage TypedStorage";

    private const string TensorClasses =
        "Tensor FloatTensor DoubleTensor HalfTensor BFloat16Tensor LongTensor IntTensor ShortTensor "
        + "CharTensor ByteTensor BoolTensor";

    private const string TensorTypes =
        "float16 float32 float64 half float double bfloat16 int8 int16 int32 int64 short int long uint8 "
        + "uint16 uint32 uint64 bool "
        + "complex32 complex64 complex128 cfloat cdouble chalf quint8 qint8 qint32 quint4x2 quint2x4 "
        + "float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz "
        + "float8_e8m0fnu float4_e2m1fn_x2 bits8 bits16 bits1x8 bits2x4 bits4x2 int1 int2 int3 int4 int5 "
        + "int6 int7 uint1 uint2 uint3 uint4 uint5 uint6 uint7 "
        + "strided sparse_coo sparse_csr sparse_csc sparse_bsr sparse_bsc jagged contiguous_format "
        + "channels_last channels_last_3d preserve_format "
        + "per_tensor_affine per_channel_affine per_tensor_symmetric per_channel_symmetric "
        + "per_channel_affine_float_qparams";

    private const string TensorMakers =
        "_rebuild_tensor _rebuild_tensor_v2 _rebuild_sparse_tensor _rebuild_sparse_csr_tensor _rebuild_nested_tensor "
        + "_rebuild_qtensor _rebuild_parameter _rebuild_parameter_with_state "
        + "_rebuild_meta_tensor_no_storage _rebuild_device_tensor_from_numpy "
        + "_rebuild_device_tensor_from_cpu_tensor _rebuild_xla_tensor _rebuild_tensor_v3 _sparse_tensors_to_validate";

    private const string ArrayScalars =
        "bool_ int8 int16 int32 int64 intc intp int_ long longlong short byte ubyte ushort uintc uintp uint "
        + "ulong ulonglong "
        + "uint8 uint16 uint32 uint64 half single double longdouble float16 float32 float64 float_ float128 "
        + "csingle cdouble clongdouble complex64 complex128 "
        + "complex256 complex_ str_ string_ unicode_ bytes_ object_ void datetime64 timedelta64 bool float "
        + "int object str";

    private static readonly GlobalRule Type = new(null, Nothing);
    private static readonly GlobalRule Maker = new(null, Call);
    private static readonly GlobalRule Container = new(
        null,
        Call | New | PermittedUses.Build | SetItems | Append,
        CallShape.Anything
    );
    private static readonly Dictionary<(string Module, string Name), GlobalRule> Rules = Make();

    /// <summary>The rule of torch's storage classes: named, never called.</summary>
    public static GlobalRule Storage { get; } = new(null, Nothing, CallShape.Anything);

    /// <summary>The rule of a name, or <see langword="null"/> if it is not on the list.</summary>
    public static GlobalRule? Find(string module, string name)
    {
        if (
            module is "torch" or "torch.storage" or "torch.cuda" or "torch.sparse"
            && StorageClasses.Split(' ').Contains(name)
        )
        {
            return Storage;
        }

        return Rules.GetValueOrDefault((module, name));
    }

    private static Dictionary<(string Module, string Name), GlobalRule> Make()
    {
        var rules = new Dictionary<(string, string), GlobalRule>();
        void Add(GlobalRule rule, string modules, string names)
        {
            foreach (var module in modules.Split(' '))
            {
                foreach (var name in names.Split(' '))
                    rules[(module, name)] = rule;
            }
        }

        Add(Type, "torch", TensorTypes);
        Add(new GlobalRule(null, New | PermittedUses.Build), "torch torch.cuda torch.sparse", TensorClasses);
        Add(
            new GlobalRule(null, New | PermittedUses.Build),
            "torch.nn.parameter",
            "Parameter Buffer UninitializedParameter"
        );
        Add(Type, "torch._tensor torch.tensor", "Tensor");
        Add(Maker, "torch._utils", TensorMakers);
        Add(
            new GlobalRule(null, Call, CallShape.DataAndTypes),
            "torch._utils",
            "_rebuild_tensor_v3 _rebuild_qtensor _rebuild_meta_tensor_no_storage _rebuild_device_tensor_from_numpy "
                + "_rebuild_device_tensor_from_cpu_tensor _rebuild_nested_tensor _rebuild_sparse_tensor "
                + "_rebuild_sparse_csr_tensor"
        );
        Add(
            new GlobalRule(null, Call, CallShape.RebuildFromType),
            "torch._tensor",
            "_rebuild_from_type_v2 _rebuild_from_type"
        );
        Add(Maker, "torch", "Size device");
        Add(Maker, "torch.torch_version", "TorchVersion");
        Add(Maker, "torch.serialization", "_get_layout");
        Add(new GlobalRule(null, Call, CallShape.NestedTorch), "torch.storage", "_load_from_bytes");
        Add(
            new GlobalRule(null, Call, CallShape.Anything),
            "torch.jit._pickle",
            "build_intlist build_tensorlist build_doublelist build_boollist build_tensor_from_id restore_type_tag"
        );

        Add(
            new GlobalRule(null, Call, CallShape.DataAndTypes),
            "numpy.core.multiarray numpy._core.multiarray",
            "_reconstruct scalar"
        );
        Add(
            new GlobalRule(null, Call, CallShape.DataAndTypes),
            "numpy.core.numeric numpy._core.numeric",
            "_frombuffer"
        );
        Add(
            new GlobalRule(null, Call | PermittedUses.Build, CallShape.ArrayType),
            "numpy numpy.core.multiarray numpy._core.multiarray",
            "dtype"
        );
        Add(new GlobalRule(null, Nothing), "numpy numpy.core.multiarray numpy._core.multiarray", "ndarray");
        Add(Type, "numpy", "matrix recarray record " + ArrayScalars);
        Add(Type with { OpensFiles = true }, "numpy numpy.core.memmap numpy._core.memmap", "memmap");
        Add(
            Type,
            "ml_dtypes",
            "bfloat16 int2 int4 uint2 uint4 float8_e3m4 float8_e4m3 float8_e4m3fn float8_e5m2 float8_e4m3fnuz "
                + "float8_e5m2fnuz float8_e4m3b11fnuz float8_e8m0fnu"
        );
        Add(Type, "numpy numpy.core.defchararray numpy._core.defchararray", "chararray");
        Add(
            Type,
            "numpy.matrixlib.defmatrix numpy.core.records numpy._core.records numpy.rec",
            "matrix recarray record"
        );
        Add(
            new GlobalRule(null, Call, CallShape.DataAndTypes) { TakesData = true },
            "numpy.ma.core numpy.ma",
            "_mareconstruct MaskedArray"
        );
        Add(
            new GlobalRule(null, Call | PermittedUses.Build, CallShape.DataAndTypes) { TakesData = true },
            "numpy.random.bit_generator",
            "SeedSequence __pyx_unpickle_SeedSequence"
        );
        Add(new GlobalRule(null, Call, CallShape.UniversalFunction), "numpy.core numpy._core", "_ufunc_reconstruct");
        Add(
            new GlobalRule(null, Call, CallShape.RandomGenerator) { TakesData = true },
            "numpy.random._pickle",
            "__randomstate_ctor __generator_ctor __bit_generator_ctor"
        );
        Add(
            new GlobalRule(null, Call | PermittedUses.Build, CallShape.DataAndTypes),
            "numpy.random._mt19937",
            "MT19937"
        );
        Add(
            new GlobalRule(null, Call | PermittedUses.Build, CallShape.DataAndTypes),
            "numpy.random._pcg64",
            "PCG64 PCG64DXSM"
        );
        Add(
            new GlobalRule(null, Call | PermittedUses.Build, CallShape.DataAndTypes),
            "numpy.random._philox numpy.random._sfc64",
            "Philox SFC64"
        );
        Add(GlobalRules.ArrayWrapper, "joblib.numpy_pickle sklearn.externals.joblib.numpy_pickle", "NumpyArrayWrapper");

        Add(Container, "collections", "OrderedDict Counter deque");
        Add(Container with { Shape = CallShape.DefaultDict }, "collections", "defaultdict");
        Add(Container, "builtins", "dict list");
        Add(
            new GlobalRule(null, Call | New),
            "builtins",
            "set frozenset tuple complex bytearray bytes slice range int float str bool object"
        );
        Add(Type, "builtins", "Ellipsis NotImplemented");
        Add(new GlobalRule(null, Call, CallShape.Encode), "_codecs", "encode");
        Add(new GlobalRule(null, Call, CallShape.Reconstructor), "copyreg", "_reconstructor");
        Add(new GlobalRule(null, Call, CallShape.NewObject), "copyreg", "__newobj__ __newobj_ex__");
        return rules;
    }
}
