using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Berth.TestKit;

namespace Berth.Conformance.Servers;

/// <summary>
/// One etcd on free ports of loopback, spoken to through its JSON gateway (https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/).
/// </summary>
internal sealed class Etcd : IAsyncDisposable
{
    private static readonly TimeSpan Patience = Wait.Limit;

    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    private Etcd(ChildProcess process, Uri address)
    {
        _process = process;
        Address = address;
        _http = new HttpClient { BaseAddress = address };
    }

    public Uri Address { get; }

    public static async Task<Etcd> StartAsync(string program, string dataFolder)
    {
        int port = FreePorts.Take(2);
        Uri client = new($"http://127.0.0.1:{port}");
        string peer = $"http://127.0.0.1:{port + 1}";
        Etcd etcd = new(new ChildProcess(program, Arguments(client.GetLeftPart(UriPartial.Authority), peer, dataFolder)), client);
        try
        {
            await etcd._process.WaitUntilUpAsync(etcd.IsHealthyAsync, Patience);
            return etcd;
        }
        catch
        {
            await etcd.DisposeAsync();
            throw;
        }
    }

    public static IReadOnlyList<string> Arguments(string client, string peer, string dataFolder) =>
    [
        "--name=default", $"--data-dir={dataFolder}", $"--listen-client-urls={client}", $"--advertise-client-urls={client}",
        $"--listen-peer-urls={peer}",
        $"--initial-advertise-peer-urls={peer}", $"--initial-cluster=default={peer}",
    ];

    /// <summary>The revision of the last write.</summary>
    public async Task<long> RevisionAsync()
    {
        JsonNode status = await AskAsync("/v3/maintenance/status", []);
        return long.Parse(status["header"]!["revision"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Forgets everything before the last write.</summary>
    public async Task CompactAsync() =>
        await AskAsync("/v3/kv/compaction", new JsonObject { ["revision"] = await RevisionAsync(), ["physical"] = true });

    /// <summary>A request of the JSON gateway; keys and values in it are base64.</summary>
    public async Task<JsonNode> AskAsync(string path, JsonObject body)
    {
        using HttpResponseMessage response = await _http.PostAsJsonAsync(
            new Uri(path, UriKind.Relative), body, TestContext.Current.CancellationToken);
        string answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(answer)!
            : throw new InvalidOperationException($"etcd answered {path} with {(int)response.StatusCode}: {answer}");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    private async Task<bool> IsHealthyAsync()
    {
        try
        {
            return JsonNode.Parse(
                await _http.GetStringAsync(
                    new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken))?["health"]?.GetValue<string>() == "true";
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
