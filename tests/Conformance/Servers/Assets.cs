namespace Berth.Conformance.Servers;

/// <summary>The programs of a control plane, where setup-envtest and kubebuilder put them.</summary>
/// <param name="Etcd">Path of etcd.</param>
/// <param name="ApiServer">Path of kube-apiserver.</param>
internal sealed record Assets(string Etcd, string ApiServer)
{
    public const string Variable = "KUBEBUILDER_ASSETS";

    /// <summary>Finds both programs in a folder.</summary>
    /// <param name="folder">The folder, as the environment variable has it.</param>
    /// <param name="missing">Why not, as a sentence that says what to do.</param>
    public static Assets? Find(string folder, out string missing)
    {
        missing = string.Empty;
        if (!System.IO.Directory.Exists(folder))
        {
            missing = $"{Variable} is {folder}, and there is no such folder. "
                + "Give it one with etcd and kube-apiserver, such as `setup-envtest use 1.36.x -p path` prints.";
            return null;
        }

        string[] absent = [.. ((string[])["etcd", "kube-apiserver"]).Where(program => !File.Exists(Path.Combine(folder, program)))];
        if (absent.Length > 0)
        {
            missing = $"{Variable} is {folder}, which lacks {string.Join(" and ", absent)}.";
            return null;
        }

        return new Assets(Path.Combine(folder, "etcd"), Path.Combine(folder, "kube-apiserver"));
    }
}
