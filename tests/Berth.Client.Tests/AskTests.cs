using Berth.TestKit;

namespace Berth.Client.Tests;

/// <summary>Questions to a running dispatcher.</summary>
public sealed class AskTests
{
    [Fact]
    public async Task Endpoint_is_asked_for_in_every_way()
    {
        await using ClientRig rig = await ClientRig.StartAsync();
        await rig.PublishAsync(TestPods.Endpoint(0), TestPods.Endpoint(1, ready: false));
        BerthClient client = rig.Connect();
        EndpointQuery[] queries =
        [
            new(), new() { Target = ClientRig.Target }, new() { Target = ClientRig.Target, Key = "room 7" },
            new() { Target = ClientRig.Target, Ordinal = 0 }, new() { Target = ClientRig.Target, Pod = "service-b-0" },
            new() { Target = ClientRig.Target, Zone = "west" },
        ];
        foreach (EndpointQuery query in queries)
        {
            PickedEndpoint picked = await client.GetEndpointAsync(query, ClientRig.Cancelled);
            Assert.Equal(
                ("service-b-0", "10.77.0.1:3000", "10.77.0.1", 3000, 0), (picked.Name, picked.Authority, picked.Address, picked.Port,
                    picked.Ordinal));
            Assert.Equal((ClientRig.Target, false, query.Zone is not null), (picked.Target, picked.IsStale, picked.ZoneFallback));
            Assert.True(picked.IsAvailable && picked.Age >= TimeSpan.Zero);
        }

        Assert.Equal("service-b-0", (await client.GetEndpointAsync(ClientRig.Target, ClientRig.Cancelled)).Name);
    }

    [Fact]
    public async Task Snapshot_is_whole()
    {
        await using ClientRig rig = await ClientRig.StartAsync();
        await rig.PublishAsync(TestPods.Endpoint(1, ready: false), TestPods.Endpoint(0, uid: "a"));

        EndpointSnapshot set = await rig.Connect().GetEndpointsAsync(ClientRig.Target, ClientRig.Cancelled);

        Assert.Equal("0:a:Ready 1:uid-of-service-b-1:NotReady", WatchedSets.Describe(set));
        Assert.Equal("a", Assert.Single(set.Available).Uid);
        Assert.Same(set.Endpoints[1], set.FindByName("service-b-1"));
        Assert.Same(set.Endpoints[1], set.FindByOrdinal(1));
        Assert.Equal(("3001/TCP", "service-b-1 10.77.0.1:3001"), ($"{set.Endpoints[1].Ports[0]}", $"{set.Endpoints[1]}"));
        Assert.Null(set.FindByOrdinal(2) ?? set.FindByName("service-b-2"));
        Assert.True(set.Age >= TimeSpan.Zero && set.StaleSince is null && set.StaleReason is null && set.LeftOut.Count == 0);
        Assert.InRange(set.ObservedAt, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
    }

    [Fact]
    public async Task Problems_are_exceptions_with_their_members()
    {
        await using ClientRig rig = await ClientRig.StartAsync();
        await rig.PublishAsync(TestPods.Endpoint(0), TestPods.Endpoint(1, ready: false));
        BerthClient client = rig.Connect();

        BerthException unready = await Assert.ThrowsAsync<BerthException>(
            () => client.GetEndpointAsync(new EndpointQuery { Target = ClientRig.Target, Ordinal = 1 }, ClientRig.Cancelled));
        Assert.Equal(("urn:berth:problem:pod-not-ready", 503), (unready.Type, unready.Status));
        Assert.Equal("10.77.0.1:3001", unready.Endpoint?.Authority);
        BerthException unknown = await Assert.ThrowsAsync<BerthException>(
            () => client.GetEndpointsAsync("k8s-example2/other", ClientRig.Cancelled));
        Assert.Equal(("urn:berth:problem:unknown-target", 404, "Unknown target"), (unknown.Type, unknown.Status, unknown.Title));
        Assert.Equal(unknown.Message, unknown.Detail);
    }

    [Fact]
    public async Task Token_is_asked_for_each_request()
    {
        await using ClientRig rig = await ClientRig.StartAsync(token: "secret-0123456789");
        await rig.PublishAsync(TestPods.Endpoint(0));
        string? token = null;
        BerthClient client = rig.Connect(new BerthClientOptions { Token = () => token });

        BerthException refused = await Assert.ThrowsAsync<BerthException>(
            () => client.GetEndpointAsync(ClientRig.Target, ClientRig.Cancelled));
        Assert.Equal(("urn:berth:problem:unauthorized", 401), (refused.Type, refused.Status));
        token = "secret-0123456789";
        Assert.Equal("service-b-0", (await client.GetEndpointAsync(ClientRig.Target, ClientRig.Cancelled)).Name);

        BerthClient without = rig.Connect(new BerthClientOptions { Token = static () => throw new IOException("The vault is away.") });
        BerthException unsent = await Assert.ThrowsAsync<BerthException>(
            () => without.GetEndpointAsync(ClientRig.Target, ClientRig.Cancelled));
        Assert.Contains("There is no token for http://127.0.0.1", unsent.Message, StringComparison.Ordinal);
        Assert.Contains("The vault is away.", unsent.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Next_dispatcher_is_asked_where_one_is_away()
    {
        await using ClientRig rig = await ClientRig.StartAsync();
        await rig.PublishAsync(TestPods.Endpoint(0));
        BerthClient client = rig.Connect(null, $"http://127.0.0.1:{FreePorts.Take()}");
        Assert.Equal("service-b-0", (await client.GetEndpointAsync(ClientRig.Target, ClientRig.Cancelled)).Name);

        rig.Relay.TurnsAway = true;
        rig.Relay.Cut();
        BerthException away = await Assert.ThrowsAsync<BerthException>(
            () => client.GetEndpointAsync(ClientRig.Target, ClientRig.Cancelled));
        Assert.Equal(("urn:berth:client:unreachable", 0), (away.Type, away.Status));
        Assert.Contains("cannot be reached", away.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispatcher_that_hangs_is_given_up()
    {
        await using ClientRig rig = await ClientRig.StartAsync();
        rig.Relay.Swallows = true;
        BerthClient client = rig.Connect(new BerthClientOptions { AnswerTimeout = TimeSpan.FromMilliseconds(50) });
        BerthException late = await Assert.ThrowsAsync<BerthException>(
            () => client.GetEndpointAsync(ClientRig.Target, ClientRig.Cancelled));
        Assert.Contains("did not answer within 0.05 s", late.Message, StringComparison.Ordinal);

        using CancellationTokenSource stop = new();
        Task<PickedEndpoint> asked = rig.Connect().GetEndpointAsync(ClientRig.Target, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Fact]
    public async Task Seats_are_reserved_renewed_counted_and_released()
    {
        await using ClientRig rig = await ClientRig.StartAsync(seats: 3);
        await rig.PublishAsync(TestPods.Endpoint(0, address: "127.0.0.1"));
        BerthClient client = rig.Connect();
        await Wait.UntilAsync(
            () => client.GetSeatsAsync(ClientRig.Target, ClientRig.Cancelled), static seats => seats.Counts.Capacity == 3, Wait.Limit,
            "the desk", ClientRig.Cancelled);

        SeatRequest request = new() { Seats = 2, Key = "room \"7\" \u4e16", Ttl = TimeSpan.FromSeconds(60), IdempotencyKey = "one" };
        SeatReservation seat = await client.ReserveSeatsAsync(ClientRig.Target, request, ClientRig.Cancelled);
        Assert.Equal(
            ("service-b-0", "127.0.0.1:3000", 2, 60.0, false),
            (seat.Pod, seat.Authority, seat.Seats, seat.Ttl.TotalSeconds, seat.IsTaken));
        Assert.Equal(3, seat.Ticket.Split('.').Length);
        Assert.Equal(seat.Id, (await client.ReserveSeatsAsync(ClientRig.Target, request, ClientRig.Cancelled)).Id);
        SeatReservation renewed = await client.RenewSeatsAsync(seat, TimeSpan.FromSeconds(120), ClientRig.Cancelled);
        Assert.Equal((seat.Id, 120.0), (renewed.Id, renewed.Ttl.TotalSeconds));
        Assert.True(renewed.ExpiresAt > seat.ExpiresAt && renewed.Ticket != seat.Ticket);

        BerthException full = await Assert.ThrowsAsync<BerthException>(
            () => client.ReserveSeatsAsync(ClientRig.Target, new SeatRequest { Seats = 2 }, ClientRig.Cancelled));
        Assert.Equal(("urn:berth:problem:full", 503), (full.Type, full.Status));
        Assert.True(full.RetryAfter >= TimeSpan.FromSeconds(1));
        TargetSeats counted = await Wait.UntilAsync(
            () => client.GetSeatsAsync(ClientRig.Target, ClientRig.Cancelled), static seats => seats.Counts.Reserved == 2, Wait.Limit,
            "the reservation", ClientRig.Cancelled);
        Assert.Equal(("open", 1), (counted.Pods[0].Desk, counted.Pods[0].Counts?.Free));

        Task<SeatReservation> inLine = client.ReserveSeatsAsync(
            ClientRig.Target, new SeatRequest { Seats = 3, Wait = TimeSpan.FromSeconds(50) }, ClientRig.Cancelled);
        await Wait.UntilAsync(
            () => client.GetSeatsAsync(ClientRig.Target, ClientRig.Cancelled), static seats => seats.Waiting == 1, Wait.Limit, "the line",
            ClientRig.Cancelled);
        await client.ReleaseSeatsAsync(seat, ClientRig.Cancelled);
        Assert.Equal(3, (await inLine).Seats);
        await client.ReleaseSeatsAsync(seat, ClientRig.Cancelled);
        BerthException released = await Assert.ThrowsAsync<BerthException>(
            () => client.RenewSeatsAsync(seat, cancellationToken: ClientRig.Cancelled));
        Assert.Equal("urn:berth:problem:released", released.Type);
    }
}
