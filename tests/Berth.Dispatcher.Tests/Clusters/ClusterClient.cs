using System.Diagnostics.Metrics;
using System.Text.Json;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Clusters;

/// <summary>Requests for the tests of two clusters, whatever program answers.</summary>
internal sealed partial class ClusterFixture
{
    private readonly Meter _meter = new("Berth");

    public TwoClusters Clusters { get; }

    public HttpClient Client { get; private set; } = null!;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts with the pods of a text such as <c>east: 0 1; west: 0</c>.</summary>
    public static async Task<ClusterFixture> StartAsync(string state)
    {
        ClusterFixture fixture = await StartAsync();
        foreach (string cluster in state.Split("; "))
            fixture.Clusters.Push(cluster.Split(':')[0], cluster.Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
        await fixture.Clusters.UntilAsync(state, Token);
        return fixture;
    }

    /// <summary>Asks, and returns the answer and what the header says of the cluster.</summary>
    public async Task<(string Body, string? Cluster)> AskAsync(string path)
    {
        using HttpResponseMessage answer = await Client.GetAsync(path, Token);
        answer.EnsureSuccessStatusCode();
        string? cluster = answer.Headers.TryGetValues("Berth-Cluster", out IEnumerable<string>? values) ? values.Single() : null;
        return (await answer.Content.ReadAsStringAsync(Token), cluster);
    }

    public async Task<JsonElement> GetJsonAsync(string path)
    {
        using JsonDocument document = JsonDocument.Parse((await AskAsync(path)).Body);
        return document.RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        await Clusters.DisposeAsync();
        _meter.Dispose();
    }
}
