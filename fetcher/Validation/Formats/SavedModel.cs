namespace NixAiModels.Validation.Formats;

/// <summary>The operators of a TensorFlow graph that touch the machine beyond tensors.</summary>
/// <remarks>Field numbers are those of <c>tensorflow/core/protobuf/saved_model.proto</c>, <c>meta_graph.proto</c> and
/// <c>framework/graph.proto</c>, <c>function.proto</c>. Saving and restoring variables (SaveV2, RestoreV2,
/// MergeV2Checkpoints) is in every SavedModel and is not named.</remarks>
internal sealed class SavedModel
{
    private static readonly HashSet<string> ReachingOperators = new(StringComparer.Ordinal)
    {
        "WriteFile",
        "ReadFile",
        "PyFunc",
        "PyFuncStateless",
        "EagerPyFunc",
        "MatchingFiles",
        "DeleteFile",
        "WholeFileReader",
        "WholeFileReaderV2",
        "ImmutableConst",
        "LoadLibrary",
        "TextLineReader",
        "TextLineReaderV2",
        "FixedLengthRecordReader",
        "FixedLengthRecordReaderV2",
        "TFRecordReader",
        "TFRecordReaderV2",
        "TextLineDataset",
        "FixedLengthRecordDataset",
        "FixedLengthRecordDatasetV2",
        "TFRecordDataset",
        "TFRecordDatasetV2",
        "SaveDataset",
        "SaveDatasetV2",
        "LoadDataset",
        "DatasetToTFRecord",
        "WriteSummary",
        "CreateSummaryFileWriter",
        "CreateSummaryDbWriter",
        "WriteGraphSummary",
        "WriteAudioSummary",
        "WriteImageSummary",
        "WriteRawProtoSummary",
        "WriteScalarSummary",
        "PrintV2",
        "DumpTensor",
        "DebugIdentity",
        "DebugIdentityV2",
        "RpcCall",
        "RpcServer",
        "RpcClient",
        "SqlDataset",
        "LMDBReader",
        "LMDBDataset",
        "XlaLaunch",
        "SdcaOptimizer",
    };

    private readonly ProtobufReader _reader;
    private readonly SortedSet<string> _operators = new(StringComparer.Ordinal);

    private SavedModel(ProtobufReader reader) => _reader = reader;

    /// <summary>The operators of a SavedModel that reach out, sorted.</summary>
    /// <exception cref="BrokenFileException">It is not a SavedModel.</exception>
    public static IReadOnlyCollection<string> Reaching(FileBytes file)
    {
        var model = new SavedModel(new ProtobufReader(file));
        model._reader.Fields(
            (number, wire) =>
            {
                if (number == 2)
                    model._reader.Message(wire, (inner, innerWire) => model.InMetaGraph(inner, innerWire));
            }
        );
        return model._operators;
    }

    /// <summary>The operators of a bare graph (a frozen <c>.pb</c>) that reach out, sorted.</summary>
    /// <exception cref="BrokenFileException">It is not a graph.</exception>
    public static IReadOnlyCollection<string> ReachingOfGraph(FileBytes file)
    {
        var model = new SavedModel(new ProtobufReader(file));
        model._reader.Fields(model.InGraph);
        return model._operators;
    }

    private void InMetaGraph(int number, ProtobufReader.Wire wire)
    {
        if (number == 2)
            _reader.Message(wire, InGraph);
    }

    private void InGraph(int number, ProtobufReader.Wire wire)
    {
        if (number == 1)
            _reader.Message(wire, InNode);
        else if (number == 2)
            _reader.Message(wire, InLibrary);
    }

    private void InLibrary(int number, ProtobufReader.Wire wire)
    {
        if (number == 1)
            _reader.Message(wire, (inner, innerWire) => InFunction(inner, innerWire));
    }

    private void InFunction(int number, ProtobufReader.Wire wire)
    {
        if (number == 3)
            _reader.Message(wire, InNode);
    }

    private void InNode(int number, ProtobufReader.Wire wire)
    {
        if (number == 2 && _reader.Text(wire) is var name && ReachingOperators.Contains(name))
            _operators.Add(name);
    }
}
