using NixAiModels.Hub;

namespace NixAiModels.Tests.Hub;

public class RepositoryReferenceTests
{
    [Theory]
    [InlineData("org/name", "model org/name")]
    [InlineData("gpt2", "model gpt2")]
    [InlineData(" org/name/ ", "model org/name")]
    [InlineData("org/name@v1.0", "model org/name", "v1.0")]
    [InlineData("gpt2@main", "model gpt2", "main")]
    [InlineData("datasets/org/name", "dataset org/name")]
    [InlineData("datasets/squad", "dataset squad")]
    [InlineData("spaces/org/name", "space org/name")]
    [InlineData("kernels/org/name", "kernel org/name")]
    [InlineData("kernels/name", "model kernels/name")]
    [InlineData("models/org/name", "model org/name")]
    [InlineData("hf://org/name", "model org/name")]
    [InlineData("hf://org/name@v1.0", "model org/name", "v1.0")]
    [InlineData("hf://org/name@refs%2Fpr%2F1", "model org/name", "refs/pr/1")]
    [InlineData("hf://org/name@refs/pr/1/a/b.json", "model org/name", "refs/pr/1", "a/b.json")]
    [InlineData("hf://datasets/org/name@v1/data/x.parquet", "dataset org/name", "v1", "data/x.parquet")]
    [InlineData("hf://org/name/a b.gguf", "model org/name", null, "a b.gguf")]
    [InlineData("https://huggingface.co/org/name", "model org/name")]
    [InlineData("https://huggingface.co/org/name/", "model org/name")]
    [InlineData("https://huggingface.co/org/name?library=transformers#use", "model org/name")]
    [InlineData("https://huggingface.co/gpt2", "model gpt2")]
    [InlineData("https://huggingface.co/gpt2/tree/main", "model gpt2", "main")]
    [InlineData("huggingface.co/org/name", "model org/name")]
    [InlineData("hf.co/org/name", "model org/name")]
    [InlineData("https://hf.co/org/name/tree/v1", "model org/name", "v1")]
    [InlineData("https://huggingface.co/org/name/tree/main", "model org/name", "main")]
    [InlineData("https://huggingface.co/org/name/tree/main/onnx", "model org/name", "main", "onnx/")]
    [InlineData("https://huggingface.co/org/name/tree/refs%2Fpr%2F1", "model org/name", "refs/pr/1")]
    [InlineData("https://huggingface.co/org/name/tree/refs/pr/1", "model org/name", "refs/pr/1")]
    [InlineData("https://huggingface.co/org/name/blob/main/a%20b/c%23.gguf", "model org/name", "main", "a b/c#.gguf")]
    [InlineData(
        "https://huggingface.co/org/name/resolve/main/m.gguf?download=true",
        "model org/name",
        "main",
        "m.gguf"
    )]
    [InlineData(
        "https://huggingface.co/org/name/raw/0123456789012345678901234567890123456789/c.json",
        "model org/name",
        "0123456789012345678901234567890123456789",
        "c.json"
    )]
    [InlineData("https://huggingface.co/datasets/org/name/blob/main/d.csv", "dataset org/name", "main", "d.csv")]
    [InlineData("https://huggingface.co/datasets/squad/tree/main", "dataset squad", "main")]
    [InlineData("hf:org/name", "model org/name")]
    [InlineData("hf:datasets/org/name@v1", "dataset org/name", "v1")]
    [InlineData("org/name.git", "model org/name")]
    [InlineData("https://huggingface.co/org/name.git", "model org/name")]
    [InlineData("git@hf.co:datasets/org/name.git", "dataset org/name")]
    [InlineData("https://huggingface.co/org/name/commits/v1.0", "model org/name", "v1.0")]
    [InlineData("https://huggingface.co/org/name/commits/main/config.json", "model org/name", "main", "config.json")]
    [InlineData("https://huggingface.co/org/name/blame/main/config.json", "model org/name", "main", "config.json")]
    [InlineData("https://huggingface.co/org/name/discussions", "model org/name")]
    [InlineData("https://huggingface.co/org/name/discussions/5/files", "model org/name", "refs/pr/5")]
    [InlineData("https://huggingface.co/org/name?show_file_info=a%20b.gguf", "model org/name", null, "a b.gguf")]
    [InlineData(
        "https://huggingface.co/org/name/tree/v1/sub?show_file_info=sub%2Fm.gguf",
        "model org/name",
        "v1",
        "sub/m.gguf"
    )]
    [InlineData("https://huggingface.co/spaces/org/name", "space org/name")]
    [InlineData("https://huggingface.co/kernels/org/name/tree/v1", "kernel org/name", "v1")]
    [InlineData("hf://kernels/org/name@v1/build/x.so", "kernel org/name", "v1", "build/x.so")]
    [InlineData("http://127.0.0.1:8080/org/name", "model org/name", null, null, "http://127.0.0.1:8080")]
    [InlineData(
        "https://mirror.example/hub/org/name/blob/v1/f",
        "model org/name",
        "v1",
        "f",
        "https://mirror.example/hub"
    )]
    [InlineData(
        "https://mirror.example/a/b/datasets/org/name",
        "dataset org/name",
        null,
        null,
        "https://mirror.example/a/b"
    )]
    public void A_repository_is_understood_as_people_write_it(
        string text,
        string repository,
        string? revision = null,
        string? file = null,
        string? endpoint = null
    )
    {
        var reference = RepositoryReference.Parse(text, endpoint: "https://huggingface.co");

        $"{reference.Repository.TypeWord} {reference.Repository}".Should().Be(repository);
        reference.Revision.Should().Be(revision);
        reference.FilePath.Should().Be(file);
        reference.Endpoint.Should().Be(endpoint);
    }

    [Fact]
    public void The_prefix_of_the_known_hub_is_not_part_of_a_repository_without_a_namespace()
    {
        var reference = RepositoryReference.Parse(
            "http://127.0.0.1:1/hf/gpt2/tree/main",
            endpoint: "http://127.0.0.1:1/hf/"
        );

        reference.Repository.ToString().Should().Be("gpt2");
        reference.Endpoint.Should().BeNull();
    }

    [Fact]
    public void A_page_that_may_be_a_pull_request_is_answered_with_the_command_that_takes_its_files()
    {
        FluentActions
            .Invoking(() => RepositoryReference.Parse("https://huggingface.co/datasets/org/name/discussions/5"))
            .Should()
            .Throw<Failure>()
            .Which.Next.Should()
            .Contain("nix-prefetch-hf datasets/org/name --rev refs/pr/5");
    }

    [Fact]
    public void A_given_type_applies_to_plain_names()
    {
        RepositoryReference.Parse("org/name", "dataset").Repository.Type.Should().Be(RepositoryType.Dataset);
    }

    [Fact]
    public void A_type_that_contradicts_the_text_is_a_usage_error()
    {
        FluentActions
            .Invoking(() => RepositoryReference.Parse("datasets/org/name", "model"))
            .Should()
            .Throw<Failure>()
            .Which.Next.Should()
            .Contain("--type dataset");
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("buckets/org/name")]
    [InlineData("hf://buckets/org/name")]
    [InlineData("https://huggingface.co/buckets/org/name")]
    [InlineData("https://huggingface.co/papers/2310.06825")]
    [InlineData("https://huggingface.co/collections/org/name-66f4")]
    [InlineData("https://huggingface.co/org/name/discussions/5")]
    [InlineData("ftp://huggingface.co/org/name")]
    [InlineData("https://huggingface.co/")]
    [InlineData("https://huggingface.co")]
    [InlineData("https://huggingface.co/docs/hub/models/cards")]
    [InlineData("hf://")]
    [InlineData("org/name@")]
    [InlineData("https://huggingface.co/org/na%20me")]
    [InlineData("https://")]
    public void Text_that_does_not_name_a_repository_is_a_usage_error(string text)
    {
        FluentActions
            .Invoking(() => RepositoryReference.Parse(text))
            .Should()
            .Throw<Failure>()
            .Where(failure => failure.Code == ExitCode.Usage && failure.Next != null);
    }

    [Theory]
    [InlineData("org/name.git", "write org/name")]
    [InlineData("models--org--name", "write org/name")]
    [InlineData("org/a..b", "..")]
    [InlineData("org/-a", "'-'")]
    [InlineData("org/a.", "'.'")]
    [InlineData("org/a b", "' '")]
    [InlineData("org/ä", "'ä'")]
    [InlineData("org/a\nb", "U+000A")]
    public void An_invalid_name_is_rejected_with_the_reason_or_the_fix(string text, string said)
    {
        var failure = FluentActions.Invoking(() => RepositoryId.Parse(text)).Should().Throw<Failure>().Which;

        (failure.Message + failure.Next).Should().Contain(said).And.NotContain("\n");
    }

    [Theory]
    [InlineData("org/name", "model", "models--org--name")]
    [InlineData("gpt2", "model", "models--gpt2")]
    [InlineData("org/name", "dataset", "datasets--org--name")]
    [InlineData("_a/B.c-d_9", "space", "spaces--_a--B.c-d_9")]
    [InlineData("org/name", "kernel", "kernels--org--name")]
    public void The_cache_folder_of_a_repository_has_the_name_that_other_clients_give_it(
        string text,
        string type,
        string name
    )
    {
        RepositoryId.Parse(text, type).CacheName.Should().Be(name);
    }
}
