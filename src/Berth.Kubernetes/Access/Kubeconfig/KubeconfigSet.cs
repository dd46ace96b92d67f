namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>
/// Several kubeconfigs, merged as in kubectl: of entries with the same name the whole entry of the first file counts, and the first
/// current-context counts. See
/// <see href="https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files"/>.
/// </summary>
internal sealed class KubeconfigSet
{
    private readonly IReadOnlyList<KubeconfigFile> _files;

    internal KubeconfigSet(IReadOnlyList<KubeconfigFile> files) => _files = files;

    internal string Paths => string.Join(Path.PathSeparator, _files.Select(file => file.Path));

    /// <summary>Reads the files. A missing file of a list is skipped, unless all are missing.</summary>
    /// <exception cref="ClusterAccessException">No file exists, or one of them is not a kubeconfig.</exception>
    internal static KubeconfigSet Read(IReadOnlyList<string> paths, bool mustExist)
    {
        if (mustExist)
            return new KubeconfigSet(paths.Select(KubeconfigFile.Read).ToArray());
        KubeconfigFile[] files = paths.Where(File.Exists).Select(KubeconfigFile.Read).ToArray();
        if (files.Length > 0)
            return new KubeconfigSet(files);
        if (paths.FirstOrDefault(Directory.Exists) is { } folder)
            throw new ClusterAccessException($"{folder}, named in KUBECONFIG, is a folder. Name a file.");
        throw new ClusterAccessException(paths.Count == 1
            ? $"There is no file {paths[0]}, named in KUBECONFIG. Create it, or set KUBECONFIG to another."
            : $"None of the files in KUBECONFIG exists: {string.Join(", ", paths)}. Set it to one that does.");
    }

    /// <summary>Returns the context to use, and its file.</summary>
    /// <exception cref="ClusterAccessException">No context is chosen, or the chosen one does not exist.</exception>
    internal (string Name, YamlMap Context) Context(string? asked)
    {
        string? name = string.IsNullOrEmpty(asked)
            ? _files.Select(file => file.CurrentContext).FirstOrDefault(name => name is not null)
            : asked;
        if (name is null)
            throw new ClusterAccessException($"{Paths} has no current-context. "
                + $"Choose one with --context or with kubectl config use-context: {Names(file => file.Contexts)}.");
        return Find(file => file.Contexts, name) is { } context
            ? (name, context)
            : throw new ClusterAccessException($"{Paths} has no context \"{name}\". Choose one of: {Names(file => file.Contexts)}.");
    }

    /// <exception cref="ClusterAccessException">It is not there.</exception>
    internal YamlMap Cluster(string name, string context) => Find(file => file.Clusters, name)
        ?? throw new ClusterAccessException($"Context \"{context}\" uses the cluster \"{name}\", which is not in {Paths}. Those there: "
            + $"{Names(file => file.Clusters)}.");

    /// <exception cref="ClusterAccessException">It is not there.</exception>
    internal YamlMap User(string name, string context) => Find(file => file.Users, name)
        ?? throw new ClusterAccessException($"Context \"{context}\" uses the user \"{name}\", who is not in {Paths}. Those there: "
            + $"{Names(file => file.Users)}.");

    private YamlMap? Find(Func<KubeconfigFile, IReadOnlyDictionary<string, YamlMap>> entries, string name)
    {
        foreach (KubeconfigFile file in _files)
        {
            if (entries(file).TryGetValue(name, out YamlMap? found))
                return found;
        }

        return null;
    }

    private string Names(Func<KubeconfigFile, IReadOnlyDictionary<string, YamlMap>> entries)
    {
        string[] names = _files.SelectMany(file => entries(file).Keys).Distinct(StringComparer.Ordinal).ToArray();
        return names.Length == 0 ? "(none)" : string.Join(", ", names);
    }
}
