using System.Globalization;
using System.Text.Json.Nodes;
using Berth.Conformance.Backends;
using Berth.Conformance.Servers;

namespace Berth.Conformance.Cases;

/// <summary>Base of the cases: each is a theory over all backends, and opens the one it is given.</summary>
public abstract class ConformanceCase(SharedControlPlane shared)
{
    public const string Local = "local cluster";
    public const string Server = "kube-apiserver";
    public const string Given = "given cluster";

    /// <summary>The backends, by name. All are always listed: one that is not there is skipped, and says why.</summary>
    public static TheoryData<string> Backends { get; } = [Local, Server, Given];

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected static string NameOf(JsonNode item) => item["metadata"]!["name"]!.GetValue<string>();

    /// <summary>Of an object or a list. Versions are opaque to clients, but every server there is counts.</summary>
    private protected static long VersionOf(JsonNode item) =>
        long.Parse(item["metadata"]!["resourceVersion"]!.GetValue<string>(), CultureInfo.InvariantCulture);

    private protected async Task<Backend> OpenAsync(string name, Needs needs = Needs.None)
    {
        Backend backend = name switch
        {
            Local => await LocalBackend.OpenAsync(needs),
            Server => await OpenServerAsync(needs),
            _ => await OpenGivenAsync(needs),
        };
        try
        {
            await backend.PrepareAsync();
            return backend;
        }
        catch
        {
            await backend.DisposeAsync();
            throw;
        }
    }

    private Task<Backend> OpenServerAsync(Needs needs)
    {
        Assets? assets = Assets.Find(Environment.GetEnvironmentVariable(Assets.Variable), out string missing);
        Assert.SkipWhen(assets is null, missing);
        return ServerBackend.OpenAsync(assets!, shared, needs);
    }

    private static Task<Backend> OpenGivenAsync(Needs needs)
    {
        string? path = Environment.GetEnvironmentVariable(GivenBackend.Variable);
        string? missing = GivenBackend.Missing(path);
        Assert.SkipWhen(missing is not null, missing ?? string.Empty);
        return GivenBackend.OpenAsync(path!, needs);
    }
}
