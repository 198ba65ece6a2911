// Loads the silero voice activity detector from a model in the Nix store and runs it on silence and on a hum.
//   MODEL_PATH=$(nix build .#models.silero-vad --print-out-paths) dotnet run --project examples/silero-vad
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

var folder = args.Length > 0 ? args[0] : Environment.GetEnvironmentVariable("MODEL_PATH");
if (string.IsNullOrEmpty(folder))
{
    Console.Error.WriteLine("usage: silero-vad MODEL_PATH");
    return 2;
}

const int Rate = 16_000,
    Window = 512;
using var session = new InferenceSession(Path.Combine(folder, "silero_vad_v5.onnx"));
Console.WriteLine($"silence   {Listen(_ => 0):P2} speech");
Console.WriteLine($"a hum     {Listen(Hum):P2} speech");
return 0;

// The highest probability of speech in any 32 ms window of one second of sound.
float Listen(Func<double, double> sound)
{
    var state = new DenseTensor<float>([2, 1, 128]);
    var highest = 0f;
    for (var start = 0; start + Window <= Rate; start += Window)
    {
        var samples = new DenseTensor<float>([1, Window]);
        for (var i = 0; i < Window; i++)
            samples[0, i] = (float)sound((start + i) / (double)Rate);
        using var results = session.Run([
            NamedOnnxValue.CreateFromTensor("input", samples),
            NamedOnnxValue.CreateFromTensor("state", state),
            NamedOnnxValue.CreateFromTensor("sr", new DenseTensor<long>(new long[] { Rate }, [1])),
        ]);
        highest = Math.Max(highest, results.First(result => result.Name == "output").AsEnumerable<float>().First());
        state = results.First(result => result.Name == "stateN").AsTensor<float>().ToDenseTensor();
    }

    return highest;
}

// A voice-like tone: 140 Hz with its harmonics, four syllables a second.
double Hum(double t)
{
    var syllable = Math.Max(0, Math.Sin(2 * Math.PI * 4 * t));
    return 0.3 * syllable * Enumerable.Range(1, 20).Sum(n => Math.Sin(2 * Math.PI * 140 * n * t) / n);
}
