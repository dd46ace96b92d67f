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

    /// <summary>The backends that are configured, by name. ./test says which they are, and how to add the others.</summary>
    public static TheoryData<string> Backends { get; } = [.. Configured(Environment.GetEnvironmentVariable)];

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The local cluster is always there; each other backend is named by a variable.</summary>
    internal static IEnumerable<string> Configured(Func<string, string?> variable)
    {
        yield return Local;
        if (variable(Assets.Variable) is { Length: > 0 })
            yield return Server;
        if (variable(GivenBackend.Variable) is { Length: > 0 })
            yield return Given;
    }

    private protected static string NameOf(JsonNode item) => item["metadata"]!["name"]!.GetValue<string>();

    /// <summary>The version of an object or a list. Versions are opaque to clients, but every server there is counts.</summary>
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
        Assets? assets = Assets.Find(Environment.GetEnvironmentVariable(Assets.Variable)!, out string missing);
        return assets is null ? throw new InvalidOperationException(missing) : ServerBackend.OpenAsync(assets, shared, needs);
    }

    private static Task<Backend> OpenGivenAsync(Needs needs)
    {
        string path = Environment.GetEnvironmentVariable(GivenBackend.Variable)!;
        return GivenBackend.Missing(path) is { } missing
            ? throw new InvalidOperationException(missing)
            : GivenBackend.OpenAsync(path, needs);
    }
}
