using System.Globalization;
using System.Net;
using Berth.TestKit;
using Grpc.Net.Client.Balancer;
using static Berth.Grpc.GrpcFixture;

namespace Berth.Grpc;

/// <summary>1,000 pods, each with an address of its own in 127.0.0.0/8 and a real connection to it.</summary>
public sealed class ThousandPodTests : IAsyncLifetime
{
    private const int Count = 1000;

    private readonly GrpcFixture _grpc = new();

    public async ValueTask InitializeAsync()
    {
        PodServer server = await PodServer.StartAsync("any", address: IPAddress.Any);
        _grpc.Own(server);
        await _grpc.PublishAsync([.. Enumerable.Range(0, Count).Select(ordinal => server.Pod(ordinal, address: AddressOf(ordinal)))]);
    }

    public ValueTask DisposeAsync() => _grpc.DisposeAsync();

    [Fact]
    public async Task Every_tenth_pod_is_reached_by_name_from_a_small_subset()
    {
        AskClient client = _grpc.Open(options: new BerthGrpcOptions { Ports = TestPods.Ports, SubsetSize = 8 });
        for (int ordinal = 0; ordinal < Count; ordinal += 10)
        {
            Assert.EndsWith(
                "|" + AddressOf(ordinal), await AnswerAsync(client, BerthMetadata.Pod, $"service-b-{ordinal}"), StringComparison.Ordinal);
        }

        HashSet<string> addresses = [];
        for (int i = 0; i < 40; i++)
            addresses.Add((await AnswerAsync(client)).Split('|')[2]);
        Assert.InRange(addresses.Count, 1, 8);
    }

    [Fact]
    public async Task A_pick_allocates_nothing()
    {
        BerthGrpcOptions options = new() { Ports = TestPods.Ports, SubsetSize = Count };
        using PickerProbe probe = new(_grpc.Directory, options);
        SubchannelPicker picker = await probe.WaitForReadyAsync(Count);
        foreach ((string? key, string? value) in ((string?, string?)[])
            [(null, null), (BerthMetadata.Pod, "service-b-777"), (BerthMetadata.Ordinal, "777"), (BerthMetadata.Key, "room-4711")])
        {
            using HttpRequestMessage request = new();
            request.Headers.TryAddWithoutValidation("user-agent", "grpc-dotnet/2.85.0");
            request.Headers.TryAddWithoutValidation("te", "trailers");
            if (key is not null)
                request.Headers.TryAddWithoutValidation(key, value);
            PickContext context = new() { Request = request };
            int picked = 0;
            void Pick()
            {
                for (int i = 0; i < 1000; i++)
                    picked += picker.Pick(context).Type == PickResultType.Complete ? 1 : 0;
            }

            Pick();
            Assert.Equal(0, Allocated.AtLeast(Pick));
            Assert.Equal(6000, picked);
        }
    }

    private static string AddressOf(int ordinal) =>
        string.Create(CultureInfo.InvariantCulture, $"127.1.{1 + (ordinal / 250)}.{1 + (ordinal % 250)}");
}
