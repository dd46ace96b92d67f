using System.Text.Json;

namespace Berth.Dispatcher.Tests.Seats;

/// <summary>Seats while no pod of the target is ready: decision 0074.</summary>
public sealed class LastResortSeatTests
{
    [Fact]
    public async Task Without_the_option_no_seat_of_a_pod_that_is_not_ready_is_given()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(2, 3);
        await cluster.PublishAsync(static _ => false);
        await cluster.WaitForAsync(static page => page.GetProperty("free").GetInt32() == 0);

        (int status, JsonElement problem) = await cluster.ReserveAsync();

        Assert.Equal((503, "urn:berth:problem:no-desk"), (status, problem.GetProperty("type").GetString()));
        Assert.All(cluster.Desks, static desk => Assert.Equal(0, desk!.State.Reserved));
    }

    [Fact]
    public async Task With_the_option_the_desks_of_pods_that_are_not_ready_give_seats()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(2, 1, lastResort: true);
        await cluster.PublishAsync(static _ => false);
        // The page counts the seats of pods that can be had.
        await cluster.WaitForAsync(static page => page.GetProperty("free").GetInt32() == 2);

        Assert.Equal(["service-b-0", "service-b-1"], [await cluster.ReservePodAsync(), await cluster.ReservePodAsync()]);
        Assert.All(cluster.Desks, static desk => Assert.Equal(1, desk!.State.Reserved));
    }

    [Fact]
    public async Task One_ready_pod_ends_the_last_resort_for_seats_too()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(3, 2, lastResort: true);
        await cluster.PublishAsync(static _ => false);
        Assert.Equal("service-b-0", await cluster.ReservePodAsync());

        await cluster.PublishAsync(static ordinal => ordinal == 2);
        await cluster.WaitForAsync(static page => page.GetProperty("free").GetInt32() == 2);

        Assert.Equal(["service-b-2", "service-b-2"], [await cluster.ReservePodAsync(), await cluster.ReservePodAsync()]);
        (int status, JsonElement problem) = await cluster.ReserveAsync();
        Assert.Equal((503, "urn:berth:problem:full"), (status, problem.GetProperty("type").GetString()));
        // A seat that was given stays: the desk alone decides.
        Assert.Equal(1, cluster.Desks[0]!.State.Reserved);
    }

    [Fact]
    public async Task A_pod_that_terminates_is_no_last_resort()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(2, 1, lastResort: true);
        await cluster.PublishAsync(static _ => false, isTerminating: static ordinal => ordinal == 0);
        await cluster.WaitForAsync(static page => page.GetProperty("free").GetInt32() == 1);

        Assert.Equal("service-b-1", await cluster.ReservePodAsync());
        (int status, _) = await cluster.ReserveAsync();
        Assert.Equal(503, status);
        Assert.Equal(0, cluster.Desks[0]!.State.Reserved);
    }
}
