using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.TestKit;
using Berth.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Samples;

/// <summary>The samples, as they stand in the repository, against a cluster.</summary>
public sealed class SampleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lobby_gives_addresses_and_calls_the_named_pod()
    {
        await using Pods pods = await Pods.StartAsync(static (server, name) => server.MapGet("/players", () => $"players of {name}"));
        await using SampleProgram lobby = SampleProgram.Start("Lobby", pods.Cluster, [], BasePortOf(pods));
        using HttpClient client = await lobby.ListenAsync();

        Assert.Contains(
            await client.GetStringAsync("/join", Token), pods.Set.Pods.Select(static pod => pod.EndPoint.ToString()));
        Assert.Equal(pods.Set[1].EndPoint.ToString(), await client.GetStringAsync("/join/service-b-1", Token));
        Assert.Equal("players of service-b-1", await client.GetStringAsync("/players/service-b-1", Token));
        Assert.Equal("Healthy", await client.GetStringAsync("/healthz", Token));

        await pods.KillAsync(1);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(client, "/players/service-b-1"));
        await pods.ReplaceAsync(1);
        await UntilAsync(client, "/players/service-b-1", HttpStatusCode.OK);

        await pods.Set.SetReadyAsync(1, false, Token);
        await UntilAsync(client, "/join/service-b-1", HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(client, "/players/service-b-1"));
    }

    [Fact]
    public async Task Gateway_reaches_the_pod_that_the_path_names()
    {
        await using Pods pods = await Pods.StartAsync(
            static (server, name) => server.MapGet("/{**path}", (string path) => $"{name}: {path}"));
        await using SampleProgram gateway = SampleProgram.Start(
            "Gateway",
            pods.Cluster,
            [],
            ("ReverseProxy__Clusters__b__Destinations__b__Metadata__Berth.BasePort", Text(pods.Set.BasePort)));
        using HttpClient client = await gateway.ListenAsync();

        Assert.Equal("service-b-0: a/b", await client.GetStringAsync("/pods/service-b-0/a/b", Token));
        Assert.Equal("service-b-1: a/b", await client.GetStringAsync("/pods/1/a/b", Token));
        Assert.EndsWith(": a/b", await client.GetStringAsync("/a/b", Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(client, "/pods/service-b-9/a"));

        await pods.KillAsync(1);
        Assert.Equal(HttpStatusCode.BadGateway, await StatusAsync(client, "/pods/service-b-1/a"));
        await pods.ReplaceAsync(1);
        await UntilAsync(client, "/pods/service-b-1/a", HttpStatusCode.OK);
    }

    [Fact]
    public async Task Sessions_are_opened_and_ended_with_their_pods()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(cancellationToken: Token);
        TestStatefulSet set = await cluster.AddStatefulSetAsync("k8s-example2", "service-b", cancellationToken: Token);
        using TcpListener listener = new(set[0].EndPoint);
        listener.Start();
        await using SampleProgram worker = SampleProgram.Start(
            "Sessions", cluster, [], ("Berth__Views__rooms__BasePort", Text(set.BasePort)));

        using TcpClient first = await listener.AcceptTcpClientAsync(Token);
        await first.GetStream().WriteAsync("hello\n"u8.ToArray(), Token);
        await worker.WaitForLineAsync("service-b-0 says: hello");

        await set.ReplaceAsync(0, Token);
        await worker.WaitForLineAsync($"the session with service-b-0 at {set[0].EndPoint} is closed");
        using TcpClient second = await listener.AcceptTcpClientAsync(Token);
        await worker.WaitForLineAsync($"the session with service-b-0 at {set[0].EndPoint} is open");
        Assert.Equal(0, await first.GetStream().ReadAsync(new byte[1], Token));
    }

    [Fact]
    public async Task Grpc_client_calls_the_pod_that_it_names()
    {
        await using Pods pods = await Pods.StartAsync(static (server, _) => server.MapGrpcService<RoomsService>(), HttpProtocols.Http2);
        await using SampleProgram client = SampleProgram.Start("Grpc", pods.Cluster, [Text(pods.Set.BasePort)]);

        string[] lines = await client.WaitForExitAsync();
        Assert.Equal(5, lines.Length);
        Assert.StartsWith("any pod: service-b-", lines[0], StringComparison.Ordinal);
        Assert.Equal("service-b-1: service-b-1", lines[1]);
        Assert.StartsWith("room 17: service-b-", lines[2], StringComparison.Ordinal);
        Assert.Equal(lines[2].Split(": ")[1], lines[3].Split(": ")[1]);
        Assert.Contains("service-b-9", lines[4].Split(": ", 2)[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_sample_stands_in_the_document()
    {
        string document = Checkout.Read("docs/dotnet.md");
        Assert.All(
            Directory.EnumerateDirectories(Path.Combine(Checkout.Root, "samples")).Select(static folder => Path.GetFileName(folder)),
            name => Assert.Contains($"(../samples/{name}/", document, StringComparison.Ordinal));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using HttpResponseMessage response = await client.GetAsync(path, Token);
        return response.StatusCode;
    }

    private static Task UntilAsync(HttpClient client, string path, HttpStatusCode status) =>
        Wait.UntilAsync(() => StatusAsync(client, path), code => code == status, Wait.Limit, $"{path} answers {(int)status}", Token);

    private static (string, string) BasePortOf(Pods pods) => ("Berth__Views__rooms__BasePort", Text(pods.Set.BasePort));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
