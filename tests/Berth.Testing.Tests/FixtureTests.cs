using Berth.Testing.XunitV3;

namespace Berth.Testing;

/// <summary>The fixture of xunit.v3.</summary>
public sealed class FixtureTests(LobbyCluster fixture) : IClassFixture<LobbyCluster>
{
    [Fact]
    public void Fixture_is_prepared_before_the_first_test() =>
        Assert.Equal([("lobby-0", true), ("lobby-1", true)], fixture.AtFirst.Select(static pod => (pod.Name, pod.IsReady)));

    [Fact]
    public void Options_of_a_derived_fixture_count() =>
        Assert.Equal(["node-0", "node-1"], fixture.AtFirst.Select(static pod => pod.Node).Order(StringComparer.Ordinal));

    [Fact]
    public async Task Fixture_without_a_start_says_what_to_do()
    {
        await using TestClusterFixture unused = new();
        InvalidOperationException fault = Assert.Throws<InvalidOperationException>(() => unused.Cluster);
        Assert.Contains("InitializeAsync", fault.Message, StringComparison.Ordinal);
    }
}
