namespace Berth.LocalCluster.Access;

/// <summary>The kubeconfig files, in a folder of their own, for this user only.</summary>
internal sealed class AccessFiles(string? directory, Identities identities, string authorityPem) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Namespace, string Account), string> written = [];
    private string? folder;
    private Uri server = null!;

    public string AdministratorKubeconfig { get; private set; } = string.Empty;

    public string AdministratorPath => Path.Combine(folder!, "kubeconfig");

    public void Begin(Uri address)
    {
        server = address;
        folder = directory is null ? Directory.CreateTempSubdirectory("berth-").FullName : Directory.CreateDirectory(directory).FullName;
        AdministratorKubeconfig = Kubeconfig.Write(server, authorityPem, Identities.Administrator, $"token: {identities.AdministratorToken}");
        Write(AdministratorPath, AdministratorKubeconfig);
    }

    public string PathFor(string @namespace, string account)
    {
        lock (gate)
        {
            if (!written.TryGetValue((@namespace, account), out string? path))
            {
                path = Path.Combine(folder!, $"{@namespace}_{account}.kubeconfig");
                written[(@namespace, account)] = path;
                WriteAccount(@namespace, account, path);
            }

            return path;
        }
    }

    /// <summary>Puts a fresh token into every service account's token file, where clients look again when the old one is refused.</summary>
    public void Rewrite()
    {
        lock (gate)
        {
            foreach (((string @namespace, string account), string path) in written)
                WriteAccount(@namespace, account, path);
        }
    }

    public void Dispose()
    {
        if (folder is null)
            return;
        if (directory is null)
        {
            Directory.Delete(folder, recursive: true);
            return;
        }

        File.Delete(AdministratorPath);
        foreach (string path in written.Values)
        {
            File.Delete(path);
            File.Delete(Path.ChangeExtension(path, ".token"));
        }
    }

    private void WriteAccount(string @namespace, string account, string path)
    {
        string user = Identities.ServiceAccount(@namespace, account);
        string tokenPath = Path.ChangeExtension(path, ".token");
        Write(tokenPath, identities.TokenOf(user));

        // The file is read again as it changes, by clients that know of it; not all do.
        Write(path, Kubeconfig.Write(server, authorityPem, user, $"token: {identities.TokenOf(user)}\n    tokenFile: {tokenPath}", @namespace));
    }

    /// <summary>Whole or not at all: a reader never sees half a file.</summary>
    private static void Write(string path, string text)
    {
        string fresh = path + ".new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(fresh, options))
        using (var writer = new StreamWriter(file))
            writer.Write(text);
        File.Move(fresh, path, overwrite: true);
    }
}
