using System.Globalization;
using Berth.ServiceDiscovery;
using Berth.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Berth.Extensions.Hosting.Discovery;

/// <summary>Names, options and moments that cannot work: each is a sentence with the name in it.</summary>
public sealed class BadInputTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://service-b.berth", "'service-b.berth' names no target. Write SERVICE.NAMESPACE.berth or")]
    [InlineData("http://ser_vice.k8s-example2.berth", "names no target. The service name 'ser_vice' contains '_'")]
    [InlineData("http://b-.k8s-example2.berth", "names no target. The service name 'b-' starts or ends with '-'")]
    [InlineData("http://_game._tcp.service-b.k8s-example2.berth", "names no pod of k8s-example2/service-b: '_tcp' contains '_'")]
    public async Task A_name_that_looks_like_a_target_and_is_none_is_reported(string name, string sentence)
    {
        await using PodRig rig = DiscoveryRig.Create();
        await rig.StartAsync(0);
        NoEndpointException exception = await Assert.ThrowsAsync<NoEndpointException>(() => ProviderTests.ResolveAsync(rig, name));
        Assert.Contains(sentence, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scheme_that_the_pods_do_not_speak_is_reported()
    {
        await using PodRig rig = DiscoveryRig.Create(static o => o.Scheme = "http");
        await rig.StartAsync(0);
        NoEndpointException exception = await Assert.ThrowsAsync<NoEndpointException>(
            () => ProviderTests.ResolveAsync(rig, "https://lobby"));
        Assert.Equal(
            "'https://lobby' asks for https, and the pods speak http (Scheme). Write http:// in the URL, or change Scheme.",
            exception.Message);
    }

    [Fact]
    public void A_name_that_is_mapped_twice_is_reported()
    {
        BerthServiceDiscoveryOptions options = new();
        options.Map("game", TestPods.Target, TestPods.Ports);
        ArgumentException exception = Assert.Throws<ArgumentException>(
            () => options.Map("game", new ServiceTarget("k8s-example2", "other"), TestPods.Ports));
        Assert.StartsWith(
            "The name 'game' is mapped to k8s-example2/service-b and to k8s-example2/other. Map it once.", exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_mapped_and_that_a_view_has_stops_the_start()
    {
        await using PodRig rig = DiscoveryRig.Create(static o => o.Map("lobby", new("k8s-example2", "other"), TestPods.Ports));
        OptionsValidationException exception = await Assert.ThrowsAsync<OptionsValidationException>(() => rig.StartAsync(0));
        Assert.Equal(
            "The name 'lobby' is mapped to k8s-example2/other, and is the name of a registered view too. Map another name, or leave it " +
            "to the view.",
            exception.Message);
    }

    [Theory]
    [InlineData("Game", "contains 'G'")]
    [InlineData("", "is empty")]
    [InlineData("game.", "has an empty part between dots")]
    public void A_name_that_is_no_host_is_reported(string name, string fault)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(
            () => new BerthServiceDiscoveryOptions().Map(name, TestPods.Target, TestPods.Ports));
        Assert.StartsWith(
            $"The name '{name}' cannot be mapped to k8s-example2/service-b: it {fault}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_mapped_after_the_start_is_reported()
    {
        await using PodRig rig = DiscoveryRig.Create();
        await rig.StartAsync(1);
        using HttpClient client = rig.CreateClient();
        await client.GetStringAsync("http://lobby/", Stop);
        BerthServiceDiscoveryOptions options = rig.Services.GetRequiredService<IOptions<BerthServiceDiscoveryOptions>>().Value;
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(
            () => options.Map("late", TestPods.Target, TestPods.Ports));
        Assert.StartsWith(
            "The name 'late' cannot be mapped to k8s-example2/service-b any longer, because names are already resolved.", exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_provider_that_is_added_after_the_host_is_built_is_reported()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        using IHost host = builder.Build();
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(
            () => builder.Services.AddBerthServiceEndpointProvider());
        Assert.Contains("Call AddBerthServiceEndpointProvider before Build().", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_that_cannot_be_used_stop_the_start_with_all_faults()
    {
        await using PodRig rig = DiscoveryRig.Create(static o =>
        {
            o.Scheme = "ftp";
            o.Suffix = ".berth";
        });
        OptionsValidationException exception = await Assert.ThrowsAsync<OptionsValidationException>(() => rig.StartAsync(0));
        Assert.Contains("Suffix is '.berth', which has an empty part", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Scheme is 'ftp'. Give http or https", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_without_a_directory_is_reported()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Services.AddServiceDiscovery();
        builder.Services.AddBerthServiceEndpointProvider();
        using IHost host = builder.Build();
        Microsoft.Extensions.ServiceDiscovery.ServiceEndpointResolver resolver =
            host.Services.GetRequiredService<Microsoft.Extensions.ServiceDiscovery.ServiceEndpointResolver>();
        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => resolver.GetEndpointsAsync("http://service-b.k8s-example2.berth", Stop).AsTask());
        Assert.Contains(
            "'http://service-b.k8s-example2.berth' cannot be resolved, because no EndpointDirectory is registered", exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_is_disposed_is_reported()
    {
        await using PodRig rig = DiscoveryRig.Create();
        await rig.StartAsync(0);
        await rig.PublishAsync([TestPods.Endpoint(0)]);
        ProviderTests.Builder before = await ProviderTests.PopulateAsync(rig);
        TaskCompletionSource fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using IDisposable registration = before.Tokens[0].RegisterChangeCallback(_ => fired.SetResult(), null);

        await rig.Services.GetRequiredService<EndpointDirectory>().DisposeAsync();
        await fired.Task.WaitAsync(Wait.Limit, Stop);
        ObjectDisposedException exception = await Assert.ThrowsAsync<ObjectDisposedException>(() => ProviderTests.PopulateAsync(rig));
        Assert.Contains(
            "k8s-example2/service-b is no longer followed: its directory is disposed", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mapped_target_that_is_released_is_followed_again()
    {
        await using PodRig rig = DiscoveryRig.Create(static o => o.Map("arena", new("k8s-example2", "other"), TestPods.Ports));
        await rig.StartAsync(0);
        EndpointDirectory directory = rig.Services.GetRequiredService<EndpointDirectory>();
        EndpointView view = directory.Follow(new("k8s-example2", "other"), TestPods.Ports);
        await rig.Source.PublishAsync(view, [TestPods.Endpoint(0, "other")], null, Stop);
        Assert.Single((await ProviderTests.PopulateAsync(rig, "http://arena")).Endpoints);

        await directory.ReleaseAsync(view.Target);
        EndpointView again = directory.Follow(view.Target, view.Ports);
        await rig.Source.PublishAsync(again, [TestPods.Endpoint(0, "other"), TestPods.Endpoint(1, "other")], null, Stop);
        Assert.Equal(2, (await ProviderTests.PopulateAsync(rig, "http://arena")).Endpoints.Count);
    }

    [Fact]
    public async Task A_stale_list_that_is_too_old_is_reported_and_comes_back()
    {
        TestClock clock = new();
        await using PodRig rig = DiscoveryRig.Create(o => o.TimeProvider = clock);
        rig.Builder.Services.AddSingleton<TimeProvider>(clock);
        rig.Builder.AddBerth(static s => s.MaxStale = TimeSpan.FromMinutes(5));
        await rig.StartAsync(0);
        await rig.PublishAsync([TestPods.Endpoint(0)]);
        ProviderTests.Builder before = await ProviderTests.PopulateAsync(rig);
        TaskCompletionSource fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using IDisposable registration = before.Tokens[0].RegisterChangeCallback(_ => fired.SetResult(), null);

        rig.Source.Fail(TestPods.Target, TestPods.Ports, "The API server is away.");
        // The provider waits for the list's age, and the directory to read again. Either may begin first.
        bool ages = false, retries = false;
        await clock.WaitForTimerAsync(
            due => (ages |= due > TimeSpan.FromMinutes(4)) & (retries |= due < TimeSpan.FromMinutes(1)), Stop);
        Assert.False(before.Tokens[0].HasChanged);
        clock.Advance(TimeSpan.FromMinutes(6));
        await fired.Task.WaitAsync(Wait.Limit, Stop);
        EndpointSourceException exception = await Assert.ThrowsAsync<EndpointSourceException>(() => ProviderTests.PopulateAsync(rig));
        Assert.Contains("more than 300 s is not served. The API server is away.", exception.Message, StringComparison.Ordinal);

        rig.Source.Confirm(TestPods.Target, TestPods.Ports);
        await PushableSource.WaitForAsync(rig.View, static s => !s.IsStale, Stop);
        Assert.Single((await ProviderTests.PopulateAsync(rig)).Endpoints);
    }

    [Theory]
    [InlineData("60.00:00:00")]
    [InlineData("10675199.02:48:05.4775807")]
    public async Task Limit_beyond_a_timer_leaves_a_stale_list_served(string limit)
    {
        TestClock clock = new();
        await using PodRig rig = DiscoveryRig.Create(o => o.TimeProvider = clock);
        rig.Builder.Services.AddSingleton<TimeProvider>(clock);
        rig.Builder.AddBerth(s => s.MaxStale = TimeSpan.Parse(limit, CultureInfo.InvariantCulture));
        await rig.StartAsync(0);
        await rig.PublishAsync([TestPods.Endpoint(0)]);
        Assert.Single((await ProviderTests.PopulateAsync(rig)).Endpoints);
        rig.Source.Fail(TestPods.Target, TestPods.Ports, "The API server is away.");
        await clock.WaitForTimerAsync(static due => due == TimeSpan.FromDays(24), Stop);
        Assert.Single((await ProviderTests.PopulateAsync(rig)).Endpoints);
    }
}
