using System.Buffers;
using System.Globalization;

namespace NixAiModels.Validation.Checks;

/// <summary><c>maxSize "20G"</c>: all files together have no more bytes than that.</summary>
internal sealed class MaxSize : IValidator
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private readonly string _text;
    private readonly decimal _limit;

    /// <summary>Parses the limit.</summary>
    /// <param name="size">A number with a unit: none or <c>B</c>; <c>K M G T</c> or <c>KB …</c> (1000);
    /// <c>KiB MiB GiB TiB</c> (1024).</param>
    /// <exception cref="Failure">The size is invalid (exit 2).</exception>
    public MaxSize(string size)
    {
        _text = size;
        var text = size.Trim();
        var digits = text.AsSpan().IndexOfAnyExcept(Digits);
        var unit = digits < 0 ? string.Empty : text[digits..].Trim();
        var step = unit.EndsWith("iB", StringComparison.OrdinalIgnoreCase) && unit.Length == 3 ? 1024m : 1000m;
        var power =
            unit.Length is 0 || unit is "B" or "b"
                ? 0
                : "KMGT".IndexOf(char.ToUpperInvariant(unit[0]), StringComparison.Ordinal) + 1;
        var isUnit =
            power == 0 ? unit.Length is 0 || unit is "B" or "b" : unit[1..].ToUpperInvariant() is "" or "B" or "IB";
        if (
            !isUnit
            || !decimal.TryParse(
                digits < 0 ? text : text[..digits],
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var number
            )
            || number > 1_000_000_000_000_000m
        )
        {
            throw new Failure(
                ExitCode.Usage,
                $"validation.validators: maxSize: invalid size '{size}'",
                "write a size such as \"20G\" (powers of 1000) or \"20GiB\" (powers of 1024)"
            );
        }

        _limit = number;
        for (var i = 0; i < power; i++)
            _limit *= step;
    }

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        var size = tree.Files.Sum(file => file.Size);
        if (size > _limit)
        {
            findings.Add(
                Severity.Suspicious,
                string.Empty,
                null,
                $"size of {size} bytes exceeds maxSize {_text}",
                "The model's definition limits its size.",
                "Raise maxSize, or exclude files that are not needed."
            );
        }
    }
}
