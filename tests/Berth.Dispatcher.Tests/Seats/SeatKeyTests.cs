using System.Globalization;
using System.Text.Json;

namespace Berth.Dispatcher.Tests.Seats;

/// <summary>Idempotency keys that dispatchers have not heard of yet (S3).</summary>
public sealed class SeatKeyTests
{
    [Theory]
    [InlineData(SeatPolicy.LowestOrdinal)]
    [InlineData(SeatPolicy.LeastLoaded)]
    [InlineData(SeatPolicy.Sticky)]
    public async Task Key_that_is_sent_through_two_dispatchers_at_once_has_one_reservation(SeatPolicy policy)
    {
        const int Keys = 50;
        const string Body = """{"ttl":300}""";
        await using SeatCluster cluster = await SeatCluster.StartAsync(5, 100, policy);
        (DispatcherServer server, HttpClient client) = await cluster.StartDispatcherAsync(policy);
        using (client)
        {
            await using (server)
            {
                await cluster.WaitForAsync(static page => page.GetProperty("capacity").GetInt32() == 500, client);
                for (int i = 0; i < Keys; i++)
                {
                    // No dispatcher has heard of the key before.
                    string key = string.Create(CultureInfo.InvariantCulture, $"key-{i}");
                    (int Status, JsonElement Body)[] answers = await Task.WhenAll(
                        cluster.ReserveAsync(Body, key: key), cluster.ReserveAsync(Body, key: key, through: client),
                        cluster.ReserveAsync(Body, key: key));
                    Assert.All(answers, static answer => Assert.Equal(201, answer.Status));
                    Assert.Single(answers.Select(static answer => answer.Body.GetProperty("reservation").GetString()).Distinct());
                }
            }
        }

        Assert.Equal(Keys, cluster.Desks.Sum(static desk => desk!.State.Reserved));
    }

    [Fact]
    public async Task Least_loaded_spreads_clients_with_idempotency_keys_too()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(2, 40, SeatPolicy.LeastLoaded);
        for (int i = 0; i < 40; i++)
            await cluster.ReservePodAsync(key: string.Create(CultureInfo.InvariantCulture, $"key-{i}"));
        // A pod has at most a quarter of its seats more in use than the other, and the one seat that showed it.
        Assert.InRange(cluster.Desks[0]!.State.Reserved, 14, 26);
    }
}
