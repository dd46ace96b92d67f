using System.Net;
using System.Text;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests;

public sealed class RootTests
{
    [Fact]
    public async Task Answers_with_an_address_and_nothing_else()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(2));

        using HttpResponseMessage response = await fixture.Client.GetAsync("/", DispatcherFixture.Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("10.88.0.10:3002", await response.Content.ReadAsStringAsync(DispatcherFixture.Cancelled));
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(15, response.Content.Headers.ContentLength);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.False(response.Headers.Contains("Server"));
        Assert.NotNull(response.Headers.Date);
    }

    [Fact]
    public async Task An_IPv6_address_is_written_in_brackets()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(1, "fd00::1"));

        Assert.Equal("[fd00::1]:3001", await fixture.Client.GetStringAsync("/", DispatcherFixture.Cancelled));
    }

    [Fact]
    public async Task Round_robin_takes_turns_over_connections()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(new RoundRobinPicker());
        await fixture.PublishAsync(DispatcherFixture.Pod(0), DispatcherFixture.Pod(1), DispatcherFixture.Pod(2));

        List<string> answers = [];
        for (int i = 0; i < 6; i++)
            answers.Add(await fixture.Client.GetStringAsync("/", DispatcherFixture.Cancelled));

        Assert.Equal(
            ["10.88.0.10:3000", "10.88.0.10:3001", "10.88.0.10:3002", "10.88.0.10:3000", "10.88.0.10:3001", "10.88.0.10:3002"], answers);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_empty_set_and_one_with_nothing_ready_answer_with_an_empty_body(bool hasUnready)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(hasUnready ? [DispatcherFixture.Pod(0, ready: false), DispatcherFixture.Pod(1, terminating: true)] : []);

        using HttpResponseMessage response = await fixture.Client.GetAsync("/", DispatcherFixture.Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(0, response.Content.Headers.ContentLength);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(DispatcherFixture.Cancelled));
    }

    [Fact]
    public async Task Before_the_first_list_it_is_503_with_the_sources_reason()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.Source.PublishAsync(fixture.OtherView, [], cancellationToken: DispatcherFixture.Cancelled);
        using HttpResponseMessage early = await fixture.Client.GetAsync("/", DispatcherFixture.Cancelled);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, early.StatusCode);
        Assert.Equal("1", early.Headers.GetValues("Retry-After").Single());
        Assert.Contains(
            "k8s-example2/service-b have not been listed yet", await early.Content.ReadAsStringAsync(DispatcherFixture.Cancelled),
            StringComparison.Ordinal);

        Task<bool> changed = fixture.View.WaitForChangeAsync(fixture.View.Current, DispatcherFixture.Cancelled);
        fixture.Source.Fail(DispatcherFixture.B, DispatcherFixture.Ports, "The cluster is away.");
        await changed;
        using HttpResponseMessage failing = await fixture.Client.GetAsync("/", DispatcherFixture.Cancelled);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, failing.StatusCode);
        Assert.Contains(
            "The cluster is away.", await failing.Content.ReadAsStringAsync(DispatcherFixture.Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stale_set_is_served_on()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        fixture.Source.Fail(DispatcherFixture.B, DispatcherFixture.Ports, "The cluster is away.");
        await PushableSource.WaitForAsync(fixture.View, static s => s.IsStale, DispatcherFixture.Cancelled);

        Assert.Equal("10.88.0.10:3000", await fixture.Client.GetStringAsync("/", DispatcherFixture.Cancelled));
    }

    [Fact]
    public async Task HEAD_has_the_headers_and_no_body()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        using HttpRequestMessage request = new(HttpMethod.Head, "/");

        using HttpResponseMessage response = await fixture.Client.SendAsync(request, DispatcherFixture.Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(15, response.Content.Headers.ContentLength);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(DispatcherFixture.Cancelled));
    }

    [Fact]
    public async Task A_key_stays_with_its_pod_under_the_sticky_picker()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(new StickyPicker());
        EndpointSnapshot snapshot = await fixture.PublishAsync([.. Enumerable.Range(0, 20).Select(static i => DispatcherFixture.Pod(i))]);
        string[] keys = ["room 1", "räum/2", "room+3", "a&b=c"];

        foreach (string key in keys)
        {
            string expected = snapshot.PickSticky(key).Authority;
            Assert.Equal(
                expected, await fixture.Client.GetStringAsync("/?x=1&key=" + Uri.EscapeDataString(key), DispatcherFixture.Cancelled));
        }
    }

    [Fact]
    public async Task Without_a_key_the_sticky_picker_spreads_clients()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(new StickyPicker());
        await fixture.PublishAsync([.. Enumerable.Range(0, 20).Select(static i => DispatcherFixture.Pod(i))]);

        HashSet<string> answers = [];
        for (int i = 0; i < 200; i++)
            answers.Add(await fixture.Client.GetStringAsync("/", DispatcherFixture.Cancelled));

        // Below 2 answers of 20 in 200 tries: once in 10^257 runs.
        Assert.True(answers.Count > 1);
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(new RoundRobinPicker());
        await fixture.PublishAsync(DispatcherFixture.Pod(0), DispatcherFixture.Pod(1));
        (System.Net.Sockets.TcpClient client, Stream stream) = await fixture.ConnectAsync();
        using (client)
        {
            const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(Get + Get + "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), DispatcherFixture.Cancelled);
            using StreamReader reader = new(stream);
            string all = await reader.ReadToEndAsync(DispatcherFixture.Cancelled);
            int first = all.IndexOf("10.88.0.10:3000", StringComparison.Ordinal);
            int second = all.IndexOf("10.88.0.10:3001", StringComparison.Ordinal);
            int third = all.LastIndexOf("10.88.0.10:3000", StringComparison.Ordinal);
            Assert.True(first >= 0 && first < second && second < third, all);
        }
    }
}
