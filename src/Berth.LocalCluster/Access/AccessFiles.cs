namespace Berth.LocalCluster.Access;

/// <summary>The kubeconfig files, in a folder of their own, for this user only.</summary>
internal sealed class AccessFiles(string? directory, Identities identities, string authorityPem) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<(string Namespace, string Account)> _written = [];
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

    /// <summary>Puts a fresh token into every service account's token file, where clients look again when the old one is refused.</summary>
    public void Rewrite()
    {
        lock (_gate)
        {
            foreach ((string @namespace, string account) in _written)
                WriteAccount(@namespace, account);
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
    }

    private string PathOf(string @namespace, string account) => Path.Combine(_folder!, $"{@namespace}_{account}.kubeconfig");

    private void WriteAccount(string @namespace, string account)
    {
        string path = PathOf(@namespace, account);
        string user = Identities.ServiceAccount(@namespace, account);
        string tokenPath = Path.ChangeExtension(path, ".token");
        Write(tokenPath, identities.TokenOf(user));

        // The file is read again as it changes, by clients that know of it; not all do.
        (string, string)[] credentials = [("token", identities.TokenOf(user)), ("tokenFile", tokenPath)];
        Write(path, Kubeconfig.Write(Server, authorityPem, user, credentials, @namespace));
    }

    /// <summary>Whole or not at all: a reader never sees half a file.</summary>
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
