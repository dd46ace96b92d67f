using System.Text.Json;
using Berth.Seats;

namespace Berth.Dispatcher.Tests.Seats;

/// <summary><c>POST /v1/seats</c> and its kin, over real desks.</summary>
public sealed class SeatTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_gets_a_pod_and_a_ticket_that_its_desk_redeems()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(2, 3);
        (int status, JsonElement seat) = await cluster.ReserveAsync("""{"seats":2,"key":"room-7","ttl":60}""");
        Assert.Equal(201, status);
        Assert.Equal(("service-b-0", "127.0.0.1:3000"), (seat.GetProperty("pod").GetString(), seat.GetProperty("authority").GetString()));
        Assert.Equal((2, "reserved"), (seat.GetProperty("seats").GetInt32(), seat.GetProperty("state").GetString()));
        Assert.InRange(seat.GetProperty("ttl").GetDouble(), 1, 60);
        Assert.Equal(3000, seat.GetProperty("ports")[0].GetProperty("port").GetInt32());
        using SeatSession session = cluster.Desks[0]!.Redeem(seat.GetProperty("ticket").GetString());
        Assert.Equal((2, "room-7"), (session.Seats, session.Key));
        await cluster.WaitForAsync(static page => page.GetProperty("taken").GetInt32() == 2);
    }

    [Fact]
    public async Task F79_full_desk_leads_to_the_next_and_full_is_told()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(3, 2);
        string[] pods = new string[6];
        for (int i = 0; i < 6; i++)
            pods[i] = await cluster.ReservePodAsync();
        Assert.Equal(["service-b-0", "service-b-0", "service-b-1", "service-b-1", "service-b-2", "service-b-2"], pods);
        (int status, JsonElement problem) = await cluster.ReserveAsync();
        Assert.Equal((503, "urn:berth:problem:full"), (status, problem.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Least_loaded_spreads_clients_over_pods()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(2, 10, SeatPolicy.LeastLoaded);
        for (int i = 0; i < 10; i++)
            await cluster.ReservePodAsync();
        Assert.Equal((5, 5), (cluster.Desks[0]!.State.Reserved, cluster.Desks[1]!.State.Reserved));
    }

    [Fact]
    public async Task Sticky_gives_a_key_its_pod_while_there_is_room()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(3, 2, SeatPolicy.Sticky);
        string discovered = await cluster.Client.GetStringAsync(
            "/v1/endpoints/k8s-example2/service-b?key=room-7", Cancelled);
        string first = await cluster.ReservePodAsync("""{"key":"room-7"}""");
        Assert.Contains($"\"pod\":\"{first}\"", discovered, StringComparison.Ordinal);
        Assert.Equal(first, await cluster.ReservePodAsync("""{"key":"room-7"}"""));
        Assert.NotEqual(first, await cluster.ReservePodAsync("""{"key":"room-7"}"""));
    }

    [Fact]
    public async Task Same_idempotency_key_gives_the_same_reservation_through_any_dispatcher()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(3, 1);
        Assert.Equal("service-b-0", await cluster.ReservePodAsync());
        (_, JsonElement first) = await cluster.ReserveAsync(key: "one");
        Assert.Equal("service-b-1", first.GetProperty("pod").GetString());
        (DispatcherServer server, HttpClient client) = await cluster.StartDispatcherAsync();
        using (client)
        {
            await using (server)
            {
                await cluster.WaitForAsync(static page => page.GetProperty("reserved").GetInt32() == 2, client);
                (int status, JsonElement again) = await cluster.ReserveAsync(key: "\"one\"", through: client);
                Assert.Equal((201, Id(first)), (status, Id(again)));
            }
        }

        (_, JsonElement third) = await cluster.ReserveAsync(key: "one");
        Assert.Equal(Id(first), Id(third));
        (int reused, JsonElement problem) = await cluster.ReserveAsync("""{"key":"other"}""", key: "one");
        Assert.Equal((422, "urn:berth:problem:key-reused"), (reused, problem.GetProperty("type").GetString()));
        Assert.Equal(0, cluster.Desks[2]!.State.Reserved);
    }

    [Fact]
    public async Task Reservation_is_renewed_and_released_through_the_dispatcher()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 1);
        (_, JsonElement seat) = await cluster.ReserveAsync("""{"ttl":30}""");
        string path = $"{SeatCluster.Path}/{Id(seat)}";
        (int status, JsonElement renewed) = await cluster.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, path + "/renew") { Content = new StringContent("""{"ttl":300}""") });
        Assert.Equal((200, Id(seat)), (status, Id(renewed)));
        Assert.True(renewed.GetProperty("ttl").GetDouble() > 200);
        Assert.Equal(204, (await cluster.SendAsync(new HttpRequestMessage(HttpMethod.Delete, path))).Status);
        Assert.Equal(204, (await cluster.SendAsync(new HttpRequestMessage(HttpMethod.Delete, path))).Status);
        Assert.Equal(1, cluster.Desks[0]!.State.Free);
        (status, JsonElement problem) = await cluster.SendAsync(new HttpRequestMessage(HttpMethod.Post, path + "/renew"));
        Assert.Equal((409, "urn:berth:problem:released"), (status, problem.GetProperty("type").GetString()));
        foreach (string unknown in new[] { "service-b-9.00", "service-b-0", "service-b-0.xyz", "service-b-0." + new string('0', 32) })
        {
            (status, problem) = await cluster.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"{SeatCluster.Path}/{unknown}"));
            Assert.Equal((404, "urn:berth:problem:unknown-reservation"), (status, problem.GetProperty("type").GetString()));
        }
    }

    [Fact]
    public async Task Clients_wait_in_line_and_the_first_is_served_first()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 1);
        (_, JsonElement seat) = await cluster.ReserveAsync();
        SeatSession session = cluster.Desks[0]!.Redeem(seat.GetProperty("ticket").GetString());
        Task<(int Status, JsonElement Body)> first = cluster.ReserveAsync(query: "?wait=60s");
        await cluster.WaitForAsync(static page => page.GetProperty("waiting").GetInt32() == 1);
        Task<(int Status, JsonElement Body)> second = cluster.ReserveAsync(query: "?wait=60s");
        await cluster.WaitForAsync(static page => page.GetProperty("waiting").GetInt32() == 2);
        session.Dispose();
        (int status, JsonElement given) = await first.WaitAsync(TestKit.Wait.Limit, Cancelled);
        Assert.Equal(201, status);
        Assert.False(second.IsCompleted);
        cluster.Desks[0]!.Redeem(given.GetProperty("ticket").GetString()).Dispose();
        Assert.Equal(201, (await second.WaitAsync(TestKit.Wait.Limit, Cancelled)).Status);
    }

    [Fact]
    public async Task Client_that_waited_has_one_reservation()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 5);
        cluster.Desks[0]!.Close();
        await cluster.WaitForAsync(static page => page.GetProperty("free").GetInt32() == 0);
        Task<(int Status, JsonElement Body)>[] waiting =
        [
            .. Enumerable.Range(0, 3).Select(_ => cluster.ReserveAsync(query: "?wait=60s")),
        ];
        await cluster.WaitForAsync(static page => page.GetProperty("waiting").GetInt32() == 3);
        cluster.Desks[0]!.Open();
        Assert.All(await Task.WhenAll(waiting).WaitAsync(TestKit.Wait.Limit, Cancelled), static answer => Assert.Equal(201, answer.Status));
        Assert.Equal(3, cluster.Desks[0]!.State.Reserved);
    }

    [Fact]
    public async Task Client_that_waited_long_enough_gets_the_problem_full()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 1);
        await cluster.ReservePodAsync();
        (int status, JsonElement problem) = await cluster.ReserveAsync(query: "?wait=0.2s");
        Assert.Equal((503, "urn:berth:problem:full"), (status, problem.GetProperty("type").GetString()));
        await cluster.WaitForAsync(static page => page.GetProperty("waiting").GetInt32() == 0);
    }

    [Fact]
    public async Task Desk_that_cannot_be_reached_takes_no_part_and_discovery_goes_on()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(3, 1, hasDesk: static i => i != 0);
        Assert.Equal("service-b-1", await cluster.ReservePodAsync());
        await cluster.KillDeskAsync(2);
        (int status, JsonElement problem) = await cluster.ReserveAsync();
        Assert.Equal((503, "urn:berth:problem:full"), (status, problem.GetProperty("type").GetString()));
        await cluster.KillDeskAsync(1);
        await cluster.WaitForAsync(static page => page.GetProperty("capacity").GetInt32() == 0);
        (status, problem) = await cluster.ReserveAsync();
        Assert.Equal((503, "urn:berth:problem:no-desk"), (status, problem.GetProperty("type").GetString()));
        Assert.StartsWith("127.0.0.1:", await cluster.Client.GetStringAsync("/", Cancelled), StringComparison.Ordinal);
        await cluster.StartDeskAsync(1, 1);
        await cluster.WaitForAsync(static page => page.GetProperty("free").GetInt32() == 1);
        Assert.Equal("service-b-1", await cluster.ReservePodAsync());
    }

    [Fact]
    public async Task Desks_with_tls_are_reached_and_one_with_another_name_takes_no_part()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(3, 1, hasDesk: static i => i != 2, tlsName: "desk.games");
        Assert.Equal("service-b-0", await cluster.ReservePodAsync());
        cluster.WriteCertificate("desk.other", "other");
        await cluster.StartDeskAsync(2, 1, "other");
        Assert.Equal("service-b-1", await cluster.ReservePodAsync());
        Assert.Equal(503, (await cluster.ReserveAsync()).Status);
        Assert.Equal([1, 1, 0], cluster.Desks.Select(static desk => desk!.State.Reserved));
    }

    [Fact]
    public async Task Closed_desk_and_pod_that_is_not_ready_get_no_clients()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(3, 5);
        cluster.Desks[0]!.Close();
        await cluster.PublishAsync(static i => i != 1);
        await cluster.WaitForAsync(static page => page.GetProperty("free").GetInt32() == 5);
        Assert.Equal("service-b-2", await cluster.ReservePodAsync());
    }

    [Fact]
    public async Task Scale_never_goes_below_a_pod_with_a_session()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(3, 1);
        Assert.Equal((3, 0), await ScaleAsync());
        await cluster.ReservePodAsync();
        await cluster.ReservePodAsync();
        await cluster.WaitForAsync(static page => page.GetProperty("reserved").GetInt32() == 2);
        Assert.Equal((3, 2), await ScaleAsync());
        // A desk that says nothing may have sessions.
        await cluster.KillDeskAsync(2);
        await cluster.WaitForAsync(static page => page.GetProperty("capacity").GetInt32() == 2);
        Assert.Equal((3, 3), await ScaleAsync());

        async Task<(int Replicas, int AtLeast)> ScaleAsync()
        {
            JsonElement scale = JsonDocument.Parse(
                await cluster.Client.GetStringAsync("/v1/scale/k8s-example2/service-b", Cancelled)).RootElement;
            return (scale.GetProperty("replicas").GetInt32(), scale.GetProperty("atLeast").GetInt32());
        }
    }

    [Fact]
    public async Task Metrics_show_seats_by_state_and_requests_by_outcome()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 2);
        await cluster.ReservePodAsync();
        await cluster.ReserveAsync("""{"seats":2}""");
        await cluster.WaitForAsync(static page => page.GetProperty("reserved").GetInt32() == 1);
        string metrics = await cluster.Client.GetStringAsync("/metrics", Cancelled);
        foreach (string line in new[]
        {
            "berth_seats{" + DispatcherFixture.OfB + ",berth_seat_state=\"free\"} 1",
            "berth_seats{" + DispatcherFixture.OfB + ",berth_seat_state=\"reserved\"} 1",
            "berth_seat_desks{" + DispatcherFixture.OfB + ",berth_desk_state=\"open\"} 1",
            "berth_seat_at_least{" + DispatcherFixture.OfB + "} 1",
            "berth_seat_requests_total{" + DispatcherFixture.OfB + ",berth_seat_outcome=\"reserved\"} 1",
            "berth_seat_requests_total{" + DispatcherFixture.OfB + ",berth_seat_outcome=\"full\"} 1",
        })
            Assert.Contains(line, metrics, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null", "")]
    [InlineData("[]", "")]
    [InlineData("""{"seats":"1"}""", "")]
    [InlineData("""{"seats":1,"colour":"red"}""", "")]
    [InlineData("""{"seats":1}x""", "")]
    [InlineData("{}", "?wait=abc")]
    [InlineData("{}", "?wait=-1s")]
    [InlineData("{}", "?wait=61s")]
    [InlineData("{}", "?wait=NaN")]
    [InlineData("{}", "?wait=Infinity")]
    [InlineData("{}", "?wait=")]
    public async Task Request_that_is_malformed_is_refused_and_takes_nothing(string body, string query)
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 1);
        (int status, JsonElement problem) = await cluster.ReserveAsync(body, query);
        Assert.Equal((400, "urn:berth:problem:malformed-request"), (status, problem.GetProperty("type").GetString()));
        Assert.EndsWith(".", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, cluster.Desks[0]!.State.Reserved);
    }

    [Theory]
    [InlineData("""{"seats":0}""", "seats-out-of-range")]
    [InlineData("""{"ttl":0}""", "ttl-out-of-range")]
    [InlineData("""{"ttl":-5}""", "ttl-out-of-range")]
    [InlineData("""{"ttl":1e300}""", "ttl-out-of-range")]
    public async Task Values_out_of_range_are_refused_by_the_desk(string body, string type)
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 1);
        (int status, JsonElement problem) = await cluster.ReserveAsync(body);
        Assert.Equal((400, "urn:berth:problem:" + type), (status, problem.GetProperty("type").GetString()));
    }

    [Theory]
    [InlineData("PUT", SeatCluster.Path, 405)]
    [InlineData("GET", SeatCluster.Path + "/service-b-0.00", 405)]
    [InlineData("POST", "/v1/scale/k8s-example2/service-b", 405)]
    [InlineData("GET", "/v1/seats/k8s-example2/other", 404)]
    [InlineData("GET", "/v1/seats/K8S/service-b", 400)]
    [InlineData("GET", "/v1/seats/k8s-example2", 404)]
    [InlineData("POST", SeatCluster.Path + "/a/b", 404)]
    public async Task Other_methods_and_targets_are_problems(string method, string path, int status)
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 1);
        (int found, JsonElement problem) = await cluster.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(status, found);
        Assert.StartsWith("urn:berth:problem:", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_seats_their_routes_do_not_exist()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.GetProblemAsync("/v1/seats/k8s-example2/service-b", 404, "unknown-route");
        await fixture.GetProblemAsync("/v1/scale/k8s-example2/service-b", 404, "unknown-route");
        await fixture.GetProblemAsync("/v1/seats/k8s-example2/service-b", 404, "unknown-route", HttpMethod.Post);
    }

    private static string Id(JsonElement seat) => seat.GetProperty("reservation").GetString()!;
}
