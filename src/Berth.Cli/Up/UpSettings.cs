using Berth.Cli.Options;

namespace Berth.Cli.Up;

/// <summary>The options of <c>berth up</c>.</summary>
internal static class UpSettings
{
    public const int DefaultPort = 8000;

    public static Setting<string[]> Files { get; } = new(
        "file", "FILE|DIR", "Manifests to run instead of the built-in ones; give it again for more.", ParseFiles, [], separator: ',', "-f");

    public static Setting<int?> Replicas { get; } = new(
        "replicas", "N", "How many pods of service B, 0..1000. Default 3.", ParseReplicas, null);

    public static Setting<int?> BasePort { get; } = new(
        "base-port", "PORT", "Port of service-b-0, 1..65535; service-b-1 has the next one. Default 3000.", ParsePort, null);

    public static Setting<int?> Port { get; } = new(
        "port", "PORT", "Port of service A on 127.0.0.1, 1..65535. Default 8000.", ParsePort, null);

    public static Setting<string?> KubeconfigOut { get; } = new(
        "kubeconfig-out", "PATH", "Write the kubeconfig here as well. It is removed at the end.", CommonParsers.Text, null);

    public static Setting[] OfBuiltIn { get; } = [Replicas, BasePort, Port];

    public static Setting[] All { get; } = [Files, .. OfBuiltIn, KubeconfigOut];

    private static string[] ParseFiles(string text, out string? fault)
    {
        string[] paths = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string? missing = paths.FirstOrDefault(static path => !Path.Exists(path));
        fault = missing is null ? null : $"There is no file or folder '{missing}'. Give a manifest (YAML or JSON), or a folder of them.";
        return paths;
    }

    private static int? ParseReplicas(string text, out string? fault) => CommonParsers.Between(0, 1000, "number of replicas")(text, out fault);

    private static int? ParsePort(string text, out string? fault) => CommonParsers.Between(1, 65535, "port")(text, out fault);
}
