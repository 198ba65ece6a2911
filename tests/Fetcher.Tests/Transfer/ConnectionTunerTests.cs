using NixAiModels.Transfer;

namespace NixAiModels.Tests.Transfer;

public class ConnectionTunerTests
{
    private const double Fast = 1e9;

    [Theory]
    [InlineData(1, Fast, 4, 32)]
    [InlineData(1, 30e6, 33, 64)]
    [InlineData(1, 30e6, 10, 32)]
    [InlineData(1, 1e6, 1000, 64)]
    [InlineData(1000, Fast, 4, 64)]
    public void It_settles_where_more_connections_gain_nothing(int files, double each, int useful, int expected)
    {
        var tuner = new ConnectionTuner(files);

        for (var i = 0; i < 20; i++)
            Look(tuner, each * Math.Min(useful, tuner.Connections));

        tuner.Connections.Should().BeInRange(expected / 2, expected);
        Math.Min(useful, tuner.Connections).Should().BeGreaterThanOrEqualTo((int)(0.95 * Math.Min(useful, 64)));
    }

    [Fact]
    public void A_line_that_changes_for_good_is_measured_anew()
    {
        var tuner = new ConnectionTuner(1);
        for (var i = 0; i < 10; i++)
            Look(tuner, Fast);

        for (var i = 0; i < 20; i++)
            Look(tuner, 10e6 * tuner.Connections);

        tuner.Connections.Should().Be(64);
    }

    private static void Look(ConnectionTuner tuner, double rate)
    {
        var interval = tuner.Interval(TimeSpan.FromMilliseconds(20));
        tuner.Look((long)(rate * interval.TotalSeconds), 0, interval);
    }
}
