using NixAiModels.Signing;
using NixAiModels.Tests.Nar;
using NixAiModels.Validation;

namespace NixAiModels.Tests.Validation;

public class SigningTests
{
    // Made by `nix key generate-secret --key-name test-1` (Nix 2.8).
    private static string Secret() =>
        RealNix.Run(
            "nix",
            "--extra-experimental-features",
            "nix-command",
            "key",
            "generate-secret",
            "--key-name",
            "test-1"
        );

    private static ModelFolder Signed(SecretKey key)
    {
        var model = new ModelFolder().With("a.txt", "a").With("b/ü\n.txt", "b");
        using var file = File.Create(Path.Combine(model.Path, SignedManifest.FileName));
        var content = ModelFiles.ToSign(model.Path, "org/name", TestContext.Current.CancellationToken);
        SignedManifest.Sign(content, key).WriteJson(file);
        return model;
    }

    private static Report Check(ModelFolder model, params string[] keys) =>
        model.Run(new ValidatorSpec { Name = "signature", TrustedPublicKeys = keys });

    [Fact]
    public void A_model_signed_with_a_key_of_Nix_is_accepted_and_the_public_half_is_Nix_own()
    {
        var secret = Secret();
        using var key = SecretKey.Parse(secret);
        using var model = Signed(key);
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(file, secret);
        var publicKey = RealNix.Run(
            "sh",
            "-c",
            $"nix --extra-experimental-features nix-command key convert-secret-to-public < {file}; rm {file}"
        );
        key.Public.ToString().Should().Be(publicKey);
        Check(model, publicKey).Verdict.Should().Be(Verdict.Accepted);
    }

    [Fact]
    public void A_changed_added_or_missing_file_or_another_key_is_refused()
    {
        using var key = SecretKey.Parse(Secret());
        using var other = SecretKey.Parse(Secret());
        var trusted = key.Public.ToString();
        using (var model = Signed(key))
            Check(model, other.Public.ToString()).Messages().Should().ContainSingle().Which.Should().Contain("trusted");
        using (var model = Signed(key).With("a.txt", "A"))
            Check(model, trusted).Messages().Should().ContainSingle().Which.Should().Contain("a.txt differs");
        using (var model = Signed(key).With("c.txt", "c"))
            Check(model, trusted).Messages().Should().ContainSingle().Which.Should().Contain("c.txt is not signed");
        using (var model = Signed(key))
        {
            File.Delete(Path.Combine(model.Path, "a.txt"));
            Check(model, trusted).Messages().Should().ContainSingle().Which.Should().Contain("a.txt is missing");
            Check(model.With("a.txt", "a").With(SignedManifest.FileName, "{}"), trusted)
                .Verdict.Should()
                .Be(Verdict.Refused);
        }

        using (var model = Signed(key).WithLink("l", "a.txt"))
            Check(model, trusted).Verdict.Should().Be(Verdict.Refused);
        using (var model = new ModelFolder().With("a", "a"))
            Check(model, trusted).Messages().Should().ContainSingle().Which.Should().Contain("not signed");
    }

    [Fact]
    public void A_signed_folder_is_of_one_repository_and_has_its_executables_and_empty_folders()
    {
        using var key = SecretKey.Parse(Secret());
        var spec = new ValidatorSpec { Name = "signature", TrustedPublicKeys = [key.Public.ToString()] };
        IEnumerable<string> Messages(ModelFolder model, string repository) =>
            ValidationRun
                .Execute(
                    model.Path,
                    new ValidationPlan { Validators = [spec] },
                    repository: repository,
                    cancellation: TestContext.Current.CancellationToken
                )
                .Messages();
        using var model = Signed(key);
        Messages(model, "Org/Name").Should().BeEmpty();
        foreach (var other in (string[])["org/other", "datasets/org/name"])
            Messages(model, other).Should().ContainSingle().Which.Should().Contain($"org/name, not of {other}");
        var file = Path.Combine(model.Path, "a.txt");
        var mode = File.GetUnixFileMode(file);
        File.SetUnixFileMode(file, mode | UnixFileMode.UserExecute);
        Messages(model, "org/name").Should().ContainSingle().Which.Should().Contain("a.txt is executable");
        File.SetUnixFileMode(file, mode);
        Directory.CreateDirectory(Path.Combine(model.Path, "c", "d"));
        Messages(model, "org/name").Should().ContainSingle().Which.Should().Contain("c/d is not signed");
    }

    [Fact]
    public void A_signature_is_valid_under_the_name_of_its_key_only_and_for_the_signed_bytes_only()
    {
        using var key = SecretKey.Parse(Secret());
        var signature = key.Sign("text"u8);

        signature.KeyName.Should().Be("test-1");
        signature.IsValid("text"u8, [key.Public]).Should().BeTrue();
        signature.IsValid("other"u8, [key.Public]).Should().BeFalse();
        signature.IsValid("text"u8, [key.Public with { Name = "test-2" }]).Should().BeFalse();
        signature.IsValid("text"u8, []).Should().BeFalse();
        foreach (var text in (string[])["", "test-1", "test-1:", "test-1:AAAA", "test-1:!", signature.Text + "AAAA"])
            new Signature(text).IsValid("text"u8, [key.Public]).Should().BeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("name")]
    [InlineData("name:!!!!")]
    [InlineData("name:AAAA")]
    [InlineData(":AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void A_key_that_is_none_is_a_usage_error_that_does_not_repeat_it(string text)
    {
        ((Action)(() => PublicKey.Parse(text))).Should().Throw<Failure>().Which.Code.Should().Be(ExitCode.Usage);
        ((Action)(() => SecretKey.Parse(text))).Should().Throw<Failure>().Which.Message.Should().NotContain("!!!!");
    }
}
