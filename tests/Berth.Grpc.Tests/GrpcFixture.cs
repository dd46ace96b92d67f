using System.Security.Cryptography.X509Certificates;
using Berth.TestKit;
using Grpc.Core;
using Grpc.Net.Client;

namespace Berth.Grpc;

/// <summary>A directory over pods that a test pushes, real servers, and a channel to them.</summary>
public sealed class GrpcFixture : IAsyncDisposable
{
    private readonly List<PodServer> _servers = [];
    private readonly List<GrpcChannel> _channels = [];

    public GrpcFixture(EndpointDirectoryOptions? options = null) => Directory = new EndpointDirectory(Source, options);

    public static string Address { get; } = "berth:///service-b.k8s-example2";

    public PushableSource Source { get; } = new();

    public EndpointDirectory Directory { get; }

    public EndpointView View => Directory.Follow(TestPods.Target, TestPods.Ports);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async Task<PodServer> StartAsync(string name, int port = 0, X509Certificate2? certificate = null)
    {
        PodServer server = await PodServer.StartAsync(name, port, certificate);
        _servers.Add(server);
        return server;
    }

    /// <summary>Disposes a server in the end.</summary>
    public void Own(PodServer server) => _servers.Add(server);

    /// <summary>Starts servers for the ordinals 0 and up, and publishes their pods.</summary>
    public async Task<PodServer[]> StartSetAsync(int count)
    {
        PodServer[] servers = await Task.WhenAll(
            Enumerable.Range(0, count).Select(static ordinal => PodServer.StartAsync($"service-b-{ordinal}")));
        _servers.AddRange(servers);
        await PublishAsync([.. servers.Select(static (server, ordinal) => server.Pod(ordinal))]);
        return servers;
    }

    public Task<EndpointSnapshot> PublishAsync(params PodEndpoint[] pods) =>
        Source.PublishAsync(View, pods, cancellationToken: Cancelled);

    public AskClient Open(string? address = null, BerthGrpcOptions? options = null, Action<GrpcChannelOptions>? configure = null)
    {
        GrpcChannelOptions channelOptions = new() { Credentials = ChannelCredentials.Insecure };
        configure?.Invoke(channelOptions);
        channelOptions.UseBerth(Directory, options ?? new BerthGrpcOptions { Ports = TestPods.Ports });
        GrpcChannel channel = GrpcChannel.ForAddress(address ?? Address, channelOptions);
        _channels.Add(channel);
        return new AskClient(channel.CreateCallInvoker());
    }

    /// <summary>Returns the name of the pod that answers a call.</summary>
    public static async Task<string> AskAsync(AskClient client, string? key = null, string? value = null) =>
        (await AnswerAsync(client, key, value)).Split('|')[0];

    /// <summary>Returns the whole answer to a call: the pod's name, the authority, the address.</summary>
    public static async Task<string> AnswerAsync(AskClient client, string? key = null, string? value = null)
    {
        Metadata metadata = key is null ? [] : new Metadata { { key, value! } };
        // The deadline turns a call that would wait without end into a failure.
        CallOptions options = new(metadata, DateTime.UtcNow + Wait.Limit, Cancelled);
        return await client.AskAsync(options).ResponseAsync;
    }

    /// <summary>Returns the status of a call that fails.</summary>
    public static async Task<Status> FailAsync(AskClient client, string? key = null, string? value = null) =>
        (await Assert.ThrowsAsync<RpcException>(() => AskAsync(client, key, value))).Status;

    /// <summary>Returns the name of the pod that answers a call, or the status of its failure.</summary>
    public static async Task<string> TryAskAsync(AskClient client, string? key = null, string? value = null)
    {
        try
        {
            return await AskAsync(client, key, value);
        }
        catch (RpcException exception)
        {
            return $"{exception.StatusCode}: {exception.Status.Detail}";
        }
    }

    /// <summary>Calls until an answer, or a failure, begins as wanted.</summary>
    public static Task<string> UntilAsync(AskClient client, string wanted, string? key = null, string? value = null) => Wait.UntilAsync(
        () => TryAskAsync(client, key, value),
        answer => answer.StartsWith(wanted, StringComparison.Ordinal),
        Wait.Limit,
        wanted,
        Cancelled);

    /// <summary>Calls until all these pods have answered: they are all connected then.</summary>
    public static async Task UntilAllAnswerAsync(AskClient client, params string[] names)
    {
        HashSet<string> missing = [.. names];
        await Wait.ForAsync<object>(
            string.Join(", ", names),
            async _ =>
            {
                missing.Remove(await TryAskAsync(client));
                return missing.Count == 0 ? missing : null;
            },
            Cancelled);
    }

    /// <summary>Counts the answers of a number of calls by pod.</summary>
    public static async Task<SortedDictionary<string, int>> CountAsync(AskClient client, int calls)
    {
        SortedDictionary<string, int> counts = new(StringComparer.Ordinal);
        for (int i = 0; i < calls; i++)
        {
            string name = await AskAsync(client);
            counts[name] = counts.GetValueOrDefault(name) + 1;
        }

        return counts;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (GrpcChannel channel in _channels)
            channel.Dispose();
        await Directory.DisposeAsync();
        foreach (PodServer server in _servers)
            await server.DisposeAsync();
    }
}
