using System.Text;
using CsCheck;
using NixAiModels.Nar;

namespace NixAiModels.Tests.Nar;

public class NarOrderTests
{
    [Fact]
    public void A_directory_comes_before_the_names_that_begin_with_its_name() =>
        NarOrder
            .Sort(["a-b", "a/x", "a.c", "a/b/c", "a/b-c", "B"])
            .Should()
            .Equal("B", "a/b/c", "a/b-c", "a/x", "a-b", "a.c");

    [Fact]
    public void Names_are_ordered_by_their_UTF_8_bytes() =>
        NarOrder.Sort(["😀", "～", "é", "z", "😀a", "�"]).Should().Equal("z", "é", "～", "�", "😀", "😀a");

    [Fact]
    public void The_order_is_that_of_each_component_s_bytes_for_any_two_paths()
    {
        var path = Gen.OneOf("/", "a", "-", ".", "0", "é", "～", "😀", "\u0001").Array[0, 8].Select(string.Concat);
        Gen.Select(path, path)
            .Sample((left, right) => Math.Sign(NarOrder.Compare(left, right)) == Math.Sign(ByComponents(left, right)));
    }

    private static int ByComponents(string left, string right)
    {
        var (ours, theirs) = (left.Split('/'), right.Split('/'));
        foreach (var (name, other) in ours.Zip(theirs))
        {
            if (
                Encoding.UTF8.GetBytes(name).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other))
                is var order
                    and not 0
            )
            {
                return order;
            }
        }

        return ours.Length - theirs.Length;
    }
}
