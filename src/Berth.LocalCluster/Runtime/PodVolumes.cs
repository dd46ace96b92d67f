namespace Berth.LocalCluster.Runtime;

/// <summary>
/// The volumes of one pod as folders of this machine: ConfigMaps, Secrets, the downward API, projections of them, tokens, empty folders,
/// claims and paths of the host. A container has them at its mount paths, if the system allows it its own mount namespace.
/// </summary>
/// <param name="pod">The pod, with its addresses.</param>
/// <param name="ofNode">The resources of its node.</param>
/// <param name="sources">The ConfigMaps and Secrets of its namespace.</param>
/// <param name="context">The objects that every pod's worker needs.</param>
internal sealed class PodVolumes(JsonObject pod, JsonNode? ofNode, ConfigSources sources, KubeletContext context)
{
    private const string HostsPath = "/etc/hosts";
    private const string TokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";

    private readonly string _folder = context.Files.FolderOfPod(
        $"{pod.Text("metadata", "namespace")}_{pod.Text("metadata", "name")}_{pod.Text("metadata", "uid")}");

    /// <summary>
    /// The UID of each claim when it was first seen. A claim that is deleted and created again has another UID, and gets an empty folder.
    /// </summary>
    private readonly ConcurrentDictionary<string, string?> _claims = new(StringComparer.Ordinal);

    private int _views;

    /// <summary>True when a container of this pod mounts something.</summary>
    private bool AreMounted => Containers.Any(static container => container.Items("volumeMounts").Any());

    private IEnumerable<JsonObject> Containers => pod.Items("spec", "initContainers").Concat(pod.Items("spec", "containers"));

    /// <summary>Returns the reason why the pod must wait: the object of a volume does not exist. Null when nothing is missing.</summary>
    public string? Missing() => Volumes
        .Select(volume => VolumeContent.Missing(volume, sources) is { } why
            ? $"MountVolume.SetUp failed for volume \"{volume.Text("name")}\" : {why}"
            : null)
        .FirstOrDefault(static why => why is not null);

    /// <summary>Creates the folders, or updates their files from the current objects.</summary>
    public void Write()
    {
        foreach (JsonObject volume in Volumes)
        {
            if (VolumeContent.Files(volume, pod, ofNode, sources, Token) is { } files)
                VolumeFiles.Write(FolderOf(volume), files);
            else if (volume["hostPath"] is null)
                Directory.CreateDirectory(FolderOf(volume));
            else if (volume.Text("hostPath", "type") == "DirectoryOrCreate")
                Directory.CreateDirectory(volume.Text("hostPath", "path")!);
        }
    }

    /// <summary>Returns the mounts of a container, those of upper folders first, and its token if it mounts none itself.</summary>
    /// <param name="container">Its manifest.</param>
    /// <param name="variables">Its variables, for <c>subPathExpr</c>.</param>
    public IReadOnlyList<ContainerMount> MountsOf(JsonObject container, IReadOnlyDictionary<string, string> variables)
    {
        List<ContainerMount> mounts = [];
        foreach (JsonObject mount in container.Items("volumeMounts"))
        {
            if (pod.Items("spec", "volumes").FirstOrDefault(volume => volume.Text("name") == mount.Text("name")) is not { } volume)
                continue;
            string? below = mount.Text("subPath") ?? ContainerSpec.Expand(mount.Text("subPathExpr") ?? "", variables);
            bool isReadOnly = mount.Flag("readOnly") || VolumeContent.IsReadOnly(volume);
            mounts.Add(new(SourceOf(volume, below), mount.Text("mountPath")!, isReadOnly));
        }

        // Our own program reads its kubeconfig. Every other client reads this folder.
        bool hasToken = pod["spec"].At("automountServiceAccountToken") is null || pod.Flag("spec", "automountServiceAccountToken");
        bool isOurs = ContainerSpec.ImageName(container.Text("image") ?? "") == "berth";
        if (hasToken && !isOurs && !mounts.Exists(static mount => mount.Target == TokenPath))
            mounts.Add(new(context.Files.TokenFolder(sources.Namespace!, Account), TokenPath, true));
        bool usesNames = HasClusterNames && (!isOurs || NamesAnUrl(container, variables));
        bool hasHosts = mounts.Exists(static mount => mount.Target == HostsPath);
        if (usesNames && context.Runtime.CanMount && !hasHosts)
            mounts.Add(new(context.Names.FileOf(sources.Namespace!), HostsPath, true));

        return [.. mounts.OrderBy(static mount => mount.Target.TrimEnd('/').Count(static each => each == '/'))];
    }

    /// <summary>Returns a folder for assembling a container's view of the files.</summary>
    public string NewScratch() => Directory.CreateDirectory(Path.Combine(
        _folder, "views", Interlocked.Increment(ref _views).ToString(CultureInfo.InvariantCulture))).FullName;

    /// <summary>Removes all folders of this pod. Claims stay for the next pod with this name.</summary>
    public void Remove()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    /// <summary>True when this pod resolves names of the cluster. A pod on the host network does so only if its manifest says so.</summary>
    private bool HasClusterNames => (pod.Text("spec", "dnsPolicy") ?? "ClusterFirst") switch
    {
        "ClusterFirst" => !pod.Flag("spec", "hostNetwork"),
        "ClusterFirstWithHostNet" => true,
        _ => false,
    };

    /// <summary>Our own program resolves a name only if it is given a URL. Without a mount namespace it starts faster.</summary>
    private static bool NamesAnUrl(JsonObject container, IReadOnlyDictionary<string, string> variables) => container.Texts("command")
        .Concat(container.Texts("args")).Concat(variables.Values).Any(static text => text.Contains("://", StringComparison.Ordinal));

    private byte[] Token() => File.ReadAllBytes(Path.Combine(context.Files.TokenFolder(sources.Namespace!, Account), "token"));

    private string Account => pod.Text("spec", "serviceAccountName") ?? "default";

    private IEnumerable<JsonObject> Volumes => AreMounted ? pod.Items("spec", "volumes") : [];

    private string FolderOf(JsonObject volume) => volume.Text("persistentVolumeClaim", "claimName") is { } claim
        ? context.Files.FolderOfClaim($"{sources.Namespace}_{claim}_{_claims.GetOrAdd(claim, sources.UidOfClaim)}")
        : Path.Combine(_folder, "volumes", volume.Text("name")!);

    private string SourceOf(JsonObject volume, string? below)
    {
        string folder = volume.Text("hostPath", "path") ?? FolderOf(volume);
        if (string.IsNullOrEmpty(below))
            return folder;
        string path = Path.GetFullPath(Path.Combine(folder, below));
        if (!File.Exists(path) && !VolumeContent.IsReadOnly(volume))
            Directory.CreateDirectory(path);

        // Mount the file itself: a single mounted file does not follow later changes. It does not on a cluster either.
        return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
    }
}
