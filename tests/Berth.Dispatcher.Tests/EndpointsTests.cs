using System.Net;
using System.Text.Json;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Json;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests;

public sealed class EndpointsTests
{
    private const string Path = "/v1/endpoints/k8s-example2/service-b";

    [Fact]
    public async Task The_page_names_every_endpoint_with_all_that_is_known()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        PodEndpoint second = PodEndpoint.Create(
            "service-b-1",
            "k8s-example2",
            [IPAddress.Parse("10.88.0.11"), IPAddress.Parse("fd00::11")],
            [new EndpointPort("game", 4001, "UDP"), new EndpointPort("admin", 5001)],
            ordinal: 1,
            ready: false,
            serving: true,
            terminating: true);
        await fixture.Source.PublishAsync(
            fixture.View, [DispatcherFixture.Pod(0), second],
            [new LeftOutPod("web-007", LeftOutReason.NoOrdinal, "'web-007' has leading zeros")], DispatcherFixture.Cancelled);
        fixture.Time.Advance(TimeSpan.FromSeconds(1.5));

        JsonElement page = await fixture.GetJsonAsync(Path);

        Assert.Equal(
            """
            {"target":"k8s-example2/service-b","version":1,"observedAt":"2026-01-02T03:04:05+00:00","ageSeconds":1.5,"state":"live","staleSince":null,"reason":null,"endpoints":[
            {"pod":"service-b-0","uid":"uid-service-b-0","ordinal":0,"authority":"10.88.0.10:3000","address":"10.88.0.10","addresses":["10.88.0.10"],"port":3000,"ports":[{"name":"","port":3000,"protocol":"TCP"}],"node":"node-1","zone":"zone-1","ready":true,"serving":true,"terminating":false,"state":"ready"},
            {"pod":"service-b-1","uid":null,"ordinal":1,"authority":"10.88.0.11:4001","address":"10.88.0.11","addresses":["10.88.0.11","fd00::11"],"port":4001,"ports":[{"name":"game","port":4001,"protocol":"UDP"},{"name":"admin","port":5001,"protocol":"TCP"}],"node":null,"zone":null,"ready":false,"serving":true,"terminating":true,"state":"draining"}],
            "leftOut":[{"pod":"web-007","reason":"no-ordinal","detail":"'web-007' has leading zeros"}],"warnings":[],"portClashes":[]}
            """.ReplaceLineEndings(""),
            page.GetRawText());
    }

    [Fact]
    public async Task The_age_grows_and_the_rest_of_the_page_is_kept()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        Assert.Equal(0, (await fixture.GetJsonAsync(Path)).GetProperty("ageSeconds").GetDouble());

        fixture.Time.Advance(TimeSpan.FromMinutes(2));

        JsonElement later = await fixture.GetJsonAsync(Path);
        Assert.Equal(120, later.GetProperty("ageSeconds").GetDouble());
        Assert.Equal(1, later.GetProperty("endpoints").GetArrayLength());
    }

    [Fact]
    public async Task A_change_shows_at_once_and_a_stale_set_says_since_when_and_why()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        await fixture.GetJsonAsync(Path);
        await fixture.PublishAsync(DispatcherFixture.Pod(0), DispatcherFixture.Pod(1));
        JsonElement grown = await fixture.GetJsonAsync(Path);
        Assert.Equal(2, grown.GetProperty("version").GetInt64());
        Assert.Equal(2, grown.GetProperty("endpoints").GetArrayLength());

        fixture.Time.Advance(TimeSpan.FromSeconds(10));
        fixture.Source.Fail(DispatcherFixture.B, DispatcherFixture.Ports, "The cluster is away.");
        await PushableSource.WaitForAsync(fixture.View, static s => s.IsStale, DispatcherFixture.Cancelled);

        JsonElement stale = await fixture.GetJsonAsync(Path);
        Assert.Equal("stale", stale.GetProperty("state").GetString());
        Assert.Equal("2026-01-02T03:04:15+00:00", stale.GetProperty("staleSince").GetString());
        Assert.Equal("The cluster is away.", stale.GetProperty("reason").GetString());
        Assert.Equal(10, stale.GetProperty("ageSeconds").GetDouble());
        Assert.Equal(2, stale.GetProperty("endpoints").GetArrayLength());
    }

    [Fact]
    public async Task Two_pods_that_claim_one_port_are_shown()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(1), DispatcherFixture.Pod(0, set: "other", portBase: 3001));

        JsonElement clash = Assert.Single((await fixture.GetJsonAsync(Path)).GetProperty("portClashes").EnumerateArray());

        Assert.Equal(
            """
            {"address":"10.88.0.10","port":3001,"protocol":"TCP","pods":["other-0","service-b-1"],
            "claims":[{"target":"k8s-example2/service-b","pod":"other-0"},{"target":"k8s-example2/service-b","pod":"service-b-1"}]}
            """.ReplaceLineEndings(""),
            clash.GetRawText());
    }

    [Fact]
    public async Task A_clash_with_another_target_shows_in_both_and_changes_the_tag()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        using HttpResponseMessage alone = await fixture.Client.GetAsync(Path, DispatcherFixture.Cancelled);
        await fixture.Source.PublishAsync(
            fixture.OtherView, [DispatcherFixture.Pod(0, set: "service-c")], cancellationToken: DispatcherFixture.Cancelled);
        fixture.Time.Advance(TimeSpan.FromSeconds(1));

        foreach (string path in new[] { Path, "/v1/endpoints/k8s-example2/service-c" })
        {
            JsonElement clash = Assert.Single((await fixture.GetJsonAsync(path)).GetProperty("portClashes").EnumerateArray());
            Assert.Equal(
                ["k8s-example2/service-b", "k8s-example2/service-c"],
                clash.GetProperty("claims").EnumerateArray().Select(static c => c.GetProperty("target").GetString()).Order());
        }

        // The snapshot is the same, and the page is not.
        using HttpRequestMessage again = new(HttpMethod.Get, Path);
        again.Headers.IfNoneMatch.Add(alone.Headers.ETag!);
        using HttpResponseMessage changed = await fixture.Client.SendAsync(again, DispatcherFixture.Cancelled);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task Warnings_are_on_the_page()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        SnapshotBuilder builder = new(DispatcherFixture.B, DispatcherFixture.Ports);
        builder.Set(DispatcherFixture.Pod(0));
        builder.Warnings = [new EndpointWarning(EndpointWarningKind.SeveralSets, "Pods of 'a' and of 'b' match.")];
        fixture.Source.Push(builder.Build());
        await PushableSource.WaitForAsync(fixture.View, static s => s.Warnings.Count == 1, DispatcherFixture.Cancelled);

        JsonElement warning = Assert.Single((await fixture.GetJsonAsync(Path)).GetProperty("warnings").EnumerateArray());
        Assert.Equal("""{"kind":"several-sets","detail":"Pods of 'a' and of 'b' match."}""", warning.GetRawText());
    }

    [Theory]
    [InlineData(EndpointsPage.MaxKept)]
    [InlineData(EndpointsPage.MaxKept + 1)]
    [InlineData(20_000)]
    public async Task Page_of_any_size_is_complete(int count)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync([.. Enumerable.Range(0, count).Select(static i => DispatcherFixture.Pod(i))]);

        JsonElement page = await fixture.GetJsonAsync(Path);

        Assert.Equal(
            Enumerable.Range(0, count),
            page.GetProperty("endpoints").EnumerateArray().Select(static e => e.GetProperty("ordinal").GetInt32()));
        Assert.Equal("live", page.GetProperty("state").GetString());
        Assert.Equal(0, page.GetProperty("portClashes").GetArrayLength());
    }

    [Theory]
    [InlineData("1")]
    [InlineData("service-b-1")]
    public async Task One_endpoint_by_ordinal_or_by_name(string wanted)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0), DispatcherFixture.Pod(1));

        JsonElement one = await fixture.GetJsonAsync($"{Path}/{wanted}");

        Assert.Equal("10.88.0.10:3001", one.GetProperty("endpoint").GetProperty("authority").GetString());
        Assert.Equal("live", one.GetProperty("state").GetString());
        Assert.Equal(1, one.GetProperty("version").GetInt64());
    }

    [Fact]
    public async Task One_endpoint_by_key_is_the_sticky_one_whatever_the_picker()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(new RoundRobinPicker());
        EndpointSnapshot snapshot = await fixture.PublishAsync([.. Enumerable.Range(0, 20).Select(static i => DispatcherFixture.Pod(i))]);

        for (int i = 0; i < 10; i++)
        {
            JsonElement one = await fixture.GetJsonAsync($"{Path}?key=room-{i}");
            Assert.Equal(snapshot.PickSticky($"room-{i}").Name, one.GetProperty("endpoint").GetProperty("pod").GetString());
        }
    }

    [Fact]
    public async Task One_endpoint_of_any_target_by_the_servers_picker()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(new RoundRobinPicker());
        await fixture.Source.PublishAsync(
            fixture.OtherView, [DispatcherFixture.Pod(0, set: "service-c"), DispatcherFixture.Pod(1, set: "service-c")],
            cancellationToken: DispatcherFixture.Cancelled);

        List<string?> pods = [];
        for (int i = 0; i < 3; i++)
            pods.Add(
                (await fixture.GetJsonAsync("/v1/endpoints/k8s-example2/service-c?pick"))
                    .GetProperty("endpoint").GetProperty("pod").GetString());

        Assert.Equal(["service-c-0", "service-c-1", "service-c-0"], pods);
    }

    [Fact]
    public async Task A_page_that_did_not_change_is_not_sent_again()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        using HttpResponseMessage first = await fixture.Client.GetAsync(Path, DispatcherFixture.Cancelled);
        string tag = first.Headers.ETag!.ToString();
        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(fixture, tag));
        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(fixture, $"\"other\", {tag}"));

        await fixture.PublishAsync(DispatcherFixture.Pod(1));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(fixture, tag));
    }

    [Fact]
    public async Task Tag_changes_when_the_set_turns_stale_and_differs_by_dispatcher()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        EndpointSnapshot live = await fixture.PublishAsync(DispatcherFixture.Pod(0));
        fixture.Source.Fail(DispatcherFixture.B, DispatcherFixture.Ports, "The cluster is away.");
        EndpointSnapshot stale = await PushableSource.WaitForAsync(fixture.View, static s => s.IsStale, DispatcherFixture.Cancelled);

        Assert.Equal(live.Version, stale.Version);
        Assert.NotEqual(EntityTag.Of("e1", live), EntityTag.Of("e1", stale));
        Assert.NotEqual(EntityTag.Of("e1", live), EntityTag.Of("e2", live));
    }

    [Fact]
    public async Task HEAD_of_a_page_has_its_length_and_no_body()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        using HttpRequestMessage request = new(HttpMethod.Head, Path);
        using HttpResponseMessage response = await fixture.Client.SendAsync(request, DispatcherFixture.Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Content.Headers.ContentLength > 100);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(DispatcherFixture.Cancelled));
    }

    private static async Task<HttpStatusCode> StatusAsync(DispatcherFixture fixture, string ifNoneMatch)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, Path);
        request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        using HttpResponseMessage response = await fixture.Client.SendAsync(request, DispatcherFixture.Cancelled);
        return response.StatusCode;
    }
}
