namespace Berth.LocalCluster.Access;

/// <summary>The kubeconfig files, tokens and folders of pods, in a separate folder that only this user can read.</summary>
internal sealed class AccessFiles(string? directory, Identities identities, string authorityPem) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<(string Namespace, string Account)> _written = [];
    private readonly HashSet<(string Namespace, string Account)> _mounted = [];
    private string? _folder;

    /// <summary>Address of the API.</summary>
    public Uri Server { get; private set; } = null!;

    public string AdministratorKubeconfig { get; private set; } = "";
    public string AdministratorPath => Path.Combine(_folder!, "kubeconfig");

    public void Begin(Uri address)
    {
        Server = address;
        _folder = directory is null ? Directory.CreateTempSubdirectory("berth-").FullName : Directory.CreateDirectory(directory).FullName;
        AdministratorKubeconfig = Kubeconfig.Write(
            Server, authorityPem, Identities.Administrator, [("token", identities.AdministratorToken)]);
        Write(AdministratorPath, AdministratorKubeconfig);
    }

    public string PathFor(string @namespace, string account)
    {
        lock (_gate)
        {
            if (_written.Add((@namespace, account)))
                WriteAccount(@namespace, account);
        }

        return PathOf(@namespace, account);
    }

    /// <summary>The folder that in-cluster clients read: token, ca.crt and namespace.</summary>
    public string TokenFolder(string @namespace, string account)
    {
        lock (_gate)
        {
            string folder = Path.Combine(_folder!, "accounts", $"{@namespace}_{account}");
            if (_mounted.Add((@namespace, account)))
            {
                Directory.CreateDirectory(folder);
                Write(Path.Combine(folder, "ca.crt"), authorityPem);
                Write(Path.Combine(folder, "namespace"), @namespace);
                WriteToken(folder, @namespace, account);
            }

            return folder;
        }
    }

    /// <summary>The folder of what belongs to one pod.</summary>
    public string FolderOfPod(string key) => Path.Combine(_folder!, "pods", key);

    /// <summary>The folder of a claim, which stays when its pod is removed.</summary>
    public string FolderOfClaim(string key) => Path.Combine(_folder!, "claims", key);

    /// <summary>The hosts file of the containers of a namespace.</summary>
    public string HostsOf(string @namespace) =>
        Path.Combine(Directory.CreateDirectory(Path.Combine(_folder!, "hosts")).FullName, @namespace);

    /// <summary>Puts a fresh token into every service account's token file, where clients look again when the old one is refused.</summary>
    public void Rewrite()
    {
        lock (_gate)
        {
            foreach ((string @namespace, string account) in _written)
                WriteAccount(@namespace, account);
            foreach ((string @namespace, string account) in _mounted)
                WriteToken(Path.Combine(_folder!, "accounts", $"{@namespace}_{account}"), @namespace, account);
        }
    }

    public void Dispose()
    {
        if (_folder is null)
            return;
        if (directory is null)
        {
            Directory.Delete(_folder, recursive: true);
            return;
        }

        foreach ((string @namespace, string account) in _written)
        {
            string path = PathOf(@namespace, account);
            File.Delete(path);
            File.Delete(Path.ChangeExtension(path, ".token"));
        }

        File.Delete(AdministratorPath);
        foreach (string folder in (string[])["accounts", "pods", "claims", "hosts"])
        {
            if (Directory.Exists(Path.Combine(_folder, folder)))
                Directory.Delete(Path.Combine(_folder, folder), recursive: true);
        }
    }

    private void WriteToken(string folder, string @namespace, string account) =>
        Write(Path.Combine(folder, "token"), identities.TokenOf(Identities.ServiceAccount(@namespace, account)));

    private string PathOf(string @namespace, string account) => Path.Combine(_folder!, $"{@namespace}_{account}.kubeconfig");

    private void WriteAccount(string @namespace, string account)
    {
        string path = PathOf(@namespace, account);
        string user = Identities.ServiceAccount(@namespace, account);
        string tokenPath = Path.ChangeExtension(path, ".token");
        Write(tokenPath, identities.TokenOf(user));

        // Some clients read the file again when it changes, and others do not.
        (string, string)[] credentials = [("token", identities.TokenOf(user)), ("tokenFile", tokenPath)];
        Write(path, Kubeconfig.Write(Server, authorityPem, user, credentials, @namespace));
    }

    /// <summary>The file is replaced as a whole, so that a reader never sees half of it.</summary>
    private static void Write(string path, string text)
    {
        string fresh = path + ".new";
        File.Delete(fresh);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (FileStream file = new(fresh, options))
        using (StreamWriter writer = new(file))
            writer.Write(text);
        File.Move(fresh, path, overwrite: true);
    }
}
