using System.Text.Json;
using System.Text.Json.Serialization;
using NixAiModels.Posix;

namespace NixAiModels.Commands;

/// <summary>A program with the environment in which it finds its models. Its file is a line that names the interpreter,
/// <c>#!…/nix-ai-models exec</c>, and this as JSON.</summary>
/// <param name="Program">The program's path.</param>
/// <param name="Arguments">The arguments before those of a call.</param>
/// <param name="Environment">The variables that are set.</param>
internal sealed record WrappedProgram(
    string Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment
)
{
    /// <summary>The interpreter's argument. It is not a command of the tree: what follows is the program's, whatever it
    /// looks like.</summary>
    public const string Verb = "exec";

    // linux/binfmts.h, BINPRM_BUF_SIZE: what the kernel reads of the first line, with its end.
    private const int LongestLine = 255;

    /// <summary>Reads the file of a wrapper.</summary>
    /// <exception cref="Failure">Exit code 2: it is none.</exception>
    public static WrappedProgram Read(string file)
    {
        try
        {
            var text = File.ReadAllText(file);
            var json = text[(text.IndexOf('\n') + 1)..];
            if (JsonSerializer.Deserialize(json, WrapperJson.Default.WrappedProgram) is { } wrapper)
                return wrapper;
        }
        catch (JsonException) { }

        throw new Failure(ExitCode.Usage, $"not a wrapper of mkModelWrapper: {file}", "nix-ai-models --help");
    }

    /// <summary>Writes the file.</summary>
    /// <param name="file">The file to make, in a new folder.</param>
    /// <param name="interpreter">The path of nix-ai-models.</param>
    /// <exception cref="Failure">Exit code 2: the interpreter's path is too long for a first line.</exception>
    public void Write(string file, string interpreter)
    {
        var line = $"#!{interpreter} {Verb}";
        if (line.Length > LongestLine)
            throw new Failure(ExitCode.Usage, $"the path of the interpreter is too long: {interpreter}");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, $"{line}\n{JsonSerializer.Serialize(this, WrapperJson.Default.WrappedProgram)}\n");
        File.SetUnixFileMode(file, (UnixFileMode)0b101_101_101);
    }

    /// <summary>Becomes the program; returns only by an exception.</summary>
    /// <param name="arguments">The arguments of the call.</param>
    /// <exception cref="Failure">Exit code 7: the program cannot be started.</exception>
    public void Become(IReadOnlyList<string> arguments)
    {
        try
        {
            foreach (var (name, value) in Environment)
                ProcessImage.SetVariable(name, value);
            ProcessImage.Become(
                Program,
                [.. Arguments.Select(System.Text.Encoding.UTF8.GetBytes), .. ProcessImage.Raw(arguments)]
            );
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, Program);
        }
    }
}

/// <summary>The JSON of <see cref="WrappedProgram"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WrappedProgram))]
internal sealed partial class WrapperJson : JsonSerializerContext;
