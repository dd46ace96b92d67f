using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Cli.Options;

namespace Berth.Cli.Up;

/// <summary>The options of <c>berth up</c>.</summary>
/// <param name="Files">Manifests instead of the built-in ones; empty for those.</param>
/// <param name="Replicas">Pods of service B.</param>
/// <param name="BasePort">Port of service-b-0.</param>
/// <param name="Port">Port of service A.</param>
/// <param name="KubeconfigOut">Where the kubeconfig is wanted as well, or null.</param>
internal sealed record UpPlan(IReadOnlyList<string> Files, int Replicas, int BasePort, int Port, string? KubeconfigOut)
{
    /// <summary>The names of the built-in manifests.</summary>
    public const string Namespace = "k8s-example2";

    public const string ServiceA = "service-a";

    public const string ServiceB = "service-b";

    /// <summary>The number of replicas of service A in the manifests of deploy/.</summary>
    public const int ReplicasOfServiceA = 3;

    /// <summary>The number of nodes.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>True when nodes also have external addresses.</summary>
    public bool ExternalAddresses { get; init; }

    /// <summary>True when Roles are enforced.</summary>
    public bool Rbac { get; init; }

    /// <summary>Whether objects of kinds that the local cluster does not have are passed over.</summary>
    public bool SkipUnknown { get; init; }

    /// <summary>Programs of images, by name, besides berth itself.</summary>
    public IReadOnlyList<(string Name, string Program)> Images { get; init; } = [];

    public bool IsBuiltIn => Files.Count == 0;

    public Uri ServiceAUrl => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}"));

    public static UpPlan Read(SettingsReader reader)
    {
        UpPlan plan = new(
            reader.Get(UpSettings.Files),
            reader.Get(UpSettings.Replicas) ?? 3,
            reader.Get(UpSettings.BasePort) ?? PortSettings.DefaultBase,
            reader.Get(UpSettings.Port) ?? UpSettings.DefaultPort,
            reader.Get(UpSettings.KubeconfigOut))
        {
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
            if (!plan.IsBuiltIn && reader.OriginOf(setting) == SettingOrigin.CommandLine)
                reader.Fault(
                    $"--{setting.Name} changes the built-in manifests, and --file names others. Set it in those, or leave one out.");
        }

        int last = plan.BasePort + plan.Replicas - 1;
        if (plan.IsBuiltIn && last > IPEndPoint.MaxPort)
            reader.Fault($"{plan.Replicas} pods from port {plan.BasePort} on would end at {last}, above 65535. Choose a lower " +
                "--base-port or fewer --replicas.");
        if (plan.IsBuiltIn && plan.Replicas > 0 && plan.Port >= plan.BasePort && plan.Port <= last)
            reader.Fault($"Port {plan.Port} would be both service A's and a pod's of service B ({plan.BasePort} to {last}). Choose " +
                "another --port or --base-port.");
        return plan;
    }

    /// <summary>Looks for ports that another program holds, before anything is started.</summary>
    /// <returns>A sentence, or null.</returns>
    public string? FindTakenPorts()
    {
        if (!IsBuiltIn)
            return null;
        int[] taken = [.. Enumerable.Range(BasePort, Replicas).Prepend(Port).Where(IsTaken)];
        if (taken.Length == 0)
            return null;
        string ports = string.Join(", ", taken.Take(10)) + (taken.Length > 10 ? ", ..." : "");
        return $"{(taken.Length == 1 ? "Port" : "Ports")} {ports} of 127.0.0.1 {(taken.Length == 1 ? "is" : "are")} in use by another " +
            "program. " +
            "Stop that one, or choose others with --port (service A) and --base-port (service B).";
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
