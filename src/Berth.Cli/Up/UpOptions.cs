using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Cli.Options;

namespace Berth.Cli.Up;

/// <summary>The options of <c>berth up</c>.</summary>
/// <param name="Files">The manifests to use instead of the built-in ones; empty for the built-in ones.</param>
/// <param name="Replicas">The number of pods of service B.</param>
/// <param name="BasePort">The port of service-b-0.</param>
/// <param name="Port">The port of service A.</param>
/// <param name="KubeconfigOut">The file for a copy of the kubeconfig, or null.</param>
internal sealed record UpOptions(IReadOnlyList<string> Files, int Replicas, int BasePort, int Port, string? KubeconfigOut)
{
    /// <summary>The namespace of the built-in manifests.</summary>
    public const string Namespace = "k8s-example2";

    public const string ServiceA = "service-a";

    public const string ServiceB = "service-b";

    /// <summary>The number of replicas of service A in the manifests of deploy/.</summary>
    public const int ReplicasOfServiceA = 3;

    /// <summary>The seats of each pod of service B, or null without desks.</summary>
    public int? Seats { get; init; }

    /// <summary>The port of the desk of service-b-0.</summary>
    public int DeskBasePort { get; init; }

    /// <summary>The number of nodes.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>True when nodes also have external addresses.</summary>
    public bool ExternalAddresses { get; init; }

    /// <summary>True when Roles are enforced.</summary>
    public bool Rbac { get; init; }

    /// <summary>True when objects of unknown kinds are skipped.</summary>
    public bool SkipUnknown { get; init; }

    /// <summary>The programs of images, by name, in addition to berth.</summary>
    public IReadOnlyList<(string Name, string Program)> Images { get; init; } = [];

    public bool IsBuiltIn => Files.Count == 0;

    public Uri ServiceAUrl => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}"));

    public static UpOptions Read(SettingsReader reader)
    {
        UpOptions options = new(
            reader.Get(UpSettings.Files),
            reader.Get(UpSettings.Replicas) ?? 3,
            reader.Get(UpSettings.BasePort) ?? PortSettings.DefaultBase,
            reader.Get(UpSettings.Port) ?? UpSettings.DefaultPort,
            reader.Get(UpSettings.KubeconfigOut))
        {
            Seats = reader.Get(UpSettings.Seats),
            DeskBasePort = reader.Get(SeatSettings.DeskBasePort),
            Nodes = reader.Get(UpSettings.Nodes) ?? 1,
            ExternalAddresses = reader.Get(UpSettings.ExternalAddresses),
            Rbac = reader.Get(UpSettings.Rbac),
            SkipUnknown = reader.Get(UpSettings.SkipUnknown),
            Images =
                [.. reader.Get(UpSettings.Images).Select(static image => image.Split('=', 2))
                    .Select(static parts => (parts[0], Path.GetFullPath(parts[1])))],
        };
        foreach (Setting setting in UpSettings.OfBuiltIn)
        {
            if (!options.IsBuiltIn && reader.OriginOf(setting) == SettingOrigin.CommandLine)
                reader.Fault(
                    $"--{setting.Name} changes the built-in manifests, and --file names others. Set it in those, or leave one out.");
        }

        int last = options.BasePort + options.Replicas - 1;
        if (options.IsBuiltIn && last > IPEndPoint.MaxPort)
            reader.Fault($"{options.Replicas} pods from port {options.BasePort} on would end at {last}, above 65535. " +
                "Choose a lower --base-port or fewer --replicas.");
        if (options.IsBuiltIn && options.Replicas > 0 && options.Port >= options.BasePort && options.Port <= last)
            reader.Fault($"Port {options.Port} would be both service A's and a pod's of service B ({options.BasePort} to {last}). " +
                "Choose another --port or --base-port.");
        if (options is { IsBuiltIn: true, Seats: not null })
            CheckDesks(options, last, reader);
        return options;
    }

    /// <summary>Looks for ports that another program uses, before anything starts.</summary>
    /// <returns>A sentence, or null.</returns>
    public string? FindTakenPorts()
    {
        if (!IsBuiltIn)
            return null;
        IEnumerable<int> desks = Seats is null ? [] : Enumerable.Range(DeskBasePort, Replicas);
        int[] taken = [.. Enumerable.Range(BasePort, Replicas).Prepend(Port).Concat(desks).Where(IsTaken)];
        if (taken.Length == 0)
            return null;
        string ports = string.Join(", ", taken.Take(10)) + (taken.Length > 10 ? ", ..." : "");
        return $"{(taken.Length == 1 ? "Port" : "Ports")} {ports} of 127.0.0.1 {(taken.Length == 1 ? "is" : "are")} in use by another " +
            "program. " +
            "Stop that one, or choose others with --port (service A) and --base-port (service B).";
    }

    private static void CheckDesks(UpOptions options, int lastPod, SettingsReader reader)
    {
        int last = options.DeskBasePort + options.Replicas - 1;
        if (last > IPEndPoint.MaxPort)
            reader.Fault($"{options.Replicas} desks from port {options.DeskBasePort} on would end at {last}, above 65535. " +
                "Choose a lower --desk-base-port or fewer --replicas.");
        bool meetsPods = options.DeskBasePort <= lastPod && last >= options.BasePort;
        if (options.Replicas > 0 && (meetsPods || (options.Port >= options.DeskBasePort && options.Port <= last)))
            reader.Fault($"The ports of desks ({options.DeskBasePort} to {last}) would meet those of pods or of service A. " +
                "Choose another --desk-base-port.");
    }

    private static bool IsTaken(int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
