using System.Reflection;
using System.Text.Json;
using Berth.Extensions.Hosting.Checks;
using Berth.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Berth.Extensions.Hosting.Hosting;

public sealed class RegistrationTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void A_view_that_is_added_twice_is_reported()
    {
        HostApplicationBuilder builder = Settings.Lobbying();
        builder.AddBerthView("lobby");
        InvalidOperationException twice = Assert.Throws<InvalidOperationException>(() => builder.AddKeyedBerthView("lobby"));
        Assert.StartsWith("The view 'lobby' is added twice.", twice.Message, StringComparison.Ordinal);
        InvalidOperationException second = Assert.Throws<InvalidOperationException>(() => builder.AddBerthView("arena"));
        Assert.Equal(
            "AddBerthView is called for 'lobby' and for 'arena', and only one view can be without a key. Call " +
            "AddKeyedBerthView(\"arena\").",
            second.Message);
    }

    [Fact]
    public void A_source_that_is_added_twice_is_reported()
    {
        HostApplicationBuilder builder = Settings.Lobbying();
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(
            () => builder.AddBerthSource("DNS", static _ => new PushableSource()));
        Assert.Equal("There is a source 'DNS' already. Give this one another name.", exception.Message);
    }

    [Theory]
    [InlineData("Lobby")]
    [InlineData("the lobby")]
    [InlineData("")]
    public void A_view_whose_name_is_no_host_is_reported(string name)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => Settings.Lobbying().AddBerthView(name));
        Assert.StartsWith($"The view's name '{name}' ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_view_that_is_added_after_the_host_is_built_is_reported()
    {
        HostApplicationBuilder builder = Settings.Lobbying();
        using IHost host = builder.Build();
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => builder.AddBerthView("lobby"));
        Assert.Equal(
            "The host is built already: the view 'lobby' cannot be added. Call AddBerthView before Build().", exception.Message);
    }

    [Fact]
    public async Task A_section_of_a_view_that_is_not_added_is_a_warning()
    {
        RecordingLogger logger = new();
        HostApplicationBuilder builder = Settings.Lobbying(("Berth:Views:arena:BasePort", "4000"));
        builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(logger));
        builder.AddBerthView("lobby");
        using IHost host = builder.Build();
        await host.StartAsync(Stop);
        Assert.Contains(logger.Texts, static text => text.StartsWith(
            "Berth:Views:arena configures a view that this program does not add.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_source_of_ones_own_has_its_section_and_is_disposed_with_the_host()
    {
        HostApplicationBuilder builder = Settings.Lobbying(("Berth:Source", "INVENTORY"), ("Berth:inventory:Url", "http://10.0.0.1"));
        OwnSource source = new();
        string? url = null;
        builder.AddBerthSource("inventory", context =>
        {
            url = $"{context.Configuration.Path} {context.Configuration["Url"]}";
            return source;
        });
        builder.AddBerthView("lobby");
        IHost host = builder.Build();
        await host.StartAsync(Stop);
        Assert.Equal("Berth:inventory http://10.0.0.1", url);
        Assert.False(source.IsDisposed);
        await ((IAsyncDisposable)host).DisposeAsync();
        Assert.True(source.IsDisposed);
    }

    [Fact]
    public void The_identity_of_a_pod_is_a_service()
    {
        HostApplicationBuilder builder = Settings.Builder(("POD_NAME", "service-b-2"), ("POD_NAMESPACE", "k8s-example2"));
        builder.AddBerth();
        using IHost host = builder.Build();
        PodIdentity identity = host.Services.GetRequiredService<PodIdentity>();
        Assert.Equal(("k8s-example2", 2, 3002), (identity.Namespace, identity.Ordinal, identity.GetPort(3000)));
    }

    [Fact]
    public void Without_a_name_the_identity_of_a_pod_is_reported()
    {
        HostApplicationBuilder builder = Settings.Builder();
        builder.AddBerth();
        using IHost host = builder.Build();
        PodIdentityException exception = Assert.Throws<PodIdentityException>(() => host.Services.GetRequiredService<PodIdentity>());
        Assert.StartsWith("POD_NAME is not set.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_setting_is_known_and_in_the_schema()
    {
        using JsonDocument schema = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Checkout.Root, "src/Berth.Extensions.Hosting/ConfigurationSchema.json")));
        JsonElement berth = schema.RootElement.GetProperty("properties").GetProperty("Berth").GetProperty("properties");
        JsonElement view = berth.GetProperty("Views").GetProperty("additionalProperties").GetProperty("properties");

        string[] sources = [.. KnownKeys.OfSources.Keys];
        Assert.Equal(Names<BerthSettings>(), KnownKeys.OfDirectory.Concat(sources).Order(StringComparer.Ordinal));
        Assert.Equal(
            Names<BerthSettings>().Concat(Names<BerthViewSettings>()).Append("Views").Order(StringComparer.Ordinal), Names(berth));
        Assert.Equal(Names<BerthViewSettings>(), KnownKeys.OfView.Order(StringComparer.Ordinal));
        Assert.Equal(Names<BerthViewSettings>(), Names(view));
        Assert.Equal(Names<BerthPortSettings>(), KnownKeys.OfPort.Order(StringComparer.Ordinal));
        Assert.Equal(Names<BerthPortSettings>(), Names(view.GetProperty("Ports").GetProperty("items").GetProperty("properties")));
        foreach ((string source, string[] keys) in KnownKeys.OfSources)
            Assert.Equal(keys.Order(StringComparer.Ordinal), Names(berth.GetProperty(source).GetProperty("properties")));
        Assert.Equal(Names<BerthKubernetesSettings>(), KnownKeys.OfSources["Kubernetes"].Order(StringComparer.Ordinal));
        Assert.Equal(Names<BerthDnsSettings>(), KnownKeys.OfSources["Dns"].Order(StringComparer.Ordinal));
        Assert.Equal(Names<BerthRemoteSettings>(), KnownKeys.OfSources["Remote"].Order(StringComparer.Ordinal));
        Assert.Equal(Names<BerthFileSettings>(), KnownKeys.OfSources["File"].Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Names<T>() =>
        [.. typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(static p => p.Name).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Names(JsonElement properties) =>
        [.. properties.EnumerateObject().Select(static p => p.Name).Order(StringComparer.Ordinal)];

    private sealed class OwnSource : IEndpointSource, IDisposable
    {
        private readonly PushableSource _inner = new();

        public bool IsDisposed { get; private set; }

        public IEndpointStream Open(ServiceTarget target, PortScheme ports) => _inner.Open(target, ports);

        public void Dispose() => IsDisposed = true;
    }
}
