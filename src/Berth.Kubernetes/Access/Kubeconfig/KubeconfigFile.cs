using System.Text;
using Berth.Kubernetes.Access.Files;
using YamlDotNet.Core;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>One kubeconfig file: its named clusters, users and contexts, not parsed yet.</summary>
internal sealed class KubeconfigFile
{
    private KubeconfigFile(string path, YamlMap? root)
    {
        Path = path;
        CurrentContext = root?.Text("current-context");
        Clusters = Named(root, "clusters", "cluster");
        Users = Named(root, "users", "user");
        Contexts = Named(root, "contexts", "context");
    }

    internal string Path { get; }

    internal string? CurrentContext { get; }

    internal IReadOnlyDictionary<string, YamlMap> Clusters { get; }

    internal IReadOnlyDictionary<string, YamlMap> Users { get; }

    internal IReadOnlyDictionary<string, YamlMap> Contexts { get; }

    /// <exception cref="ClusterAccessException">The file cannot be read, or is not a kubeconfig.</exception>
    internal static KubeconfigFile Read(string path) => Parse(path, FileReading.Read(path, "the kubeconfig"));

    /// <exception cref="ClusterAccessException">The content is not a kubeconfig.</exception>
    internal static KubeconfigFile Parse(string path, byte[] content)
    {
        YamlValue? root = Load(path, content);
        return root switch
        {
            null or { IsNull: true } => new KubeconfigFile(path, null),
            { Fields: not null } => FromRoot(path, new YamlMap(root, path)),
            _ => throw new ClusterAccessException($"{path} is not a kubeconfig: it must begin with apiVersion: v1 and kind: Config. "
                + "Name another file."),
        };
    }

    private static KubeconfigFile FromRoot(string path, YamlMap root)
    {
        // kubectl accepts a file without a kind as a kubeconfig. A manifest given by mistake must not look like an empty kubeconfig.
        string? kind = root.Text("kind");
        if (kind is not (null or "Config"))
            throw new ClusterAccessException($"{path} is not a kubeconfig: its kind is {kind}, not Config. Name another file.");
        return new KubeconfigFile(path, root);
    }

    private static YamlValue? Load(string path, byte[] content)
    {
        try
        {
            using StreamReader reader = new(new MemoryStream(content), Encoding.UTF8);
            return YamlTree.Read(reader.ReadToEnd());
        }
        catch (YamlException exception)
        {
            // Show only the position: YamlDotNet's message can quote the line, and so a token.
            throw new ClusterAccessException(
                $"{path} is not valid YAML at line {exception.Start.Line}, column {exception.Start.Column}. Correct it there.");
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException
            or ArithmeticException
            or NullReferenceException or IndexOutOfRangeException)
        {
            // The YAML parser throws this on some broken input instead of its own exception.
            throw new ClusterAccessException($"{path} is not valid YAML. Write it again with kubectl config.");
        }
    }

    private static Dictionary<string, YamlMap> Named(YamlMap? root, string list, string entry)
    {
        Dictionary<string, YamlMap> named = new(StringComparer.Ordinal);
        foreach (YamlMap item in root?.Maps(list) ?? [])
        {
            string name = item.Text("name") ?? throw item.Fault($"this entry of {list} has no name");
            YamlMap content = item.Map(entry) ?? new YamlMap(new YamlValue(item.Value.Line) { Fields = [] }, item.File);
            if (!named.TryAdd(name, content))
                throw item.Fault($"{list} has two entries named \"{name}\"");
        }

        return named;
    }
}
