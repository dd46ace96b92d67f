using System.Security.Cryptography.X509Certificates;
using System.Text;
using Berth.Cli.Tests.Running;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Berth.Cli.Tests.Cluster;

/// <summary>
/// The window of a stream of the API server keeps its length. .NET sends PINGs after the first data to measure round trips, if and only if
/// it may make the window longer (dotnet/runtime, Http2StreamWindowManager).
/// </summary>
public sealed class WindowTests
{
    [Theory]
    [MemberData(nameof(Programs.All), MemberType = typeof(Programs))]
    public async Task Program_measures_no_round_trips_so_its_window_never_grows(string form)
    {
        using TestAuthority authority = new();
        using X509Certificate2 certificate = authority.Server("127.0.0.1");
        await using ScriptedApi api = await ScriptedApi.StartAsync(
            new ScriptedWire { Certificate = certificate, Protocols = HttpProtocols.Http2 });
        await using FrameRelay relay = new(certificate, () => api.Address.Port);
        relay.Start();
        using TestFile kubeconfig = new(FakeKubernetes.KubeconfigFor($"https://127.0.0.1:{relay.Port}").Replace(
            "cluster: { server:",
            $"cluster: {{ certificate-authority-data: {Convert.ToBase64String(Encoding.ASCII.GetBytes(authority.Pem))}, server:",
            StringComparison.Ordinal));
        await using BerthProcess watch = BerthProcess.Start(
            form, null, "watch", "k8s-example2/service-b", "--base-port", "3000", "--kubeconfig", kubeconfig.Path);

        ScriptedExchange list = await api.NextAsync(TestContext.Current.CancellationToken);
        await list.AnswerAsync(200, Json.List("100", Json.Slice("s", "90", Json.Pod("service-b-0", "10.0.0.1", "u0"))));
        ScriptedExchange events = await api.NextAsync(TestContext.Current.CancellationToken);
        await events.StartAsync();
        // Each answer would cause PINGs.
        for (int i = 1; i <= 3; i++)
        {
            string address = $"10.0.1.{i}";
            await events.SendEventAsync("MODIFIED", Json.Slice("s", $"{100 + i}", Json.Pod("service-b-0", address, $"u{i}")));
            await watch.Out.WaitForLineAsync(line => line.Contains(address, StringComparison.Ordinal));
        }

        Assert.Equal("HTTP/2", events.Protocol);
        Assert.Equal(0, relay.RoundTripPings);
    }
}
