using System.Buffers.Binary;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Source;

/// <summary>The executable compiles for a Mac. The compiler refuses a call that macOS does not have (CA1416), unless it
/// is behind a question for the system; linking takes a Mac.</summary>
public sealed class MacBuildTests
{
    [Fact]
    public async Task The_executable_compiles_for_macOS()
    {
        const string artifacts = "artifacts/dotnet-osx";
        // The way to the packages.
        var environment = (
            from name in (string[])["HOME", "http_proxy", "https_proxy", "no_proxy", "DOTNET_CLI_TELEMETRY_OPTOUT"]
            let value = Environment.GetEnvironmentVariable(name)
            where value is not null
            select KeyValuePair.Create(name, value)
        ).ToDictionary();
        var built = await Executable.RunAsync(
            "dotnet",
            [
                "build",
                "fetcher",
                "--configuration",
                "Release",
                "--runtime",
                "osx-arm64",
                "-p:PublishAot=false", // its packages for macOS are not in every registry
                $"-p:ArtifactsPath={Path.Combine(Executable.Root, artifacts)}",
                "--verbosity",
                "quiet",
                "--nologo",
            ],
            environment,
            Executable.Root
        );
        built.ExitCode.Should().Be(0, built.Output + built.Errors);

        var output = Path.Combine(Executable.Root, artifacts, "bin/NixAiModels/release_osx-arm64");
        File.Exists(Path.Combine(output, "libsodium.dylib")).Should().BeTrue();
        var header = new byte[8];
        await using var program = File.OpenRead(Path.Combine(output, "nix-ai-models"));
        await program.ReadExactlyAsync(header, TestContext.Current.CancellationToken);
        // mach-o/loader.h: MH_MAGIC_64, and CPU_TYPE_ARM64
        BinaryPrimitives.ReadUInt32LittleEndian(header).Should().Be(0xfeedfacf);
        BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4)).Should().Be(0x0100000c);
    }
}
