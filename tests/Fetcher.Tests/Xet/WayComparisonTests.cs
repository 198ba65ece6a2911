using NixAiModels.Xet;

namespace NixAiModels.Tests.Xet;

/// <summary>Which way is taken after how the ranges before it went.</summary>
public sealed class WayComparisonTests
{
    private const int Range = 16 << 20;

    [Fact]
    public void Nothing_is_tried_before_the_time_is_up_and_the_plain_way_has_been_seen()
    {
        var patient = new WayComparison(TimeSpan.FromHours(1));
        Add(patient, plain: 10);
        patient.TakesXet().Should().BeFalse();

        var unseen = new WayComparison(TimeSpan.Zero);
        unseen.TakesXet().Should().BeFalse();
    }

    [Theory]
    [InlineData(1.0, false)]
    [InlineData(1.4, false)]
    [InlineData(1.6, true)]
    [InlineData(20.0, true)]
    public void Two_ranges_are_tried_and_the_clearly_faster_way_is_taken(double factor, bool isXet)
    {
        var ways = new WayComparison(TimeSpan.Zero);
        Add(ways, plain: 4);

        ways.TakesXet().Should().BeTrue();
        ways.TakesXet().Should().BeTrue();
        ways.TakesXet().Should().BeFalse("both are under way");
        ways.Add(isXet: true, Range, TimeSpan.FromSeconds(4 / factor)).Should().BeFalse();
        ways.Add(isXet: true, Range, TimeSpan.FromSeconds(4 / factor)).Should().Be(isXet);

        ways.TakesXet().Should().Be(isXet);
    }

    [Fact]
    public void The_plain_way_returns_where_Xet_proves_to_be_slower_after_all()
    {
        var ways = new WayComparison(TimeSpan.Zero);
        Add(ways, plain: 4);
        ways.TakesXet();
        ways.TakesXet();
        ways.Add(isXet: true, Range, TimeSpan.FromSeconds(1));
        ways.Add(isXet: true, Range, TimeSpan.FromSeconds(1)).Should().BeTrue();

        for (var i = 0; i < 4; i++)
            ways.Add(isXet: true, Range, TimeSpan.FromSeconds(8)).Should().BeFalse();

        ways.TakesXet().Should().BeFalse();
    }

    [Fact]
    public void A_range_that_never_ends_decides_nothing()
    {
        var ways = new WayComparison(TimeSpan.Zero);
        Add(ways, plain: 4);
        ways.TakesXet();
        ways.TakesXet();
        ways.Add(isXet: true, Range, TimeSpan.FromSeconds(0.1)).Should().BeFalse();

        ways.TakesXet().Should().BeFalse();
    }

    private static void Add(WayComparison ways, int plain)
    {
        ways.TakesXet();
        for (var i = 0; i < plain; i++)
            ways.Add(isXet: false, Range, TimeSpan.FromSeconds(4));
    }
}
