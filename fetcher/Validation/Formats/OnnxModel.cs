namespace NixAiModels.Validation.Formats;

/// <summary>What an ONNX model asks for from outside its own file: data in other files, and operators that the runtime
/// must bring.</summary>
/// <remarks>Field numbers are those of <c>onnx/onnx.proto</c>. Tensors are looked for wherever the schema allows one:
/// initializers, attributes, subgraphs, functions, sparse tensors and training graphs.</remarks>
internal sealed class OnnxModel
{
    private const int MaxTensors = 1_000_000;

    private readonly ProtobufReader _reader;

    private OnnxModel(ProtobufReader reader) => _reader = reader;

    /// <summary>Every tensor that has external data.</summary>
    public List<OnnxExternalData> External { get; } = [];

    /// <summary>Domain and operator of every node.</summary>
    public HashSet<(string Domain, string Operator)> Operators { get; } = [];

    /// <summary>Domain and name of the functions that the model defines itself.</summary>
    public HashSet<(string Domain, string Operator)> Functions { get; } = [];

    /// <summary>Reads a model.</summary>
    /// <exception cref="BrokenFileException">It is not an ONNX model.</exception>
    public static OnnxModel Read(string path)
    {
        using var file = new FileBytes(path);
        var model = new OnnxModel(new ProtobufReader(file));
        var graphs = 0;
        model._reader.Fields(
            (number, wire) =>
            {
                switch (number)
                {
                    case 1:
                        model._reader.Number(wire);
                        break;
                    case 2 or 3 or 4:
                        model._reader.Text(wire);
                        break;
                    case 7:
                        graphs++;
                        model.Graph(wire);
                        break;
                    case 8:
                        model._reader.Message(wire, (_, _) => { });
                        break;
                    case 20:
                        model.Training(wire);
                        break;
                    case 25:
                        model.Function(wire);
                        break;
                }
            }
        );
        return graphs == 1
            ? model
            : throw new BrokenFileException(
                0,
                graphs == 0 ? "no graph" : "graph in several pieces, which readers merge"
            );
    }

    private void Training(ProtobufReader.Wire wire) =>
        _reader.Message(
            wire,
            (number, inner) =>
            {
                if (number is 1 or 2)
                    Graph(inner);
            }
        );

    private void Graph(ProtobufReader.Wire wire) =>
        _reader.Message(
            wire,
            (number, inner) =>
            {
                switch (number)
                {
                    case 1:
                        Node(inner);
                        break;
                    case 5:
                        Tensor(inner);
                        break;
                    case 11 or 12 or 13:
                        _reader.Message(inner, (_, _) => { });
                        break;
                    case 15:
                        SparseTensor(inner);
                        break;
                }
            }
        );

    private void Function(ProtobufReader.Wire wire)
    {
        string name = string.Empty,
            domain = string.Empty;
        _reader.Message(
            wire,
            (number, inner) =>
            {
                switch (number)
                {
                    case 1:
                        name = _reader.Text(inner);
                        break;
                    case 7:
                        Node(inner);
                        break;
                    case 10:
                        domain = _reader.Text(inner);
                        break;
                    case 11:
                        Attribute(inner);
                        break;
                }
            }
        );
        Functions.Add((domain, name));
    }

    private void Node(ProtobufReader.Wire wire)
    {
        string type = string.Empty,
            domain = string.Empty;
        _reader.Message(
            wire,
            (number, inner) =>
            {
                switch (number)
                {
                    case 4:
                        type = _reader.Text(inner);
                        break;
                    case 5:
                        Attribute(inner);
                        break;
                    case 7:
                        domain = _reader.Text(inner);
                        break;
                }
            }
        );
        Operators.Add((domain, type));
    }

    private void Attribute(ProtobufReader.Wire wire)
    {
        var single = new HashSet<int>();
        _reader.Message(
            wire,
            (number, inner) =>
            {
                if (number is 5 or 6 or 22 && !single.Add(number))
                {
                    throw new BrokenFileException(
                        _reader.Position,
                        "tensor or graph in several pieces, which readers merge"
                    );
                }

                switch (number)
                {
                    case 5 or 10:
                        Tensor(inner);
                        break;
                    case 6 or 11:
                        Graph(inner);
                        break;
                    case 22 or 23:
                        SparseTensor(inner);
                        break;
                }
            }
        );
    }

    private void SparseTensor(ProtobufReader.Wire wire)
    {
        var seen = new HashSet<int>();
        _reader.Message(
            wire,
            (number, inner) =>
            {
                if (number is not (1 or 2))
                    return;
                if (!seen.Add(number))
                {
                    throw new BrokenFileException(_reader.Position, "tensor in several pieces, which readers merge");
                }

                Tensor(inner);
            }
        );
    }

    private void Tensor(ProtobufReader.Wire wire)
    {
        var tensor = new OnnxExternalData { Offset = _reader.Position };
        var external = false;
        _reader.Message(
            wire,
            (number, inner) =>
            {
                switch (number)
                {
                    case 1:
                        _reader.Numbers(inner, tensor.AddDimension);
                        break;
                    case 2:
                        tensor.DataType = _reader.Number(inner);
                        break;
                    case 8:
                        tensor.Name = Printable.Escape(_reader.Text(inner));
                        break;
                    case 13:
                        external = true;
                        Entry(inner, tensor);
                        break;
                    case 14:
                        external |= _reader.Number(inner) == 1;
                        break;
                }
            }
        );
        if (!external)
            return;
        if (External.Count >= MaxTensors)
            throw new BrokenFileException(tensor.Offset, $"more than {MaxTensors} tensors in other files");
        External.Add(tensor);
    }

    private void Entry(ProtobufReader.Wire wire, OnnxExternalData tensor)
    {
        string key = string.Empty,
            value = string.Empty;
        _reader.Message(
            wire,
            (number, inner) =>
            {
                if (number == 1)
                    key = _reader.Text(inner);
                else if (number == 2)
                    value = _reader.Text(inner);
            }
        );
        tensor.Entries.Add((key, value));
    }
}
