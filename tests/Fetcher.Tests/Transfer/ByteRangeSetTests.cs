using CsCheck;
using NixAiModels.Transfer;

namespace NixAiModels.Tests.Transfer;

public class ByteRangeSetTests
{
    private static readonly Gen<ByteRange[]> Ranges = Gen.Select(
        Gen.Int[0, 200],
        Gen.Int[0, 40],
        (offset, length) => new ByteRange(offset, length)
    ).Array[0, 30];

    [Fact]
    public void It_holds_exactly_the_bytes_that_were_added() =>
        Ranges.Sample(ranges =>
        {
            var set = new ByteRangeSet();
            var bytes = new HashSet<long>();
            foreach (var range in ranges)
            {
                var before = bytes.Count;
                for (var i = range.Offset; i < range.End; i++)
                    bytes.Add(i);
                if (set.Add(range) != bytes.Count - before)
                    return false;
            }

            var prefix = 0;
            while (bytes.Contains(prefix))
                prefix++;
            var missing = set.Missing(new ByteRange(0, 300))
                .SelectMany(range => Enumerable.Range((int)range.Offset, (int)range.Length))
                .Select(i => (long)i);
            return set.Total == bytes.Count
                && set.Prefix == prefix
                && missing
                    .ToHashSet()
                    .SetEquals(Enumerable.Range(0, 300).Select(i => (long)i).Where(i => !bytes.Contains(i)))
                && ranges.All(set.Contains)
                && Enumerable.Range(0, 300).All(i => set.Contains(new ByteRange(i, 1)) == bytes.Contains(i));
        });
}
