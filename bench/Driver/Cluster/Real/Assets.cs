namespace Berth.Bench.Cluster.Real;

/// <summary>The programs of a control plane, in the folder of setup-envtest or kubebuilder.</summary>
/// <param name="Etcd">The path of etcd.</param>
/// <param name="ApiServer">The path of kube-apiserver.</param>
internal sealed record Assets(string Etcd, string ApiServer)
{
    private const string Variable = "KUBEBUILDER_ASSETS";

    /// <summary>Finds both in the folder that the variable names; null when it is not set.</summary>
    /// <exception cref="InvalidOperationException">The variable is set, and a program is missing.</exception>
    public static Assets? Find()
    {
        string? folder = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(folder))
            return null;
        Assets assets = new(Path.Combine(folder, "etcd"), Path.Combine(folder, "kube-apiserver"));
        foreach (string path in (string[])[assets.Etcd, assets.ApiServer])
        {
            if (!File.Exists(path))
                throw new InvalidOperationException($"{Variable} is {folder}, and there is no {path}. Name a folder with both programs.");
        }

        return assets;
    }

    /// <summary>Finds both.</summary>
    /// <exception cref="InvalidOperationException">The variable is not set, or a program is missing.</exception>
    public static Assets Require() => Find() ?? throw new InvalidOperationException(
        $"{Variable} is not set. Set it to a folder with etcd and kube-apiserver, such as `setup-envtest use 1.36.x -p path` prints.");
}
