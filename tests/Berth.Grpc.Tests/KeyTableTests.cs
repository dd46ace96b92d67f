using System.Globalization;
using System.Net;
using Berth.Grpc.Balancing;
using Berth.Grpc.Resolving;

namespace Berth.Grpc.Tests;

/// <summary>The pods of keys, without a channel.</summary>
public sealed class KeyTableTests
{
    private const int Keys = 2 * KeyTable.MaxKept;

    [Fact]
    public void Keys_have_the_pods_of_the_sticky_picker_in_bounded_memory()
    {
        PortScheme ports = PortScheme.Fixed(3000);
        EndpointPort[] port = [new("", 3000)];
        EndpointSnapshot snapshot = EndpointSnapshot.Create(
            new ServiceTarget("games", "lobby"), ports, Enumerable.Range(0, 10).Select(i => PodEndpoint.Create(
                string.Create(CultureInfo.InvariantCulture, $"lobby-{i}"), "games", [IPAddress.Loopback], port, i)));
        Channel channel = Channel.Of(new Uri("berth:///lobby.games"), new BerthGrpcOptions { Ports = ports });
        // Without a subchannel a connection can be found, and never used.
        KeyTable table = new([.. snapshot.Endpoints.Select(pod =>
            new PodConnection(PodAddress.TryCreate(channel, pod, out PodAddress? address) ? address : null!, null!))]);
        StickyPicker picker = new();

        for (int i = 0; i < Keys; i++)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"player-{i}");
            string? expected = picker.Pick(snapshot, key)?.Name;
            // The second time it is kept.
            Assert.Equal(expected, table.Find(key).Address.Pod.Name);
            Assert.Equal(expected, table.Find(key).Address.Pod.Name);
            Assert.InRange(table.Kept, 1, KeyTable.MaxKept);
        }
    }
}
